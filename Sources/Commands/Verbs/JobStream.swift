import APIClient
package import ArgumentParser
import Kinds
package import Resources

/// `martlet job stream`: a job's log on stdout until it ends; exit code 1 when it failed.
package struct JobStream: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "stream", abstract: "Follow a job's log until it ends.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the job.") package var name: String

    package init() {}

    package func result(_ session: Session) async throws -> JSON {
        let id = ResourceID(workspace: session.workspace, kind: Job.path, name: name)
        let terminal = session.terminal
        let last = try await session.stream(id, session.client.get(id.path), write: { terminal.writeOutput($0) })
        if let failure = try await session.failure(of: id, last) { throw failure }
        return .null
    }
}

extension Session {
    /// Writes the log between a head and a summary; gives the job's last state.
    func stream(_ id: ResourceID, _ job: JSON, write: (String) -> Void) async throws(Problem) -> JSON {
        let page = job.value(at: "properties", "services", "Studio", "endpoint")?.stringValue
        write("RunId: \(id.name)\n" + (page.map { "Web View: \($0)\n" } ?? "") + "\n")
        var pending: [UInt8] = []
        let last = try await client.followLog(of: id) { bytes in
            // A character may be cut by the network; what is incomplete waits for the rest.
            pending += bytes
            let end = pending.endOfWholeCharacters
            write(String(decoding: pending[..<end], as: UTF8.self))
            pending.removeFirst(end)
        }
        if !pending.isEmpty { write(String(decoding: pending, as: UTF8.self)) }
        let status = last.value(at: "properties", "status")?.stringValue ?? "Unknown"
        write(
            "\nExecution Summary\n=================\nRunId: \(id.name)\nStatus: \(status)\n" + (page.map { "Web View: \($0)\n" } ?? "")
                + "\n")
        return last
    }

    /// What makes the command fail after a job that did not complete.
    func failure(of id: ResourceID, _ job: JSON) async throws(Problem) -> CommandFailure? {
        let status = job.value(at: "properties", "status")?.stringValue ?? "Unknown"
        guard status != "Completed" else { return nil }
        var error = job.value(at: "properties", "error") ?? .null
        if error.isNull, let details = try? await client.get("/history/v1.0\(workspace.path)/runs/\(id.name)/details") {
            error = details["error"] ?? .null
        }
        let reason = (error["error"] ?? error)["message"]?.stringValue ?? error.stringValue
        let sentence = status == "Failed" ? "the job '\(id.name)' failed" : "the job '\(id.name)' ended as \(status)"
        let advice = reason == nil ? "; its log says more: martlet job stream -n \(id.name)" : ""
        return CommandFailure(
            Problem(.userCodeFailed, sentence + (reason.map { ": \($0)" } ?? "") + advice), exitCode: 1)
    }
}

extension [UInt8] {
    /// How many leading bytes end with a whole UTF-8 character.
    fileprivate var endOfWholeCharacters: Int {
        var start = count
        while start > 0, count - start < 3, self[start - 1] & 0xC0 == 0x80 { start -= 1 }
        guard start > 0 else { return count }
        let lead = self[start - 1]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
        return count - (start - 1) < length ? start - 1 : count
    }
}
