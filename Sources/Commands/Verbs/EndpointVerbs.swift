import APIClient
package import ArgumentParser
import Foundation
package import Kinds
package import Resources

/// `martlet online-endpoint invoke`: sends a request and prints the reply.
package struct EndpointInvoke: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "invoke", abstract: "Send a request to an endpoint.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the endpoint.") package var name: String
    @Option(name: .shortAndLong, help: ArgumentHelp("JSON file to send.", valueName: "path")) package var requestFile: String
    @Option(name: .shortAndLong, help: "Only this deployment, whatever the traffic.") package var deploymentName: String?
    @Flag(help: .hidden) var local = false

    package init() {}

    package func validate() throws {
        if local { throw CommandFailure.usage("--local is not supported; Martlet's endpoints are local already") }
    }

    package func result(_ session: Session) async throws -> JSON {
        let path = session.terminal.absolute(requestFile)
        guard let body = try? Data(contentsOf: URL(filePath: path)) else {
            throw Problem(.invalidInput, "cannot read the request file '\(requestFile)' (looked for \(path))", target: "--request-file")
        }
        let id = ResourceID(workspace: session.workspace, kind: OnlineEndpoint.path, name: name)
        guard let uri = try await session.client.get(id.path).value(at: "properties", "scoringUri")?.stringValue else {
            throw Problem(
                .conflict, "the endpoint '\(name)' has no scoring address yet; look with: martlet online-endpoint show -n \(name)")
        }
        let keys = try await session.client.post(id.path + "/listKeys")
        // The key goes to the server that issued it and nowhere else.
        guard uri.hasPrefix(session.client.connection.url + "/") else {
            throw Problem(.internalFault, "the scoring address '\(uri)' leads away from \(session.client.connection.url)")
        }
        return .string(
            try await session.client.score(
                uri: uri, key: keys["primaryKey"]?.stringValue ?? "", deployment: deploymentName, body: Array(body)))
    }
}

/// `martlet online-endpoint get-credentials`.
package struct EndpointCredentials: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "get-credentials", abstract: "Show an endpoint's keys.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the endpoint.") package var name: String

    package init() {}

    package func result(_ session: Session) async throws -> JSON {
        let path = ResourceID(workspace: session.workspace, kind: OnlineEndpoint.path, name: name).path
        let mode = try await session.client.get(path).value(at: "properties", "authMode")?.stringValue?.lowercased()
        return try await session.client.post(path + (mode == "key" || mode == nil ? "/listKeys" : "/token"))
    }
}

/// `martlet online-endpoint regenerate-keys`.
package struct EndpointKeys: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "regenerate-keys", abstract: "Replace one of an endpoint's keys.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the endpoint.") package var name: String
    @Option(help: "primary or secondary.") package var keyType = "primary"
    @Option(help: .hidden) var keyValue: String?
    @Flag(help: "Do not wait for the end of the operation.") package var noWait = false

    package init() {}

    package func validate() throws {
        guard ["primary", "secondary"].contains(keyType.lowercased()) else {
            throw CommandFailure.usage("--key-type '\(keyType)' must be primary or secondary")
        }
    }

    package func result(_ session: Session) async throws -> JSON {
        let path = ResourceID(workspace: session.workspace, kind: OnlineEndpoint.path, name: name).path
        try await session.client.post(
            path + "/regenerateKeys",
            ["keyType": .string(keyType.lowercased() == "primary" ? "Primary" : "Secondary"), "keyValue": JSON(keyValue)],
            wait: !noWait)
        return .null
    }
}

/// `martlet online-deployment create`: with `--all-traffic` the endpoint's traffic follows.
package struct DeploymentCreate: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "create", abstract: "Create or replace a deployment.")

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var create: DeploymentSource
    @Flag(help: "Send all of the endpoint's traffic to it.") package var allTraffic = false
    @Flag(help: .hidden) var local = false
    @Flag(help: .hidden) var localEnableGpu = false
    @Flag(help: .hidden) var vscodeDebug = false
    @Flag(help: .hidden) var packageModel = false
    @Flag(help: .hidden) var skipScriptValidation = false
    @Flag(help: "Do not wait for the end of the operation.") package var noWait = false

    package init() {}

    package var columns: [KindColumn] { OnlineDeployment.columns }

    package func validate() throws {
        if create.document.file == nil { throw CommandFailure.usage("the following arguments are required: --file/-f") }
        if local { throw CommandFailure.usage("--local is not supported; Martlet's deployments are local already") }
        if allTraffic, noWait { throw CommandFailure.usage("--all-traffic waits for the deployment; leave --no-wait out") }
    }

    package func result(_ session: Session) async throws -> JSON {
        let draft = try create.draft(session.workspace, terminal: session.terminal)
        let (id, made) = try await session.submit(draft, kind: OnlineDeployment.self, wait: !noWait)
        if allTraffic, let endpoint = id.parent {
            let path = ResourceID(workspace: id.workspace, kind: OnlineEndpoint.path, name: endpoint).path
            var body = try await session.client.get(path).withoutReadOnlyMembers
            body.set([id.name: 100], at: ["properties", "traffic"])
            try await session.client.put(path, body)
        }
        return OnlineDeployment.face(of: made)
    }
}

/// The document of a deployment and the flags that change it.
package struct DeploymentSource: ParsableArguments {
    @OptionGroup package var name: NameOptions
    @OptionGroup package var document: DocumentOptions

    package init() {}

    package func draft(_ workspace: WorkspaceID, terminal: Terminal) throws -> Draft {
        try OnlineDeployment.readyDraft(from: document.document(flags: name.values, terminal: terminal), workspace: workspace)
    }
}

/// `martlet online-deployment get-logs`.
package struct DeploymentLogs: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "get-logs", abstract: "Show the end of a deployment's log.")

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the deployment.") package var name: String
    @Option(name: [.short, .long, .customLong("endpoint")], help: "Name of the endpoint.") package var endpointName: String
    @Option(name: .shortAndLong, help: "Lines from the end.") package var lines = 50
    @Option(name: .shortAndLong, help: "inference-server or storage-initializer.") package var container: String?
    @Flag(help: .hidden) var local = false

    package init() {}

    package func result(_ session: Session) async throws -> JSON {
        let id = ResourceID(workspace: session.workspace, kind: OnlineDeployment.path, parent: endpointName, name: name)
        var body: JSON = ["tail": .integer(Int64(lines))]
        if let container {
            body["containerType"] = container.lowercased().hasPrefix("storage") ? "StorageInitializer" : "InferenceServer"
        }
        let content = try await session.client.post(id.path + "/getLogs", body)["content"]?.stringValue ?? ""
        // A log is read by people unless a form was asked for.
        guard common.output == nil, common.query == nil else { return .string(content) }
        session.terminal.writeOutput(content.hasSuffix("\n") || content.isEmpty ? content : content + "\n")
        return .null
    }
}
