package import Foundation
package import MetadataStore
package import Resources

/// Put, get, list, archive and delete for any kind: the only writer of resource state.
package struct ResourceService: Sendable {
    /// Runs inside the transaction of a put, after the resource is saved: how a job gets its run.
    package typealias Companion = @Sendable (MetadataTransaction, Resource, Principal) throws -> Void

    package let registry: KindRegistry
    let store: MetadataStore
    private let feed: ChangeFeed
    private let companions: [String: [Companion]]
    private let now: @Sendable () -> Date

    /// `companions` by kind path.
    package init(
        store: MetadataStore, registry: KindRegistry, feed: ChangeFeed, companions: [String: [Companion]] = [:],
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.registry = registry
        self.feed = feed
        self.companions = companions
        self.now = now
    }

    /// What a put did.
    package struct PutResult: Sendable {
        package var resource: Resource
        package var isNew: Bool
    }

    /// Creates or replaces a resource. The kind's rules see it first; nothing is stored unless all of them agree.
    /// - Parameter ifMatch: the revision the caller saw; another one is `.preconditionFailed`.
    package func put(_ id: ResourceID, body: JSON, by principal: Principal, ifMatch: Int64? = nil) async throws -> PutResult {
        let kind = try kind(of: id)
        let time = now()
        let result = try await store.write { tx in
            guard let workspace = try tx.workspace(id.workspace) else { throw Self.missing(id.workspace) }
            var id = id
            id.workspace = workspace
            id.kind = kind.path
            let existing = try tx.resource(id)
            if let ifMatch, existing?.revision != ifMatch {
                throw Problem(.preconditionFailed, "\(kind.title) '\(id)' was changed by someone else; read it again and repeat the change")
            }
            if let parent = kind.parentPath, let name = id.parent,
                try tx.resource(ResourceID(workspace: workspace, kind: parent, name: name)) == nil
            {
                throw Problem(.notFound, "there is no '\(name)' in \(parent) to hold \(kind.title) '\(id.name)'; create it first")
            }
            var envelope = body.objectValue ?? JSONObject()
            let properties = envelope["properties"] ?? [:]
            for key in ["id", "name", "type", "systemData", "properties", "etag"] { envelope[key] = nil }
            var proposal = Proposal(
                id: id, envelope: .object(envelope), properties: properties, existing: existing, lookup: StoreLookup(transaction: tx))
            try kind.admit(&proposal)
            let resource = Resource(
                id: id, envelope: proposal.envelope, properties: proposal.properties,
                observed: existing?.observed.merging(kind.observedAfterUpdate) ?? kind.observedAfterCreate,
                isArchived: proposal.properties["isArchived"]?.boolValue ?? false,
                systemData: SystemData(
                    createdAt: existing?.systemData.createdAt ?? time, createdBy: existing?.systemData.createdBy ?? principal.name,
                    lastModifiedAt: time, lastModifiedBy: principal.name),
                revision: (existing?.revision ?? 0) + 1)
            try tx.save(resource, references: kind.references(in: resource.properties, workspace: workspace))
            for companion in companions[kind.path] ?? [] { try companion(tx, resource, principal) }
            try tx.appendChange(of: id, action: existing == nil ? "created" : "updated", at: time)
            return PutResult(resource: try tx.resource(id) ?? resource, isNew: existing == nil)
        }
        await feed.announce(kind: kind.path)
        return result
    }

    /// The resource, or `.notFound`.
    package func get(_ id: ResourceID) async throws -> Resource {
        let kind = try kind(of: id)
        return try await store.read { tx in
            var id = id
            id.kind = kind.path
            guard let workspace = try tx.workspace(id.workspace) else { throw Self.missing(id.workspace) }
            id.workspace = workspace
            guard let resource = try tx.resource(id) else {
                throw Problem(.notFound, "there is no \(kind.title) '\(id)' in the workspace '\(workspace.name)'", target: id.path)
            }
            return resource
        }
    }

    package func find(_ id: ResourceID) async throws -> Resource? {
        try await store.read { try $0.resource(id) }
    }

    /// The container of a versioned asset, derived from its versions: latest, next, archived.
    package func container(_ id: ResourceID) async throws -> AssetContainer {
        let kind = try kind(of: id)
        return try await store.read { tx in
            guard let workspace = try tx.workspace(id.workspace) else { throw Self.missing(id.workspace) }
            guard
                let container = try Self.container(
                    tx, ResourceID(workspace: workspace, kind: kind.path, parent: id.parent, name: id.name))
            else { throw Problem(.notFound, "there is no \(kind.title) '\(id.name)' in the workspace '\(workspace.name)'", target: id.path) }
            return container
        }
    }

    /// All containers of a kind, most recent first.
    package func containers(kind path: String, in workspace: WorkspaceID, archived: ResourceFilter.Archived) async throws -> [AssetContainer] {
        try await store.read { tx in
            guard let workspace = try tx.workspace(workspace) else { throw Self.missing(workspace) }
            return try tx.containerNames(kind: path, in: workspace, archived: archived).compactMap {
                try Self.container(tx, ResourceID(workspace: workspace, kind: path, name: $0))
            }
        }
    }

    /// Archives or restores every version of an asset.
    package func setArchived(_ isArchived: Bool, allVersionsOf id: ResourceID, by principal: Principal) async throws {
        let kind = try kind(of: id)
        let time = now()
        try await store.write { tx in
            let versions = try tx.resources(.init(kind: kind.path, name: id.name, hasVersion: true), in: id.workspace).items
            guard !versions.isEmpty else { throw Problem(.notFound, "there is no \(kind.title) '\(id.name)'", target: id.path) }
            for var version in versions where version.isArchived != isArchived {
                version.isArchived = isArchived
                version.properties["isArchived"] = .bool(isArchived)
                version.revision += 1
                version.systemData.lastModifiedAt = time
                version.systemData.lastModifiedBy = principal.name
                try tx.save(version, references: kind.references(in: version.properties, workspace: id.workspace))
            }
            try tx.appendChange(of: id, action: isArchived ? "archived" : "restored", at: time)
        }
        await feed.announce(kind: kind.path)
    }

    /// A page of resources, newest first. `token` is the `nextToken` of the page before.
    package func list(_ filter: ResourceFilter, in workspace: WorkspaceID, limit: Int = 1000, token: String? = nil) async throws -> Page<Resource> {
        var before: Int64?
        if let token {
            guard let value = Int64(token) else { throw Problem(.invalidInput, "'\(token)' is not a page token of this list", target: "$skiptoken") }
            before = value
        }
        return try await store.read { [before] tx in
            guard let workspace = try tx.workspace(workspace) else { throw Self.missing(workspace) }
            if let parent = filter.parent, let parentPath = registry.kind(path: filter.kind)?.parentPath,
                try tx.resource(ResourceID(workspace: workspace, kind: parentPath, name: parent)) == nil
            {
                throw Problem(.notFound, "there is no '\(parent)' in \(parentPath)")
            }
            let (items, next) = try tx.resources(filter, in: workspace, limit: limit, before: before)
            return Page(items: items, nextToken: next.map(String.init))
        }
    }

    /// Everything of a kind in all workspaces that matches: what a controller looks after.
    package func all(_ filter: ResourceFilter) async throws -> [Resource] {
        try await store.read { try $0.resourcesEverywhere(filter) }
    }

    /// Removes a resource and what lives inside it. An engine that has to stop something first follows the change.
    /// - Returns: `false` when it was not there.
    @discardableResult
    package func delete(_ id: ResourceID) async throws -> Bool {
        let kind = try kind(of: id)
        guard kind.isDeletable else {
            throw Problem(.methodNotAllowed, "\(kind.title)s are archived, not deleted: the runs and models made with them keep their history")
        }
        let time = now()
        let removed = try await store.write { tx in
            guard let resource = try tx.resource(id) else { return false }
            try kind.mayDelete(resource, lookup: StoreLookup(transaction: tx))
            for child in registry.kinds where child.parentPath == kind.path {
                for inner in try tx.resources(.init(kind: child.path, parent: id.name), in: id.workspace).items {
                    try tx.deleteResource(inner.id)
                    try tx.appendChange(of: inner.id, action: "deleted", at: time)
                }
            }
            try tx.deleteResource(id)
            try tx.deleteSecrets(scope: id.path)
            try tx.appendChange(of: id, action: "deleted", at: time)
            return true
        }
        if removed {
            await feed.announce(kind: kind.path)
            for child in registry.kinds where child.parentPath == kind.path { await feed.announce(kind: child.path) }
        }
        return removed
    }

    /// Lays what an engine saw over the resource (RFC 7396: null removes). Without the resource nothing happens.
    /// - Parameters:
    ///   - allowed: judges the stored resource inside the transaction; when it says no, nothing is written and `nil` returned.
    ///   - companion: further writes of the same transaction.
    @discardableResult
    package func report(
        _ observed: JSON, of id: ResourceID, when allowed: @escaping @Sendable (Resource) -> Bool = { _ in true },
        companion: (@Sendable (MetadataTransaction, Resource) throws -> Void)? = nil
    ) async throws -> Resource? {
        let time = now()
        let resource: Resource? = try await store.write { tx in
            guard var resource = try tx.resource(id), allowed(resource) else { return nil }
            resource.observed = resource.observed.merging(observed)
            try tx.saveObserved(resource.observed, of: id)
            try companion?(tx, resource)
            try tx.appendChange(of: id, action: "reported", at: time)
            return resource
        }
        if resource != nil { await feed.announce(kind: id.kind) }
        return resource
    }

    // MARK: Workspaces

    package func createWorkspace(_ id: WorkspaceID) async throws { try await store.write { try $0.insertWorkspace(id) } }
    package func workspaces() async throws -> [WorkspaceID] { try await store.read { try $0.workspaces() } }
    package func deleteWorkspace(_ id: WorkspaceID) async throws { try await store.write { try $0.deleteWorkspace(id) } }

    /// The workspace as first spelled, or `.notFound`.
    package func workspace(_ id: WorkspaceID) async throws -> WorkspaceID {
        guard let workspace = try await store.read({ try $0.workspace(id) }) else { throw Self.missing(id) }
        return workspace
    }

    /// The body of an ARM reply.
    package func armBody(of resource: Resource) -> JSON {
        var body: JSON = [
            "id": .string(resource.id.path), "name": .string(resource.id.version ?? resource.id.name), "type": .string(resource.id.armType),
        ]
        if case .object(let envelope) = resource.envelope { for (key, value) in envelope { body[key] = value } }
        var properties = resource.effectiveProperties
        if properties["provisioningState"] == nil { properties["provisioningState"] = "Succeeded" }
        body["properties"] = registry.kind(path: resource.id.kind)?.present(properties, of: resource) ?? properties
        body["systemData"] = resource.systemData.json
        return body
    }

    // MARK: Pieces

    private func kind(of id: ResourceID) throws -> any ResourceKind.Type {
        guard let kind = registry.kind(path: id.kind) else {
            throw Problem(.notFound, "there is nothing called '\(id.kind)' in a workspace", target: id.path)
        }
        if kind.isVersioned == false, id.version != nil {
            throw Problem(.notFound, "\(kind.title)s have no versions", target: id.path)
        }
        return kind
    }

    private static func missing(_ id: WorkspaceID) -> Problem {
        Problem(
            .notFound, "there is no workspace '\(id.name)' in the resource group '\(id.resourceGroup)'; create it with 'martlet workspace create'",
            target: id.path)
    }

    private static func container(_ tx: MetadataTransaction, _ id: ResourceID) throws -> AssetContainer? {
        guard let latest = try tx.latestVersion(of: id), let resource = try tx.resource(id.at(version: latest)) else { return nil }
        return AssetContainer(
            id: id, latest: resource, nextVersion: String(try tx.nextVersion(of: id)), isArchived: resource.isArchived)
    }
}

/// A versioned asset as a whole. It has no row of its own: everything follows from its versions.
package struct AssetContainer: Sendable {
    package var id: ResourceID
    package var latest: Resource
    package var nextVersion: String
    package var isArchived: Bool
}

/// A transaction seen by the rules of a kind.
private struct StoreLookup: ReferenceLookup {
    let transaction: MetadataTransaction

    func resource(_ id: ResourceID) throws(Problem) -> Resource? {
        try wrapping { try transaction.resource(id) }
    }

    func latestVersion(of container: ResourceID) throws(Problem) -> String? {
        try wrapping { try transaction.latestVersion(of: container) }
    }

    func children(of id: ResourceID, kind: String) throws(Problem) -> [Resource] {
        try wrapping {
            id.kind == kind
                ? try transaction.resources(.init(kind: kind, name: id.name, hasVersion: true), in: id.workspace).items
                : try transaction.resources(.init(kind: kind, parent: id.name), in: id.workspace).items
        }
    }

    private func wrapping<T>(_ body: () throws -> T) throws(Problem) -> T {
        do {
            return try body()
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalFault, "the metadata store failed: \(error)")
        }
    }
}
