/// A way to run detection models. To add one: a folder here with a type of this protocol, and a line in `AllBackends`.
package protocol DetectorBackend: Sendable {
    /// What `--engine` and `engine list` call it.
    var name: String { get }
    /// One line for people.
    var summary: String { get }
    /// Endings of the files it reads, best first.
    var fileTypes: [String] { get }

    /// Whether it can work on this machine, found out by looking at files; nothing is loaded.
    func availability(in search: EngineSearch) -> EngineAvailability

    /// Loads a model file of one of `fileTypes`.
    func open(_ model: ModelFile, options: DetectorOptions) throws -> NetworkDetector
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
    /// Threads for one picture; nil leaves the choice to the engine.
    package var threads: Int?
    package var search: EngineSearch

    package init(engine: String? = nil, threads: Int? = nil, search: EngineSearch = .fromEnvironment()) {
        self.engine = engine
        self.threads = threads
        self.search = search
    }
}
