/// What the generic house needs to know of an Azure ML noun. Each folder of `Kinds` declares one; `AllKinds` lists them.
package protocol ResourceKind: Sendable {
    /// The CLI noun: `online-deployment`.
    static var noun: String { get }
    /// The ARM collection below the workspace: `models`, `onlineEndpoints/deployments`.
    static var path: String { get }
    /// What people call it, for sentences: "online deployment".
    static var title: String { get }
    static var isVersioned: Bool { get }
    /// Azure deletes these; assets can only be archived.
    static var isDeletable: Bool { get }
    /// Columns of `-o table`: heading and the key of the YAML face.
    static var columns: [KindColumn] { get }

    /// What an engine has yet to do after a first put, laid over the properties until it reports: a job's `Queued`, a
    /// deployment's `Creating`. Empty for kinds that are complete as soon as they are stored.
    static var observedAfterCreate: JSON { get }
    /// The same after a later put.
    static var observedAfterUpdate: JSON { get }

    /// Checks a proposed resource, fills in defaults, resolves references; collects all problems.
    static func admit(_ proposal: inout Proposal) throws(Problem)
    /// The resources that these properties point at; an edge of the lineage each.
    static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID]
    /// Whether the resource may be deleted now.
    static func mayDelete(_ resource: Resource, lookup: any ReferenceLookup) throws(Problem)
    /// What a reply adds to the effective properties: members that official clients dereference without looking.
    static func present(_ properties: JSON, of resource: Resource) -> JSON
}

extension ResourceKind {
    package static var isVersioned: Bool { false }
    package static var isDeletable: Bool { !isVersioned }
    package static var observedAfterCreate: JSON { [:] }
    package static var observedAfterUpdate: JSON { [:] }
    package static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] { [] }
    package static func mayDelete(_ resource: Resource, lookup: any ReferenceLookup) throws(Problem) {}
    package static func present(_ properties: JSON, of resource: Resource) -> JSON { properties }

    /// The ARM collection of the parent, for kinds that live in one.
    package static var parentPath: String? {
        let parts = path.split(separator: "/")
        return parts.count == 2 ? String(parts[0]) : nil
    }
}

/// One column of a table.
package struct KindColumn: Sendable, Hashable {
    package var heading: String
    /// Dotted path into the YAML face.
    package var key: String

    package init(_ heading: String, _ key: String) {
        self.heading = heading
        self.key = key
    }
}

/// A put on its way in: the kind's rules read and complete it inside the transaction that stores it.
package struct Proposal {
    package let id: ResourceID
    package var envelope: JSON
    package var properties: JSON
    /// The stored resource that this put replaces.
    package let existing: Resource?
    package let lookup: any ReferenceLookup

    package init(id: ResourceID, envelope: JSON, properties: JSON, existing: Resource?, lookup: any ReferenceLookup) {
        self.id = id
        self.envelope = envelope
        self.properties = properties
        self.existing = existing
        self.lookup = lookup
    }
}

/// Sight of the store for rules, inside one transaction.
package protocol ReferenceLookup {
    func resource(_ id: ResourceID) throws(Problem) -> Resource?
    /// The most recently created active version, Azure's meaning of `@latest`.
    func latestVersion(of container: ResourceID) throws(Problem) -> String?
    /// Direct children of a parent, or versions of a container.
    func children(of id: ResourceID, kind: String) throws(Problem) -> [Resource]
}

extension ReferenceLookup {
    /// Turns the text of a reference to a versioned asset (`azureml:name:1`, `azureml:name@latest`, `name:1`, an ARM id)
    /// into the id of an existing version.
    package func resolveAsset(_ text: String, kind: String, title: String, workspace: WorkspaceID, target: String) throws(Problem) -> ResourceID {
        let container: (String) -> ResourceID = { ResourceID(workspace: workspace, kind: kind, name: $0) }
        var id: ResourceID
        switch AssetReference(text.contains(":") || text.contains("/") ? text : "azureml:" + text) {
        case .resource(let found):
            id = found
            id.kind = kind
        case .versioned(let name, let version): id = container(name).at(version: version)
        case .bare(let name), .labelled(let name, "latest"):
            guard let version = try latestVersion(of: container(name)) else {
                throw Problem(.notFound, "there is no \(title) '\(name)'; create it or correct '\(target)'", target: target)
            }
            id = container(name).at(version: version)
        default:
            throw Problem(.invalidInput, "'\(text)' does not name a \(title); write azureml:NAME:VERSION or azureml:NAME@latest", target: target)
        }
        if id.version == nil { id.version = try latestVersion(of: id) }
        guard try resource(id) != nil else {
            throw Problem(.notFound, "there is no \(title) '\(id)'; create it or correct '\(target)'", target: target)
        }
        return id
    }

    /// Turns the text of a reference to a resource without versions (`azureml:cpu-cluster`, an ARM id) into its id.
    package func resolveNamed(_ text: String, kind: String, title: String, workspace: WorkspaceID, target: String) throws(Problem) -> ResourceID {
        let id: ResourceID
        switch AssetReference(text.contains(":") || text.contains("/") ? text : "azureml:" + text) {
        case .resource(var found):
            found.kind = kind
            id = found
        case .bare(let name): id = ResourceID(workspace: workspace, kind: kind, name: name)
        default: throw Problem(.invalidInput, "'\(text)' does not name a \(title); write azureml:NAME", target: target)
        }
        guard try resource(id) != nil else {
            throw Problem(.notFound, "there is no \(title) '\(id)'; create it or correct '\(target)'", target: target)
        }
        return id
    }
}

/// The kinds the house was built with, found by ARM path or CLI noun.
package struct KindRegistry: Sendable {
    package let kinds: [any ResourceKind.Type]
    private let byPath: [String: any ResourceKind.Type]
    private let byNoun: [String: any ResourceKind.Type]

    package init(_ kinds: [any ResourceKind.Type]) {
        self.kinds = kinds
        byPath = Dictionary(kinds.map { ($0.path.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        byNoun = Dictionary(kinds.map { ($0.noun, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// ARM compares collections without regard to case.
    package func kind(path: String) -> (any ResourceKind.Type)? { byPath[path.lowercased()] }
    package func kind(noun: String) -> (any ResourceKind.Type)? { byNoun[noun] }
}
