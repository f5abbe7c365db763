/// Every way in which Azure ML lets a document point at something (azure-contracts.md C.3).
package enum AssetReference: Sendable, Hashable {
    /// `azureml:NAME:VERSION`
    case versioned(name: String, version: String)
    /// `azureml:NAME@latest`
    case labelled(name: String, label: String)
    /// `azureml:NAME`: a compute or datastore, or an asset whose version the reader chooses.
    case bare(name: String)
    /// A full ARM path, with or without `azureml:`.
    case resource(ResourceID)
    /// `azureml://datastores/D/paths/P`, long forms with the workspace too.
    case datastore(DatastorePath)
    /// `azureml://jobs/J/outputs/O/paths/P`
    case jobOutput(job: String, output: String, path: String)
    /// `runs:/RUN/path`
    case run(id: String, path: String)
    /// `models:/NAME/VERSION` or `models:/NAME@alias`
    case registeredModel(name: String, version: String)
    /// `azureml://registries/R/COLLECTION/NAME/versions/V` or `…/labels/L`
    case registry(name: String, collection: String, asset: String, version: String)
    /// `https://…`, `wasbs://…`, `abfss://…`
    case web(String)
    /// Anything else: a path on this machine.
    case local(String)

    package init(_ text: String) {
        self = Self.parse(text)
    }

    private static func parse(_ text: String) -> AssetReference {
        if let id = ResourceID(path: text), text.hasPrefix("/") || text.hasPrefix("azureml:/") { return .resource(id) }
        if text.hasPrefix("azureml://") { return parseLong(text) ?? .web(text) }
        if text.hasPrefix("azureml:") { return parseShort(String(text.dropFirst("azureml:".count))) }
        if text.hasPrefix("runs:/") {
            let parts = text.dropFirst("runs:/".count).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            return .run(id: String(parts[0]), path: parts.count > 1 ? String(parts[1]) : "")
        }
        if text.hasPrefix("models:/") {
            let rest = text.dropFirst("models:/".count)
            if let at = rest.lastIndex(of: "@") {
                return .registeredModel(name: String(rest[..<at]), version: String(rest[at...]))
            }
            let parts = rest.split(separator: "/", maxSplits: 1)
            if parts.count == 2 { return .registeredModel(name: String(parts[0]), version: String(parts[1])) }
        }
        if text.contains("://") { return .web(text) }
        return .local(text)
    }

    private static func parseShort(_ rest: String) -> AssetReference {
        if let at = rest.lastIndex(of: "@") {
            return .labelled(name: String(rest[..<at]), label: String(rest[rest.index(after: at)...]))
        }
        if let colon = rest.lastIndex(of: ":") {
            return .versioned(name: String(rest[..<colon]), version: String(rest[rest.index(after: colon)...]))
        }
        return .bare(name: rest)
    }

    private static func parseLong(_ text: String) -> AssetReference? {
        let parts = text.dropFirst("azureml://".count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        func tail(_ index: Int) -> String { parts.count > index ? parts[index...].joined(separator: "/") : "" }
        switch parts.first {
        case "datastores":
            return DatastorePath(text).map(AssetReference.datastore)
        case "jobs" where parts.count >= 4 && parts[2] == "outputs":
            return .jobOutput(job: parts[1], output: parts[3], path: parts.count > 4 && parts[4] == "paths" ? tail(5) : "")
        case "registries" where parts.count >= 6:
            return .registry(name: parts[1], collection: parts[2], asset: parts[3], version: parts[5])
        case "subscriptions":
            if let path = DatastorePath(text) { return .datastore(path) }
            return ResourceID(path: "/" + parts.joined(separator: "/")).map(AssetReference.resource)
        case "locations":
            // azureml://locations/{l}/workspaces/{guid}/{collection}/{name}/versions/{v}
            guard parts.count >= 8 else { return nil }
            return .versioned(name: parts[5], version: parts[7])
        default: return nil
        }
    }
}

/// A place inside a datastore: `azureml://[subscriptions/S/resourcegroups/G/workspaces/W/]datastores/D/paths/P`.
package struct DatastorePath: Sendable, Hashable {
    /// `nil` means the workspace in which the reference stands.
    package var workspace: WorkspaceID?
    package var datastore: String
    /// Relative, without a leading slash; a folder may end in `/`.
    package var path: String

    package init(workspace: WorkspaceID? = nil, datastore: String, path: String) {
        self.workspace = workspace
        self.datastore = datastore
        self.path = path
    }

    package init?(_ text: String) {
        guard text.hasPrefix("azureml://") else { return nil }
        var parts = text.dropFirst("azureml://".count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        workspace = nil
        if parts.first == "subscriptions" {
            guard parts.count >= 8, parts[2].lowercased() == "resourcegroups" else { return nil }
            // Long form with or without the provider segment.
            if parts[4] == "workspaces" {
                workspace = WorkspaceID(subscription: parts[1], resourceGroup: parts[3], name: parts[5])
                parts.removeFirst(6)
            } else if parts[4] == "providers", parts.count >= 10 {
                workspace = WorkspaceID(subscription: parts[1], resourceGroup: parts[3], name: parts[7])
                parts.removeFirst(8)
            } else {
                return nil
            }
        }
        guard parts.count >= 2, parts[0] == "datastores" else { return nil }
        datastore = parts[1]
        // The service's own `outputs.default` URI leaves `paths` out.
        let start = parts.count > 2 && parts[2] == "paths" ? 3 : 2
        path = parts.count > start ? parts[start...].joined(separator: "/") : ""
    }

    /// The short form that holds inside one workspace.
    package var shortURI: String { "azureml://datastores/\(datastore)/paths/\(path)" }

    /// The long form with the workspace spelled out, as the service returns it.
    package func longURI(in home: WorkspaceID) -> String {
        let workspace = workspace ?? home
        return "azureml://subscriptions/\(workspace.subscription)/resourcegroups/\(workspace.resourceGroup)"
            + "/workspaces/\(workspace.name)/datastores/\(datastore)/paths/\(path)"
    }
}
