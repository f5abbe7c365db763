internal import GRDB
package import Resources

/// Logged models of MLflow 3.
extension MetadataTransaction {
    package func insertLoggedModel(
        id: String, name: String, modelType: String?, sourceRun: String?, status: String, artifactPath: String? = nil, tags: [LabelRecord],
        parameters: [LabelRecord], experiment: ExperimentRecord, in workspace: WorkspaceID, at time: Int64
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO loggedModel (workspace, id, experiment, name, modelType, sourceRun, status, artifactPath, createdAt, modifiedAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [workspace.key, id, experiment.sequence, name, modelType, sourceRun, status, artifactPath, time, time])
        let sequence = db.lastInsertedRowID
        try saveLabels(tags, of: sequence, in: .loggedModelTag)
        try saveLabels(parameters, of: sequence, in: .loggedModelParameter)
    }

    /// The model unless it is in the bin.
    package func loggedModel(_ id: String, in workspace: WorkspaceID) throws -> LoggedModelRecord? {
        try loggedModels(
            where: SQLText("loggedModel.workspace = ? AND loggedModel.id = ? AND loggedModel.lifecycle = 'active'", [workspace.key, id])
        ).first
    }

    package func updateLoggedModel(_ model: LoggedModelRecord, lifecycle: Lifecycle = .active, at time: Int64) throws {
        try db.execute(
            sql: "UPDATE loggedModel SET status = ?, lifecycle = ?, modifiedAt = ?, deletedAt = ? WHERE sequence = ?",
            arguments: [model.status, lifecycle.rawValue, time, lifecycle == .deleted ? time : nil, model.sequence])
    }

    /// Keeps the latest value per key, run and dataset. Models that are not there are passed over.
    package func logModelMetrics(_ points: [MetricRecord], in workspace: WorkspaceID) throws {
        for point in points {
            guard let measure = point.model else { continue }
            let (value, isNaN) = Self.stored(point.value)
            try db.execute(
                sql: """
                    INSERT INTO loggedModelMetric (owner, key, run, datasetName, datasetDigest, timestamp, step, value, isNaN)
                    SELECT sequence, ?, ?, ?, ?, ?, ?, ?, ? FROM loggedModel WHERE workspace = ? AND id = ?
                    ON CONFLICT (owner, key, run, datasetName, datasetDigest) DO UPDATE SET timestamp = excluded.timestamp,
                        step = excluded.step,
                        value = excluded.value, isNaN = excluded.isNaN
                    WHERE (excluded.step, excluded.timestamp, excluded.value)
                        >= (loggedModelMetric.step, loggedModelMetric.timestamp, loggedModelMetric.value)
                    """,
                arguments: [
                    point.key, measure.run ?? "", measure.datasetName ?? "", measure.datasetDigest ?? "", point.timestamp, point.step,
                    value, isNaN,
                    workspace.key, measure.model,
                ])
        }
    }

    /// A page of logged models, by default the newest first. `dataset` narrows the metrics of conditions and order.
    package func searchLoggedModels(
        _ query: SearchQuery, experiments ids: [Int64], dataset: (name: String, digest: String?)?, in workspace: WorkspaceID, limit: Int,
        offset: Int
    ) throws -> [LoggedModelRecord] {
        let table = Self.loggedModelTable(dataset: dataset)
        var text = SQLText(
            """
            loggedModel.workspace = ? AND loggedModel.lifecycle = 'active'
            AND loggedModel.experiment IN
                (SELECT sequence FROM experiment WHERE workspace = ? AND id IN (SELECT value FROM json_each(?))) AND\u{20}
            """, [workspace.key, workspace.key, Self.list(ids)])
        text.append(try table.conditions(query))
        text.append(" ORDER BY ")
        text.append(try table.order(query.order))
        text.append(" LIMIT ? OFFSET ?", [limit, offset])
        return try loggedModels(where: text)
    }

    private func loggedModels(where condition: SQLText) throws -> [LoggedModelRecord] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT loggedModel.*, experiment.id AS experimentID, experiment.name AS experimentName,
                    experiment.artifactLocation AS artifactLocation
                FROM loggedModel JOIN experiment ON experiment.sequence = loggedModel.experiment WHERE \(condition.sql)
                """,
            arguments: condition.arguments)
        let owners = rows.map { $0["sequence"] as Int64 }
        let tags = try labels(of: owners, in: .loggedModelTag)
        let parameters = try labels(of: owners, in: .loggedModelParameter)
        let metrics = try loggedModelMetrics(of: owners)
        return rows.map { row in
            let sequence: Int64 = row["sequence"]
            return LoggedModelRecord(
                sequence: sequence, id: row["id"], experimentID: row["experimentID"], experimentName: row["experimentName"],
                artifactLocation: row["artifactLocation"], name: row["name"], modelType: row["modelType"], sourceRun: row["sourceRun"],
                status: row["status"], artifactPath: row["artifactPath"], createdAt: row["createdAt"], modifiedAt: row["modifiedAt"],
                tags: tags[sequence] ?? [], parameters: parameters[sequence] ?? [], metrics: metrics[sequence] ?? [])
        }
    }

    private func loggedModelMetrics(of owners: [Int64]) throws -> [Int64: [MetricRecord]] {
        var found: [Int64: [MetricRecord]] = [:]
        guard !owners.isEmpty else { return found }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT m.key, m.value, m.isNaN, m.timestamp, m.step, m.owner, m.run, m.datasetName, m.datasetDigest, l.id
                FROM loggedModelMetric m JOIN loggedModel l ON l.sequence = m.owner
                WHERE m.owner IN (SELECT value FROM json_each(?)) ORDER BY m.owner, m.key
                """,
            arguments: [Self.list(owners)])
        for row in rows {
            var point = Self.point(row)
            let (run, dataset, digest): (String, String, String) = (row[6], row[7], row[8])
            point.model = .init(
                model: row[9], datasetName: dataset.isEmpty ? nil : dataset, datasetDigest: digest.isEmpty ? nil : digest,
                run: run.isEmpty ? nil : run)
            found[row[5], default: []].append(point)
        }
        return found
    }

    private static func loggedModelTable(dataset: (name: String, digest: String?)?) -> SearchTable {
        var narrowed = ""
        var arguments: [String] = []
        if let dataset {
            narrowed += " AND f.datasetName = ?"
            arguments.append(dataset.name)
            if let digest = dataset.digest {
                narrowed += " AND f.datasetDigest = ?"
                arguments.append(digest)
            }
        }
        return SearchTable(
            attributes: [
                "name": .init(sql: "loggedModel.name"), "model_id": .init(sql: "loggedModel.id"),
                "model_type": .init(sql: "loggedModel.modelType", isNullable: true), "status": .init(sql: "loggedModel.status"),
                "source_run_id": .init(sql: "loggedModel.sourceRun", isNullable: true),
                "creation_timestamp": .init(sql: "loggedModel.createdAt", isNumeric: true),
                "last_updated_timestamp": .init(sql: "loggedModel.modifiedAt", isNumeric: true),
            ],
            metrics: .init(
                from: "FROM loggedModelMetric f WHERE f.owner = loggedModel.sequence\(narrowed) AND f.key = ?", arguments: arguments,
                guardCondition: "f.isNaN = 0"),
            parameters: .init(from: "FROM loggedModelParameter f WHERE f.owner = loggedModel.sequence AND f.key = ?"),
            tags: .init(from: "FROM loggedModelTag f WHERE f.owner = loggedModel.sequence AND f.key = ?"),
            finalOrder: "loggedModel.createdAt DESC, loggedModel.id")
    }
}
