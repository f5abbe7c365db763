import APIClient
package import ArgumentParser
import Foundation
import Kinds
package import Resources

/// `martlet online-endpoint rollout`: a smoke test, a small share, all of the traffic, or back. Martlet's own verb; on Azure
/// the steps are `invoke --deployment-name` and `update --traffic` by hand.
package struct EndpointRollout: ServerCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rollout", abstract: "Move the traffic to a deployment in stages, or back when it does not do well.",
        discussion: "Exit code 1 when the traffic was moved back. The server goes on with a rollout that nobody waits for.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the endpoint.") package var name: String
    @Option(name: .shortAndLong, help: "The deployment that is to take over.") package var deploymentName: String
    @Option(name: .shortAndLong, help: ArgumentHelp("A request for the smoke test; none without.", valueName: "path")) package var requestFile: String?
    @Option(help: "Percent of the small share.") package var share = 10
    @Option(help: "Requests in the small share before it is judged.") package var requests = 20
    @Option(help: "The largest share of failed requests, 0 to 1.") package var errorRate = 0.01
    @Option(name: .customLong("p99"), help: "The longest time of 99 % of the requests, in milliseconds.") package var p99Milliseconds: Double?
    @Flag(help: "Return when the small share is placed.") package var noWait = false

    package init() {}

    package func validate() throws {
        guard 1...99 ~= share else { throw CommandFailure.usage("--share must lie between 1 and 99") }
        guard requests > 0 else { throw CommandFailure.usage("--requests must be positive") }
        guard 0...1 ~= errorRate else { throw CommandFailure.usage("--error-rate must lie between 0 and 1") }
    }

    package func result(_ session: Session) async throws -> JSON {
        let path = ResourceID(workspace: session.workspace, kind: OnlineEndpoint.path, name: name).path
        var body: JSON = [
            "deployment": .string(deploymentName), "share": .integer(Int64(share)), "requests": .integer(Int64(requests)), "errorRate": .number(errorRate),
        ]
        if let p99Milliseconds { body["p99Milliseconds"] = .number(p99Milliseconds) }
        if let requestFile {
            let file = session.terminal.absolute(requestFile)
            guard let request = FileManager.default.contents(atPath: file) else {
                throw Problem(.invalidInput, "cannot read the request file '\(requestFile)' (looked for \(file))", target: "--request-file")
            }
            body["smoke"] = ["body": .string(request.base64EncodedString()), "contentType": .string(Self.contentType(of: file))]
        }
        var rollout = try await session.client.post(path + "/rollout", body)
        var told = ""
        while rollout["phase"] == "canary", !noWait {
            let line =
                "\(deploymentName) has \(share) % of the traffic: \(rollout["answered"]?.literalText ?? "0") of \(requests) requests, "
                + "\(rollout["failed"]?.literalText ?? "0") failed\n"
            if line != told { session.terminal.writeError(line) }
            told = line
            try await Task.sleep(for: .milliseconds(500))
            rollout = try await session.client.get(path).value(at: "properties", "rollout") ?? .null
        }
        if let phase = rollout["phase"]?.stringValue, phase == "rolledBack" || phase == "abandoned" {
            let outcome = phase == "rolledBack" ? "was rolled back" : "was given up"
            throw CommandFailure(
                Problem(.userCodeFailed, "the rollout of '\(deploymentName)' \(outcome): \(rollout["reason"]?.stringValue ?? "no reason was given")"),
                exitCode: 1)
        }
        return rollout
    }

    private static func contentType(of file: String) -> String {
        switch URL(filePath: file).pathExtension.lowercased() {
        case "jpg", "jpeg": "image/jpeg"
        case "png": "image/png"
        default: "application/json"
        }
    }
}
