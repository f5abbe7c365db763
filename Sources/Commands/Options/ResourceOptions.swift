package import ArgumentParser
import Kinds
package import Resources

/// The name, and what else an address needs, of a resource to be made.
package struct NameOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Name; overrides the document's.")
    package var name: String?
    @Option(name: .shortAndLong, help: "Version; overrides the document's, counted up when absent.")
    package var version: String?
    @Option(name: [.customShort("e"), .customLong("endpoint-name"), .customLong("endpoint")], help: "Endpoint of a deployment.")
    package var endpointName: String?

    package init() {}

    /// The keys of the document that these flags stand for.
    package var values: [(key: String, value: String)] {
        [("name", name), ("version", version), ("endpoint_name", endpointName)].compactMap { key, value in
            value.map { (key: key, value: $0) }
        }
    }
}

/// Which existing resource of a kind a command means.
package struct ResourceOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Name.")
    package var name: String?
    @Option(name: .shortAndLong, help: "Version of an asset.")
    package var version: String?
    @Option(name: .shortAndLong, help: "Label of an asset: latest.")
    package var label: String?
    @Option(name: [.customShort("e"), .customLong("endpoint-name"), .customLong("endpoint")], help: "Endpoint of a deployment.")
    package var endpointName: String?

    package init() {}

    /// The address as far as the flags tell it; throws a usage error for what is missing or does not fit the kind.
    package func target(_ kind: any ResourceKind.Type, workspace: WorkspaceID) throws -> ResourceID {
        if !kind.isVersioned, label != nil { throw CommandFailure.usage("a \(kind.title) has no versions; leave --label out") }
        if version != nil, label != nil { throw CommandFailure.usage("--version and --label exclude each other; give one") }
        if let label, label != "latest" { throw CommandFailure.usage("the label '\(label)' is not known; 'latest' is") }
        return try ResourceID(kind, workspace: workspace, name: name, version: version, endpoint: endpointName)
    }
}

extension ResourceID {
    /// The address that flags give; throws a usage error for what is missing or does not fit the kind.
    init(_ kind: any ResourceKind.Type, workspace: WorkspaceID, name: String?, version: String? = nil, endpoint: String? = nil) throws {
        guard let name = name ?? (kind.path == WorkspaceKind.path ? workspace.name : nil) else {
            throw CommandFailure.usage("the following arguments are required: --name/-n")
        }
        if !kind.isVersioned, version != nil { throw CommandFailure.usage("a \(kind.title) has no versions; leave --version out") }
        if kind.parentPath == nil, endpoint != nil { throw CommandFailure.usage("--endpoint-name does not fit a \(kind.title)") }
        if kind.parentPath != nil, endpoint == nil {
            throw CommandFailure.usage("the following arguments are required: --endpoint-name/-e")
        }
        self.init(workspace: workspace, kind: kind.path, parent: endpoint, name: name, version: version)
    }

    /// The path of the resource, also of a workspace, which is its own home.
    var armPath: String {
        guard kind == WorkspaceKind.path else { return path }
        return WorkspaceID(subscription: workspace.subscription, resourceGroup: workspace.resourceGroup, name: name).path
    }

    /// The path of the list that holds `kind`'s resources (or an asset's versions, when a name is given).
    static func collection(_ kind: any ResourceKind.Type, workspace: WorkspaceID, parent: String? = nil, name: String? = nil) -> String {
        let id = ResourceID(workspace: workspace, kind: kind.path, parent: parent, name: name ?? "-", version: name == nil ? nil : "-")
        let path = id.armPath
        return String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
    }
}
