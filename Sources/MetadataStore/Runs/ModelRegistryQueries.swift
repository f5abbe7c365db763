internal import GRDB
package import Resources

/// A version of a registered model as the registry's searches see it: the resource's properties and its dates.
package struct ModelVersionRecord: Sendable, Hashable {
    package var name: String
    package var version: String
    package var properties: JSON
    package var createdAt: Int64
    package var modifiedAt: Int64
    package var createdBy: String

    package init(name: String, version: String, properties: JSON, createdAt: Int64, modifiedAt: Int64, createdBy: String) {
        self.name = name
        self.version = version
        self.properties = properties
        self.createdAt = createdAt
        self.modifiedAt = modifiedAt
        self.createdBy = createdBy
    }
}

/// The registry over the kind `models`: what it keeps besides the versions, and its searches.
extension MetadataTransaction {
    package func registeredModel(_ name: String, in workspace: WorkspaceID) throws -> RegisteredModelRecord? {
        try registeredModels(where: SQLText("workspace = ? AND name = ?", [workspace.key, name])).first
    }

    /// - Returns: `false` when the name is taken.
    package func insertRegisteredModel(
        _ name: String, description: String = "", tags: [LabelRecord] = [], in workspace: WorkspaceID, at time: Int64
    ) throws -> Bool {
        try db.execute(
            sql: "INSERT OR IGNORE INTO registeredModel (workspace, name, description, createdAt, modifiedAt) VALUES (?, ?, ?, ?, ?)",
            arguments: [workspace.key, name, description, time, time])
        guard db.changesCount > 0 else { return false }
        try saveLabels(tags, of: db.lastInsertedRowID, in: .registeredModelTag)
        return true
    }

    package func updateRegisteredModel(_ model: RegisteredModelRecord, at time: Int64) throws {
        try db.execute(
            sql: "UPDATE registeredModel SET description = ?, modifiedAt = ? WHERE sequence = ?",
            arguments: [model.description, time, model.sequence])
    }

    package func deleteRegisteredModel(_ model: RegisteredModelRecord) throws {
        try db.execute(sql: "DELETE FROM registeredModel WHERE sequence = ?", arguments: [model.sequence])
    }

    /// Moves the model and all its versions to a new name, which must be free. References of other resources are not
    /// rewritten; check them first.
    package func renameRegisteredModel(_ model: RegisteredModelRecord, to name: String, in workspace: WorkspaceID, at time: Int64) throws {
        try db.execute(
            sql: "UPDATE registeredModel SET name = ?, modifiedAt = ? WHERE sequence = ?", arguments: [name, time, model.sequence])
        try db.execute(
            sql: "UPDATE resource SET name = ?, modifiedAt = ? WHERE workspace = ? AND kind = 'models' AND name = ?",
            arguments: [name, time, workspace.key, model.name])
    }

    /// A version number that was never given out for this model.
    package func takeNextVersion(of model: RegisteredModelRecord, in workspace: WorkspaceID) throws -> Int64 {
        let next = try nextVersion(of: ResourceID(workspace: workspace, kind: "models", name: model.name))
        let taken = try Int64.fetchOne(
            db, sql: "UPDATE registeredModel SET lastVersion = max(lastVersion + 1, ?) WHERE sequence = ? RETURNING lastVersion",
            arguments: [next, model.sequence])
        return taken ?? next
    }

    /// The next version comes after `number`.
    package func skipVersions(of model: RegisteredModelRecord, to number: Int64) throws {
        try db.execute(sql: "UPDATE registeredModel SET lastVersion = max(lastVersion, ?) WHERE sequence = ?", arguments: [number, model.sequence])
    }

    // MARK: Aliases

    package func setAlias(_ alias: String, version: String, of model: RegisteredModelRecord) throws {
        try db.execute(
            sql:
                "INSERT INTO modelAlias (owner, alias, version) VALUES (?, ?, ?) ON CONFLICT (owner, alias) DO UPDATE SET "
                + "version = excluded.version",
            arguments: [model.sequence, alias, version])
    }

    package func deleteAlias(_ alias: String, of model: RegisteredModelRecord) throws {
        try db.execute(sql: "DELETE FROM modelAlias WHERE owner = ? AND alias = ?", arguments: [model.sequence, alias])
    }

    package func deleteAliases(ofVersion version: String, of model: RegisteredModelRecord) throws {
        try db.execute(sql: "DELETE FROM modelAlias WHERE owner = ? AND version = ?", arguments: [model.sequence, version])
    }

    // MARK: Searches

