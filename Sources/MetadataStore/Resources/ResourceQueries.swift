package import Foundation
internal import GRDB
package import Resources

/// What a list of resources may be narrowed by.
package struct ResourceFilter: Sendable {
    package enum Archived: Sendable { case activeOnly, archivedOnly, all }

    package var kind: String
    package var parent: String?
    package var name: String?
    /// `true`: versions of assets; `false`: containers and kinds without versions; `nil`: all rows.
    package var hasVersion: Bool?
    package var archived: Archived
    package var includesAnonymous: Bool
    package var contentHash: String?
    package var statuses: [String]?

    package init(
        kind: String, parent: String? = nil, name: String? = nil, hasVersion: Bool? = nil, archived: Archived = .all,
        includesAnonymous: Bool = true, contentHash: String? = nil, statuses: [String]? = nil
    ) {
        self.kind = kind
        self.parent = parent
        self.name = name
        self.hasVersion = hasVersion
        self.archived = archived
        self.includesAnonymous = includesAnonymous
        self.contentHash = contentHash
        self.statuses = statuses
    }
}

/// Resources, their lineage and their change feed.
extension MetadataTransaction {
    // MARK: Workspaces

    package func insertWorkspace(_ id: WorkspaceID) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO workspace (key, subscription, resourceGroup, name) VALUES (?, ?, ?, ?)",
            arguments: [id.key, id.subscription, id.resourceGroup, id.name])
    }

    /// The workspace as it was first spelled.
    package func workspace(_ id: WorkspaceID) throws -> WorkspaceID? {
        try Row.fetchOne(db, sql: "SELECT * FROM workspace WHERE key = ?", arguments: [id.key]).map(Self.workspaceID)
    }

    package func workspaces() throws -> [WorkspaceID] {
        try Row.fetchAll(db, sql: "SELECT * FROM workspace ORDER BY name").map(Self.workspaceID)
    }

    package func deleteWorkspace(_ id: WorkspaceID) throws {
        try db.execute(sql: "DELETE FROM workspace WHERE key = ?", arguments: [id.key])
    }

    private static func workspaceID(_ row: Row) -> WorkspaceID {
        WorkspaceID(subscription: row["subscription"], resourceGroup: row["resourceGroup"], name: row["name"])
    }

    // MARK: Resources

    package func resource(_ id: ResourceID) throws -> Resource? {
        let row = try Row.fetchOne(
            db, sql: "SELECT * FROM resource WHERE workspace = ? AND kind = ? AND parent = ? AND name = ? AND version = ?",
            arguments: Self.key(id))
        return try row.map { try Self.resource($0, workspace: id.workspace) }
    }

    /// Inserts or replaces by address; `references` become the resource's edges of lineage.
    package func save(_ resource: Resource, references: [ResourceID]) throws {
        let system = resource.systemData
        try db.execute(
            sql: """
                INSERT INTO resource (workspace, kind, parent, name, version, envelope, properties, observed, isArchived,
                    createdAt, createdBy, modifiedAt, modifiedBy, revision)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (workspace, kind, parent, name, version) DO UPDATE SET envelope = excluded.envelope,
                    properties = excluded.properties, observed = excluded.observed, isArchived = excluded.isArchived,
                    modifiedAt = excluded.modifiedAt, modifiedBy = excluded.modifiedBy, revision = excluded.revision
                """,
            arguments: Self.key(resource.id) + [
                resource.envelope.text(), resource.properties.text(), resource.observed.text(), resource.isArchived,
                system.createdAt.milliseconds, system.createdBy, system.lastModifiedAt.milliseconds, system.lastModifiedBy,
                resource.revision,
            ])
        guard let source = try sequence(of: resource.id) else { return }
        try db.execute(sql: "DELETE FROM reference WHERE source = ?", arguments: [source])
        for target in Set(references.map(\.path)) {
            try db.execute(sql: "INSERT INTO reference (source, target) VALUES (?, ?)", arguments: [source, target])
        }
    }

    /// Replaces only what an engine reports; the wanted properties, revision and editors stay.
    package func saveObserved(_ observed: JSON, of id: ResourceID) throws {
        try db.execute(
            sql: "UPDATE resource SET observed = ? WHERE workspace = ? AND kind = ? AND parent = ? AND name = ? AND version = ?",
            arguments: [observed.text()] + Self.key(id))
    }

    package func deleteResource(_ id: ResourceID) throws {
        try db.execute(
            sql: "DELETE FROM resource WHERE workspace = ? AND kind = ? AND parent = ? AND name = ? AND version = ?",
            arguments: Self.key(id))
    }

    /// Newest first, up to `limit` before the row of `before` (a sequence number); the second value continues the list.
    package func resources(
        _ filter: ResourceFilter, in workspace: WorkspaceID, limit: Int = .max, before: Int64? = nil
    ) throws -> (items: [Resource], next: Int64?) {
        var (sql, arguments) = Self.conditions(filter)
        sql = "SELECT * FROM resource WHERE workspace = ? AND " + sql
        arguments = [workspace.key] + arguments
        if let before {
            sql += " AND sequence < ?"
            arguments += [before]
        }
        sql += " ORDER BY sequence DESC"
        if limit < .max { sql += " LIMIT \(limit + 1)" }
        var rows = try Row.fetchAll(db, sql: sql, arguments: arguments)
        var next: Int64?
        if limit < .max, rows.count > limit {
            rows.removeLast()
            next = rows.last?["sequence"]
        }
        return (try rows.map { try Self.resource($0, workspace: workspace) }, next)
    }

    /// The same over all workspaces, oldest first: what a controller has to look after.
    package func resourcesEverywhere(_ filter: ResourceFilter) throws -> [Resource] {
        let (sql, arguments) = Self.conditions(filter)
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT resource.*, w.subscription AS wSubscription, w.resourceGroup AS wGroup, w.name AS wName
                FROM resource JOIN workspace w ON w.key = resource.workspace WHERE \(sql) ORDER BY sequence
                """,
            arguments: arguments)
        return try rows.map { row in
            let workspace = WorkspaceID(subscription: row["wSubscription"], resourceGroup: row["wGroup"], name: row["wName"])
            return try Self.resource(row, workspace: workspace)
        }
    }

    /// The version that was created last among the active ones, else among all.
    package func latestVersion(of container: ResourceID) throws -> String? {
        try String.fetchOne(
            db,
            sql: """
                SELECT version FROM resource WHERE workspace = ? AND kind = ? AND parent = ? AND name = ? AND version <> ''
                ORDER BY isArchived, sequence DESC LIMIT 1
                """,
            arguments: [container.workspace.key, container.kind, container.parent ?? "", container.name])
    }

    /// One more than the greatest whole-number version; 1 when there is none.
    package func nextVersion(of container: ResourceID) throws -> Int64 {
        let greatest = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(CAST(version AS INTEGER)) FROM resource
                WHERE workspace = ? AND kind = ? AND parent = ? AND name = ? AND version <> '' AND version NOT GLOB '*[^0-9]*'
                    AND length(version) < 18
                """,
            arguments: [container.workspace.key, container.kind, container.parent ?? "", container.name])
        return (greatest ?? 0) + 1
    }

    /// Names of the assets of a kind, the most recently created first.
    package func containerNames(kind: String, in workspace: WorkspaceID, archived: ResourceFilter.Archived) throws -> [String] {
        let condition =
            switch archived {
            case .activeOnly: "HAVING min(isArchived) = 0"
            case .archivedOnly: "HAVING min(isArchived) = 1"
            case .all: ""
            }
        return try String.fetchAll(
            db,
            sql: """
                SELECT name FROM resource WHERE workspace = ? AND kind = ? AND version <> '' AND isAnonymous = 0
                GROUP BY name \(condition) ORDER BY max(sequence) DESC
                """,
            arguments: [workspace.key, kind])
    }

    // MARK: Lineage

    /// Addresses of the resources that point at `id`.
    package func referrers(of id: ResourceID) throws -> [Resource] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT resource.* FROM reference JOIN resource ON resource.sequence = reference.source
                WHERE reference.target = ? AND resource.workspace = ?
                """,
            arguments: [id.path, id.workspace.key])
        return try rows.map { try Self.resource($0, workspace: id.workspace) }
    }

    // MARK: Changes

    package func appendChange(of id: ResourceID, action: String, at date: Date) throws {
        try db.execute(
            sql: "INSERT INTO change (workspace, kind, path, action, at) VALUES (?, ?, ?, ?, ?)",
            arguments: [id.workspace.key, id.kind, id.path, action, date.milliseconds])
    }

    // MARK: Rows

    private func sequence(of id: ResourceID) throws -> Int64? {
        try Int64.fetchOne(
            db, sql: "SELECT sequence FROM resource WHERE workspace = ? AND kind = ? AND parent = ? AND name = ? AND version = ?",
            arguments: Self.key(id))
    }

    private static func key(_ id: ResourceID) -> StatementArguments {
        [id.workspace.key, id.kind, id.parent ?? "", id.name, id.version ?? ""]
    }

    private static func conditions(_ filter: ResourceFilter) -> (String, StatementArguments) {
        var parts = ["kind = ?"]
        var arguments: StatementArguments = [filter.kind]
        if let parent = filter.parent {
            parts.append("parent = ?")
            arguments += [parent]
        }
        if let name = filter.name {
            parts.append("resource.name = ?")
            arguments += [name]
        }
        if let hasVersion = filter.hasVersion { parts.append(hasVersion ? "version <> ''" : "version = ''") }
        switch filter.archived {
        case .activeOnly: parts.append("isArchived = 0")
        case .archivedOnly: parts.append("isArchived = 1")
        case .all: break
        }
        if !filter.includesAnonymous { parts.append("isAnonymous = 0") }
        if let hash = filter.contentHash {
            parts.append("contentHash = ?")
            arguments += [hash]
        }
        if let statuses = filter.statuses {
            parts.append("status IN (\(statuses.map { _ in "?" }.joined(separator: ",")))")
            arguments += StatementArguments(statuses)
        }
        return (parts.joined(separator: " AND "), arguments)
    }

    private static func resource(_ row: Row, workspace: WorkspaceID) throws -> Resource {
        let parent: String = row["parent"]
        let version: String = row["version"]
        return Resource(
            id: ResourceID(
                workspace: workspace, kind: row["kind"], parent: parent.isEmpty ? nil : parent, name: row["name"],
                version: version.isEmpty ? nil : version),
            envelope: try JSON(parsing: row["envelope"] as String), properties: try JSON(parsing: row["properties"] as String),
            observed: try JSON(parsing: row["observed"] as String), isArchived: row["isArchived"],
            systemData: SystemData(
                createdAt: Date(milliseconds: row["createdAt"]), createdBy: row["createdBy"],
                lastModifiedAt: Date(milliseconds: row["modifiedAt"]), lastModifiedBy: row["modifiedBy"]),
            revision: row["revision"])
    }
}
