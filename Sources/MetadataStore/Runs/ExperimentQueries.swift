internal import GRDB
package import Resources

/// Experiments.
extension MetadataTransaction {
    package func experiment(id: Int64, in workspace: WorkspaceID) throws -> ExperimentRecord? {
        try experiments(where: SQLText("workspace = ? AND id = ?", [workspace.key, id])).first
    }

    /// The one in use, else the one of that name that was deleted last.
    package func experiment(named name: String, in workspace: WorkspaceID) throws -> ExperimentRecord? {
        try experiments(
            where: SQLText("workspace = ? AND name = ? ORDER BY lifecycle, modifiedAt DESC LIMIT 1", [workspace.key, name])
        ).first
    }

    /// The experiment of that name, made when it is not there; a deleted one comes back.
    package func ensureExperiment(named name: String, in workspace: WorkspaceID, at time: Int64) throws -> ExperimentRecord {
        if var found = try experiment(named: name, in: workspace) {
            if found.lifecycle == .deleted {
                try setLifecycle(.active, ofExperiment: found, at: time)
                found.lifecycle = .active
            }
            return found
        }
        return try insertExperiment(named: name, artifactLocation: nil, tags: [], in: workspace, at: time)
    }

    /// A new experiment with the next free id, or the free one that is given. The name must be free. With `root` its
    /// artifacts are beneath `root/ID`.
    package func insertExperiment(
        named name: String, artifactLocation: String?, root: String? = nil, id given: Int64? = nil, tags: [LabelRecord],
        in workspace: WorkspaceID, at time: Int64
    ) throws -> ExperimentRecord {
        let id =
            try given ?? Int64.fetchOne(db, sql: "SELECT coalesce(max(id), -1) + 1 FROM experiment WHERE workspace = ?", arguments: [workspace.key])
            ?? 0
        let artifactLocation = artifactLocation ?? root.map { "\($0)/\(id)" }
        try db.execute(
            sql: "INSERT INTO experiment (workspace, id, name, artifactLocation, createdAt, modifiedAt) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [workspace.key, id, name, artifactLocation, time, time])
        let sequence = db.lastInsertedRowID
        try saveLabels(tags, of: sequence, in: .experimentTag)
        return ExperimentRecord(
            sequence: sequence, id: id, name: name, artifactLocation: artifactLocation, lifecycle: .active, createdAt: time,
            modifiedAt: time,
            tags: tags)
    }

    package func rename(_ experiment: ExperimentRecord, to name: String, at time: Int64) throws {
        try db.execute(
            sql: "UPDATE experiment SET name = ?, modifiedAt = ? WHERE sequence = ?", arguments: [name, time, experiment.sequence])
    }

    /// Runs and logged models go to the bin, or come back, with their experiment.
    package func setLifecycle(_ lifecycle: Lifecycle, ofExperiment experiment: ExperimentRecord, at time: Int64) throws {
        let deletedAt = lifecycle == .deleted ? time : nil
        try db.execute(
            sql: "UPDATE experiment SET lifecycle = ?, modifiedAt = ?, deletedAt = ? WHERE sequence = ?",
            arguments: [lifecycle.rawValue, time, deletedAt, experiment.sequence])
        for table in ["run", "loggedModel"] {
            try db.execute(
                sql: "UPDATE \(table) SET lifecycle = ?, deletedAt = ? WHERE experiment = ?",
                arguments: [lifecycle.rawValue, deletedAt, experiment.sequence])
        }
    }

    /// A page of experiments, by default the newest first.
    package func searchExperiments(
        _ query: SearchQuery, lifecycles: [Lifecycle], in workspace: WorkspaceID, limit: Int, offset: Int
    ) throws -> [ExperimentRecord] {
        var text = SQLText("workspace = ? AND \(Self.isOne(of: lifecycles, "experiment.lifecycle")) AND ", [workspace.key])
        text.append(try Self.experimentTable.conditions(query))
        let order = query.order.isEmpty ? [.init(.attribute("creation_time"), isAscending: false)] : query.order
        text.append(" ORDER BY ")
        text.append(try Self.experimentTable.order(order))
        text.append(" LIMIT ? OFFSET ?", [limit, offset])
        return try experiments(where: text)
    }

    static func isOne(of lifecycles: [Lifecycle], _ column: String) -> String {
        lifecycles.count == 1 ? "\(column) = '\(lifecycles[0].rawValue)'" : "1"
    }

    private func experiments(where condition: SQLText) throws -> [ExperimentRecord] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM experiment WHERE " + condition.sql)
        var found = try Row.fetchAll(statement, arguments: condition.arguments).map { row in
            ExperimentRecord(
                sequence: row["sequence"], id: row["id"], name: row["name"], artifactLocation: row["artifactLocation"],
                lifecycle: Lifecycle(rawValue: row["lifecycle"]) ?? .active, createdAt: row["createdAt"], modifiedAt: row["modifiedAt"])
        }
        let tags = try labels(of: found.map(\.sequence), in: .experimentTag)
        for index in found.indices { found[index].tags = tags[found[index].sequence] ?? [] }
        return found
    }

    private static let experimentTable = SearchTable(
        attributes: [
            "name": .init(sql: "experiment.name"), "experiment_id": .init(sql: "CAST(experiment.id AS TEXT)"),
            "creation_time": .init(sql: "experiment.createdAt", isNumeric: true),
            "last_update_time": .init(sql: "experiment.modifiedAt", isNumeric: true),
        ],
        tags: .init(from: "FROM experimentTag f WHERE f.owner = experiment.sequence AND f.key = ?"), finalOrder: "experiment.id")
}