    /// A page of registered models, by default by name. `prompts` chooses between models and prompts.
    package func searchRegisteredModels(
        _ query: SearchQuery, prompts: Bool, in workspace: WorkspaceID, limit: Int, offset: Int
    ) throws -> [RegisteredModelRecord] {
        let prompt =
            "EXISTS (SELECT 1 FROM registeredModelTag p WHERE p.owner = registeredModel.sequence AND p.key = "
            + "'mlflow.prompt.is_prompt' AND p.value = 'true')"
        var text = SQLText("workspace = ? AND \(prompts ? "" : "NOT ")\(prompt) AND ", [workspace.key])
        text.append(try Self.registeredModelTable.conditions(query))
        text.append(" ORDER BY ")
        text.append(try Self.registeredModelTable.order(query.order))
        text.append(" LIMIT ? OFFSET ?", [limit, offset])
        return try registeredModels(where: text)
    }

    /// A page of model versions, by default the last changed first. `prompts` chooses between models and prompts; `nil`: both.
    package func searchModelVersions(
        _ query: SearchQuery, prompts: Bool?, in workspace: WorkspaceID, limit: Int, offset: Int
    ) throws -> [ModelVersionRecord] {
        var text = SQLText(
            "SELECT * FROM resource WHERE workspace = ? AND kind = 'models' AND version <> '' AND isAnonymous = 0 AND ", [workspace.key])
        if let prompts {
            text.append(
                "coalesce(json_extract(properties, '$.tags.\"mlflow.prompt.is_prompt\"'), 'false') \(prompts ? "=" : "<>") 'true' AND ")
        }
        text.append(try Self.modelVersionTable.conditions(query))
        text.append(" ORDER BY ")
        text.append(try Self.modelVersionTable.order(query.order))
        text.append(" LIMIT ? OFFSET ?", [limit, offset])
        return try Row.fetchAll(db, sql: text.sql, arguments: text.arguments).map { row in
            ModelVersionRecord(
                name: row["name"], version: row["version"], properties: try JSON(parsing: row["properties"] as String),
                createdAt: row["createdAt"],
                modifiedAt: row["modifiedAt"], createdBy: row["createdBy"])
        }
    }

    private func registeredModels(where condition: SQLText) throws -> [RegisteredModelRecord] {
        var found = try Row.fetchAll(db, sql: "SELECT * FROM registeredModel WHERE " + condition.sql, arguments: condition.arguments).map {
            row in
            RegisteredModelRecord(
                sequence: row["sequence"], name: row["name"], description: row["description"], createdAt: row["createdAt"],
                modifiedAt: row["modifiedAt"])
        }
        let owners = found.map(\.sequence)
        let tags = try labels(of: owners, in: .registeredModelTag)
        var aliases: [Int64: [LabelRecord]] = [:]
        let rows = try Row.fetchAll(
            db, sql: "SELECT owner, alias, version FROM modelAlias WHERE owner IN (SELECT value FROM json_each(?)) ORDER BY owner, alias",
            arguments: [Self.list(owners)])
        for row in rows { aliases[row[0], default: []].append(LabelRecord(row[1], row[2])) }
        for index in found.indices {
            found[index].tags = tags[found[index].sequence] ?? []
            found[index].aliases = aliases[found[index].sequence] ?? []
        }
        return found
    }

    private static let registeredModelTable = SearchTable(
        attributes: [
            "name": .init(sql: "registeredModel.name"), "creation_timestamp": .init(sql: "registeredModel.createdAt", isNumeric: true),
            "last_updated_timestamp": .init(sql: "registeredModel.modifiedAt", isNumeric: true),
        ],
        tags: .init(from: "FROM registeredModelTag f WHERE f.owner = registeredModel.sequence AND f.key = ?"),
        finalOrder: "registeredModel.name")

    private static let modelVersionTable = SearchTable(
        attributes: [
            "name": .init(sql: "resource.name"), "version_number": .init(sql: "CAST(resource.version AS INTEGER)", isNumeric: true),
            "run_id": .init(sql: "json_extract(resource.properties, '$.jobName')", isNullable: true),
            "source_path": .init(
                sql: """
                    coalesce(json_extract(resource.properties, '$.properties."mlflow.source"'),
                        json_extract(resource.properties, '$.modelUri'))
                    """),
            "creation_timestamp": .init(sql: "resource.createdAt", isNumeric: true),
            "last_updated_timestamp": .init(sql: "resource.modifiedAt", isNumeric: true),
        ],
        tags: .init(from: "FROM json_each(resource.properties, '$.tags') f WHERE f.key = ?"),
        finalOrder: "resource.modifiedAt DESC, resource.name, CAST(resource.version AS INTEGER) DESC")
}
