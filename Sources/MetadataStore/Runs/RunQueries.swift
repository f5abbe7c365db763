internal import GRDB
package import Resources

/// Runs as such: made, changed, read.
extension MetadataTransaction {
    /// A new run with its tags. The id must be free in the workspace.
    package func insertRun(
        id: String, name: String, userID: String, status: RunStatus, startTime: Int64, isJob: Bool = false, tags: [LabelRecord],
        experiment: ExperimentRecord, in workspace: WorkspaceID
    ) throws -> RunRecord {
        try db.cachedStatement(
            sql: """
                INSERT INTO run (workspace, id, experiment, name, userID, status, startTime, isJob) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [workspace.key, id, experiment.sequence, name, userID, status.rawValue, startTime, isJob])
        let sequence = db.lastInsertedRowID
        try saveLabels(tags, of: sequence, in: .runTag)
        return RunRecord(
            sequence: sequence, id: id, experiment: experiment.sequence, experimentID: experiment.id, experimentName: experiment.name,
            artifactLocation: experiment.artifactLocation, name: name, userID: userID, status: status, startTime: startTime, endTime: nil,
            lifecycle: .active, isJob: isJob)
    }

    package func run(_ id: String, in workspace: WorkspaceID) throws -> RunRecord? {
        let statement = try db.cachedStatement(sql: Self.selectRun + " WHERE run.workspace = ? AND run.id = ?")
        return try Row.fetchOne(statement, arguments: [workspace.key, id]).map(Self.run)
    }

    /// Runs whose parent is `id`, oldest first.
    package func childRuns(of id: String, in workspace: WorkspaceID) throws -> [RunRecord] {
        let statement = try db.cachedStatement(
            sql: Self.selectRun + """
                 WHERE run.workspace = ? AND run.sequence IN
                    (SELECT owner FROM runTag WHERE key = 'mlflow.parentRunId' AND value = ?) ORDER BY run.startTime, run.sequence
                """)
        return try Row.fetchAll(statement, arguments: [workspace.key, id]).map(Self.run)
    }

    /// Writes the members of a run that can change.
    package func updateRun(_ run: RunRecord) throws {
        try db.cachedStatement(
            sql: """
                UPDATE run SET name = ?1, status = ?2, startTime = ?3, endTime = ?4, lifecycle = ?5, isJob = ?6,
                    deletedAt = iif(?5 = 'deleted', coalesce(deletedAt, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)), NULL)
                WHERE sequence = ?7
                """
        ).execute(arguments: [run.name, run.status.rawValue, run.startTime, run.endTime, run.lifecycle.rawValue, run.isJob, run.sequence])
    }

    /// The run with everything that hangs on it.
    package func detail(of run: RunRecord) throws -> RunDetail { try details(of: [run]).first ?? RunDetail(run: run) }

    /// Everything that hangs on several runs, with one request for each sort of fact.
    package func details(of runs: [RunRecord]) throws -> [RunDetail] {
        let owners = runs.map(\.sequence)
        let metrics = try latestMetrics(of: owners)
        let parameters = try labels(of: owners, in: .parameter)
        let tags = try labels(of: owners, in: .runTag)
        let datasets = try datasets(of: owners)
        let models = try runModels(of: owners)
        return runs.map { run in
            RunDetail(
                run: run, metrics: metrics[run.sequence] ?? [], parameters: parameters[run.sequence] ?? [], tags: tags[run.sequence] ?? [],
                datasets: datasets[run.sequence] ?? [], models: models[run.sequence] ?? [])
        }
    }

    // MARK: Rows

    static let runColumns = """
        run.*, experiment.id AS experimentID, experiment.name AS experimentName, experiment.artifactLocation AS artifactLocation
        """
    /// CROSS JOIN keeps the runs in front, whose index gives the order.
    static let selectRun = "SELECT \(runColumns) FROM run CROSS JOIN experiment ON experiment.sequence = run.experiment"

    static func run(_ row: Row) -> RunRecord {
        RunRecord(
            sequence: row["sequence"], id: row["id"], experiment: row["experiment"], experimentID: row["experimentID"],
            experimentName: row["experimentName"], artifactLocation: row["artifactLocation"], name: row["name"], userID: row["userID"],
            status: RunStatus(rawValue: row["status"]) ?? .running, startTime: row["startTime"], endTime: row["endTime"],
            lifecycle: Lifecycle(rawValue: row["lifecycle"]) ?? .active, isJob: row["isJob"])
    }
}
