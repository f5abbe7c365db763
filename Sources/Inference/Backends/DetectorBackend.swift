import Foundation

/// A way to run detection models. To add one: a folder here with a type of this protocol, and a line in `AllBackends`.
package protocol DetectorBackend: Sendable {
    /// What `--engine` and `engine list` call it.
    var name: String { get }
    /// One line for people.
    var summary: String { get }
    /// Endings of the files it reads, best first.
    var fileTypes: [String] { get }

    /// Number formats it can compute in, the exact one first.
    var precisions: [Precision] { get }

    /// Whether it can work on this machine, found out by looking at files; nothing is loaded.
    func availability(in search: EngineSearch) -> EngineAvailability

    /// Loads a model file of one of `fileTypes`.
    func open(_ model: ModelFile, options: DetectorOptions) throws -> NetworkDetector

    /// Version and devices, asked of the library itself, which is loaded for it.
    func describe(in search: EngineSearch) throws -> EngineDescription
}

extension DetectorBackend {
    package var precisions: [Precision] { [.float32] }
}

/// The numbers that a network is computed in.
package enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    case float32 = "f32"
    /// Rounded to 16 bits on the way: about twice as fast on processors that know them; boxes move by a pixel or so.
    case bfloat16 = "bf16"
}

/// What an engine says of itself.
package struct EngineDescription: Sendable, Hashable {
    package var version: String
    package var devices: [String]
}

/// What is known of an engine on this machine.
package enum EngineAvailability: Sendable, Equatable {
    /// Where its library lies; "built in" for the one that needs none.
    case ready(String)
    /// What to do to get it.
    case missing(String)
}

/// How a model is to be opened.
package struct DetectorOptions: Sendable {
    /// The name of the engine; nil takes the fastest one that can.
    package var engine: String?
    /// Threads of one run; nil leaves the choice to the engine.
    package var threads: Int?
    /// Runs at the same time, each on threads of its own; nil leaves the choice to `layout`.
    package var lanes: Int?
    /// Pictures that will be asked for at the same time; nil when that may be any number.
    package var concurrency: Int?
    /// Asked for; nil takes what the model's card allows, or else 32-bit floats.
    package var precision: Precision?
    package var search: EngineSearch

    package init(
        engine: String? = nil, threads: Int? = nil, lanes: Int? = nil, concurrency: Int? = nil, precision: Precision? = nil,
        search: EngineSearch = .fromEnvironment()
    ) {
        self.engine = engine
        self.threads = threads
        self.lanes = lanes
        self.concurrency = concurrency
        self.precision = precision
        self.search = search
    }

    /// Lanes and the threads of each for pictures of `side` pixels. The threads of one run wait for each other at the end of
    /// every layer, so that several runs side by side do more than one run on all cores; but each of them takes longer.
    /// Small pictures take so little time that every core gets a lane, large ones get two.
    func layout(side: Int, cores: Int = ProcessInfo.processInfo.activeProcessorCount) -> (lanes: Int, threads: Int?) {
        if let lanes { return (lanes, threads ?? max(1, cores / lanes)) }
        guard threads == nil else { return (1, threads) }
        let lanes = max(1, min(side <= 320 ? cores : 2, cores, concurrency ?? cores))
        return (lanes, lanes > 1 ? max(1, cores / lanes) : nil)
    }
}
