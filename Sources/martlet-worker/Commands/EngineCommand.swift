import ArgumentParser
import Foundation
import Inference

/// Tells which engines can run models on this machine.
struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "The engines that run models.", subcommands: [List.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the engines, the fastest first, and what would be faster.")

        @Option(name: .shortAndLong, help: "table, or json.")
        var output = Output.table

        enum Output: String, CaseIterable, ExpressibleByArgument { case table, json }

        func run() throws {
            let search = EngineSearch.fromEnvironment()
            let rows = AllBackends.list.map { Row($0, in: search) }
            if output == .json { return FileHandle.standardOutput.write(try prettyJSON(rows)) }
            for row in rows { print(row.line) }
            for hint in Self.hints(rows) { print(hint) }
        }

        /// What would make models of a kind run faster than they do now, with the command that installs it.
        private static func hints(_ rows: [Row]) -> [String] {
            rows.enumerated().compactMap { index, row in
                guard let command = row.install else { return nil }
                let slower = rows[(index + 1)...].first { $0.isReady && !Set($0.reads).isDisjoint(with: row.reads) }
                let files = row.reads.map { "." + $0 }.joined(separator: " and ")
                return slower.map { "\(row.name) would run \(files) models faster than \($0.name) does: \(command)" }
                    ?? "\(row.name) would run \(files) models: \(command)"
            }
        }
    }

    /// One engine on this machine.
    private struct Row: Encodable {
        var name: String
        var summary: String
        var reads: [String]
        var precisions: [Precision]
        var isReady = false
        var place: String?
        var version: String?
        var devices: [String]?
        /// The command that installs it.
        var install: String?
        /// Why the library that is there could not be asked.
        var problem: String?

        private enum CodingKeys: String, CodingKey {
            case name, summary, reads, precisions
            case isReady = "ready"
            case place = "library"
            case version, devices, install, problem
        }

        init(_ backend: some DetectorBackend, in search: EngineSearch) {
            name = backend.name
            summary = backend.summary
            reads = backend.fileTypes
            precisions = backend.precisions
            switch backend.availability(in: search) {
            case .missing(let command): install = command
            case .ready(let library):
                place = library
                do {
                    let description = try backend.describe(in: search)
                    (version, devices, isReady) = (description.version, description.devices, true)
                } catch {
                    problem = "\(error)"
                }
            }
        }

        var line: String {
            func column(_ text: String, _ width: Int) -> String { text.padding(toLength: max(width, text.count + 1), withPad: " ", startingAt: 0) }
            let state = isReady ? "ready" : install == nil ? "broken" : "missing"
            let numbers = precisions.map(\.rawValue).joined(separator: " ")
            return column(name, 13) + column(state, 9) + column(version ?? "-", 16) + column(devices?.joined(separator: ",") ?? "-", 10)
                + column(reads.map { "." + $0 }.joined(separator: " "), 27) + column(numbers, 10) + (problem ?? place ?? summary)
        }
    }
}
