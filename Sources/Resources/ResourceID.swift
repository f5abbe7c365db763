/// The address of one resource inside a workspace: its kind's path (`data`, `onlineEndpoints/deployments`), the parent's
/// name when the kind lives in a parent, its name, and its version when the kind is versioned.
package struct ResourceID: Sendable, Hashable {
    package var workspace: WorkspaceID
    package var kind: String
    package var parent: String?
    package var name: String
    /// `nil` for kinds without versions and for the container of a versioned asset.
    package var version: String?

    package init(workspace: WorkspaceID, kind: String, parent: String? = nil, name: String, version: String? = nil) {
        self.workspace = workspace
        self.kind = kind
        self.parent = parent
        self.name = name
        self.version = version
    }

    /// The same asset without a version.
    package var container: ResourceID { ResourceID(workspace: workspace, kind: kind, parent: parent, name: name) }

    /// The same asset at `version`.
    package func at(version: String) -> ResourceID {
        ResourceID(workspace: workspace, kind: kind, parent: parent, name: name, version: version)
    }

    /// The ARM path: `{workspace}/onlineEndpoints/shop/deployments/blue`, `{workspace}/models/detector/versions/3`.
    package var path: String {
        var path = workspace.path
        let collections = kind.split(separator: "/")
        if let parent, collections.count == 2 {
            path += "/\(collections[0])/\(parent)/\(collections[1])/\(name)"
        } else {
            path += "/\(kind)/\(name)"
        }
        if let version { path += "/versions/\(version)" }
        return path
    }

    /// The ARM type: `Microsoft.MachineLearningServices/workspaces/models/versions`.
    package var armType: String {
        "Microsoft.MachineLearningServices/workspaces/\(kind)" + (version == nil ? "" : "/versions")
    }

    /// Reads an ARM path; also with the prefix `azureml:`. Collection names keep the spelling of the path.
    package init?(path text: String) {
        var text = text[...]
        if text.hasPrefix("azureml:") { text = text.dropFirst("azureml:".count) }
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count >= 10, parts[0].lowercased() == "subscriptions", parts[2].lowercased() == "resourcegroups",
            parts[4].lowercased() == "providers", parts[6].lowercased() == "workspaces"
        else { return nil }
        workspace = WorkspaceID(subscription: parts[1], resourceGroup: parts[3], name: parts[7])
        var rest = Array(parts[8...])
        guard rest.count % 2 == 0 else { return nil }
        version = nil
        if rest.count >= 4, rest[rest.count - 2].lowercased() == "versions" {
            version = rest.removeLast()
            rest.removeLast()
        }
        switch rest.count {
        case 2:
            kind = rest[0]
            parent = nil
            name = rest[1]
        case 4:
            kind = "\(rest[0])/\(rest[2])"
            parent = rest[1]
            name = rest[3]
        default: return nil
        }
    }
}

extension ResourceID: CustomStringConvertible {
    /// How people write it: `detector:3`, `shop/blue`.
    package var description: String {
        (parent.map { "\($0)/" } ?? "") + name + (version.map { ":\($0)" } ?? "")
    }
}
