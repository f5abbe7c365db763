import APIClient
package import ArgumentParser
import Foundation
import Kinds
package import Resources

/// `martlet monitor`: our own noun. Azure runs monitors by schedule only.
package struct MonitorGroup: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Look at production for drift.", subcommands: [MonitorRun.self])

    package init() {}
}

/// `martlet monitor run`: compares a window of an endpoint's requests with the images its model learnt from.
package struct MonitorRun: ServerCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Compare a window of production with a baseline, and say whether it has drifted.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the endpoint.") package var endpoint: String
    @Option(name: .shortAndLong, help: "Only this deployment's requests.") package var deployment: String?
    @Option(help: ArgumentHelp("The images the model learnt from, azureml:NAME:VERSION; the requests before the window when absent.", valueName: "data"))
    package var baseline: String?
    @Option(help: ArgumentHelp("Their label file, when it is not beside them.", valueName: "data")) package var annotations: String?
    @Option(help: "How far back: 90m, 24h, 7d, or ISO 8601 such as PT24H.") package var window = "24h"
    @Option(help: ArgumentHelp("JSON of monitoring_signals and minimum_samples.", valueName: "path")) package var settings: String?
    @Option(help: ArgumentHelp("A job to start when there is drift.", valueName: "path")) package var onAlert: String?
    @Flag(name: .shortAndLong, help: "Follow the log (on stderr) and wait for the verdict.") package var stream = false

    package init() {}

    package var columns: [KindColumn] { [KindColumn("Job", "jobName"), KindColumn("Verdict", "verdict"), KindColumn("Breached", "breached")] }

    package func validate() throws {
        if Self.duration(window) == nil { throw CommandFailure.usage("--window '\(window)' is not a length of time; write 90m, 24h, 7d or PT24H") }
        if annotations != nil, baseline == nil { throw CommandFailure.usage("--annotations are the labels of a --baseline, which is missing") }
    }

    /// ISO 8601 of `24h` and its like.
    package static func duration(_ text: String) -> String? {
        if ISODuration.seconds(text) != nil { return text }
        guard let unit = text.last, let number = Int(text.dropLast()), number > 0 else { return nil }
        switch unit {
        case "s", "m", "h": return "PT\(number)\(unit.uppercased())"
        case "d": return "P\(number)D"
        default: return nil
        }
    }

    package func result(_ session: Session) async throws -> JSON {
        let id = ResourceID(workspace: session.workspace, kind: OnlineEndpoint.path, name: endpoint)
        var body: JSON = ["window": JSON(Self.duration(window))]
        body["deployment"] = deployment.map { .string($0) }
        body["baseline"] = baseline.map { .string($0) }
        body["annotations"] = annotations.map { .string($0) }
        if let settings { body["settings"] = try read(settings, session.terminal) }
        if let onAlert {
            let document = try YAMLDocument(contentsOfFile: session.terminal.absolute(onAlert))
            body["onAlert"] = try await session.body(of: Job.readyDraft(from: document, workspace: session.workspace))
        }
        let reply = try await session.client.post(id.path + "/martletMonitor", body)
        guard stream, let name = reply["jobName"]?.stringValue else { return reply }
        let job = ResourceID(workspace: session.workspace, kind: Job.path, name: name)
        let terminal = session.terminal
        let last = try await session.stream(job, session.client.get(job.path), write: { terminal.writeError($0) })
        if let failure = try await session.failure(of: job, last) { throw failure }
        return reply.merging(try await verdict(of: job, session))
    }

    /// The server reads the report when the job has ended, which takes it a moment.
    private func verdict(of job: ResourceID, _ session: Session) async throws -> JSON {
        for _ in 0..<100 {
            if let drift = try await session.client.get(job.path).value(at: "properties", "drift") { return drift }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Problem(.timeout, "the job '\(job.name)' has ended, but its verdict is not known yet; look with: martlet job show -n \(job.name)")
    }

    private func read(_ path: String, _ terminal: Terminal) throws -> JSON {
        guard let bytes = try? Data(contentsOf: URL(filePath: terminal.absolute(path))) else {
            throw Problem(.invalidInput, "cannot read the settings '\(path)'", target: "--settings")
        }
        return try JSON(parsing: bytes)
    }
}
