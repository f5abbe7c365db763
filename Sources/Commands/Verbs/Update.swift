import APIClient
package import ArgumentParser
package import Kinds
package import Resources

/// `martlet NOUN update`: changes what is there; what is not named stays.
package struct Update<Kind: YAMLKind>: ServerCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "update", abstract: "Change \(Kind.titleWithArticle).")
    }

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var name: NameOptions
    @OptionGroup package var document: DocumentOptions
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Add to a list.", valueName: "path value")) package var add: [String] = []
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Remove a key.", valueName: "path")) package var remove: [String] = []
    @Option(
        name: [.customShort("r"), .customLong("traffic")], parsing: .upToNextOption,
        help: ArgumentHelp("Traffic of an endpoint.", valueName: "deployment=percent"))
    package var traffic: [String] = []
    @Option(
        name: .shortAndLong, parsing: .upToNextOption,
        help: ArgumentHelp("Copied traffic of an endpoint.", valueName: "deployment=percent"))
    package var mirrorTraffic: [String] = []
    @Option(help: "Default deployment of a batch endpoint.") package var defaults: String?
    @Option(help: "Description.") package var description: String?
    @Option(help: "Nodes kept ready.") var minInstances: Int?
    @Option(help: "Nodes at most.") var maxInstances: Int?
    @Flag(help: .hidden) var forceString = false
    @Flag(help: .hidden) var skipScriptValidation = false
    @Flag(help: .hidden) var local = false
    @Flag(help: "Do not wait for the end of the operation.") package var noWait = false

    package init() {}

    package func validate() throws {
        if local { throw CommandFailure.usage("--local is not supported; Martlet's endpoints are local already") }
        if name.name == nil, document.file == nil, Kind.path != WorkspaceKind.path {
            throw CommandFailure.usage("the following arguments are required: --name/-n")
        }
        if document.file == nil { _ = try address(.standard) }
        _ = try trafficWeights(traffic, flag: "--traffic")
        _ = try trafficWeights(mirrorTraffic, flag: "--mirror-traffic")
        if !traffic.isEmpty || !mirrorTraffic.isEmpty, Kind.path != "onlineEndpoints" {
            throw CommandFailure.usage("--traffic and --mirror-traffic are for online endpoints")
        }
    }

    package var columns: [KindColumn] { Kind.columns }

    /// What changes, when no document names it.
    private func address(_ workspace: WorkspaceID) throws -> ResourceID {
        try ResourceID(Kind.self, workspace: workspace, name: name.name, version: name.version, endpoint: name.endpointName)
    }

    /// `blue=90 green=10`, in one argument or several.
    package func trafficWeights(_ texts: [String], flag: String) throws -> JSON? {
        if texts.isEmpty { return nil }
        var weights: JSON = [:]
        for text in texts.flatMap({ $0.split(separator: " ") }) {
            let (deployment, percent) = try DocumentOptions.assignment(String(text), flag: flag)
            guard let value = Int64(percent), 0...100 ~= value else {
                throw CommandFailure.usage("\(flag) '\(text)' must give a percentage between 0 and 100")
            }
            weights[deployment] = .integer(value)
        }
        return weights
    }

    package func result(_ session: Session) async throws -> JSON {
        let flags = [
            ("description", description), ("defaults.deployment_name", defaults), ("min_instances", minInstances.map(String.init)),
            ("max_instances", maxInstances.map(String.init)),
        ].compactMap { key, value in value.map { (key: key, value: $0) } }
        if document.file != nil {
            let full = try document.document(flags: name.values + flags, terminal: session.terminal)
            var draft = try Kind.readyDraft(from: full, workspace: session.workspace)
            try setTraffic(&draft.body)
            return Kind.face(of: try await session.submit(draft, kind: Kind.self, wait: !noWait).arm)
        }
        var target = try address(session.workspace)
        if Kind.isVersioned, target.version == nil { target.version = try await session.latestVersion(of: target) }
        let stored = try await session.client.get(target.armPath)
        let face = Kind.face(of: stored)
        let before = YAMLDocument(json: face, directory: session.terminal.directory)
        var after = before
        for flag in flags { try after.set(flag.key, to: flag.value) }
        try document.apply(to: &after)
        try change(&after)
        if Kind.path == "jobs" { return try await session.updateRun(target, from: before.root.json, to: after.root.json) }
        // Only the difference is laid over what is stored: members that the document's face does not show stay.
        let old = try Kind.draft(from: before, workspace: session.workspace).body
        let new = try Kind.readyDraft(from: after, workspace: session.workspace)
        var draft = new
        draft.body = stored.merging(old.patch(to: new.body) ?? [:]).withoutReadOnlyMembers
        (draft.name, draft.version, draft.parent) = (target.name, target.version, target.parent)
        try setTraffic(&draft.body)
        return Kind.face(of: try await session.submit(draft, kind: Kind.self, wait: !noWait).arm)
    }

    private func setTraffic(_ body: inout JSON) throws {
        if let weights = try trafficWeights(traffic, flag: "--traffic") { body.set(weights, at: ["properties", "traffic"]) }
        if let weights = try trafficWeights(mirrorTraffic, flag: "--mirror-traffic") {
            body.set(weights, at: ["properties", "mirrorTraffic"])
        }
    }

    /// `--add list value` and `--remove list 0`, Azure's generic pair; `--remove key` too.
    private func change(_ document: inout YAMLDocument) throws {
        guard !add.isEmpty || !remove.isEmpty else { return }
        var json = document.root.json
        if !add.isEmpty {
            guard add.count >= 2 else { throw CommandFailure.usage("--add takes a path and a value") }
            let path = add[0].split(separator: ".").map(String.init)
            for text in add.dropFirst() {
                let current = json.value(atPath: add[0])
                if let equals = text.firstIndex(of: "="), current?.arrayValue == nil {
                    json.set(.string(String(text[text.index(after: equals)...])), at: path + [String(text[..<equals])])
                } else {
                    json.set(.array((current?.arrayValue ?? []) + [(try? JSON(parsing: text)) ?? .string(text)]), at: path)
                }
            }
        }
        if let key = remove.first {
            let path = key.split(separator: ".").map(String.init)
            if remove.count > 1, let index = Int(remove[1]), var elements = json.value(atPath: key)?.arrayValue {
                guard elements.indices.contains(index) else { throw CommandFailure.usage("--remove: '\(key)' has no element \(index)") }
                elements.remove(at: index)
                json.set(.array(elements), at: path)
            } else if var parent = path.count > 1 ? json.value(atPath: path.dropLast().joined(separator: ".")) : json, let last = path.last {
                parent[last] = nil
                json.set(parent, at: Array(path.dropLast()))
            }
        }
        document = YAMLDocument(json: json, directory: document.directory)
    }
}

extension JSON {
    /// An ARM body that can be put again.
    var withoutReadOnlyMembers: JSON {
        var body = self
        for key in ["id", "name", "type", "systemData", "etag"] { body[key] = nil }
        return body
    }
}

extension Session {
    /// A job's labels live in its run: they change there, the job itself is done with.
    func updateRun(_ job: ResourceID, from before: JSON, to after: JSON) async throws(Problem) -> JSON {
        guard let patch = before.patch(to: after)?.objectValue else { return before }
        let names = ["tags": "tags", "display_name": "displayName", "description": "description", "properties": "properties"]
        var body: JSON = [:]
        for (key, value) in patch {
            guard let name = names[key] else {
                throw Problem(
                    .invalidInput, "'\(key)' of a job cannot change; tags, display_name, description and properties can", target: key)
            }
            body[name] = value
        }
        let experiment = before["experiment_name"]?.stringValue ?? "Default"
        try await client.patch("/history/v1.0\(workspace.path)/experiments/\(experiment)/runs/\(job.name)", body)
        return Job.face(of: try await client.get(job.path))
    }
}
