internal import GRDB
package import Resources

/// The search over runs.
extension MetadataTransaction {
    /// A page of runs, by default the last started first.
    ///
    /// An order that begins with a metric walks the index of that metric's latest values, so that the best hundred of many
    /// thousand runs cost as much as a hundred runs; runs without the metric, or with NaN, follow in a second request.
    package func searchRuns(
        _ query: SearchQuery, experiments ids: [Int64], lifecycles: [Lifecycle], in workspace: WorkspaceID, limit: Int, offset: Int
    ) throws -> [RunRecord] {
        let experiments = try Int64.fetchAll(
            db, sql: "SELECT sequence FROM experiment WHERE workspace = ? AND id IN (SELECT value FROM json_each(?))",
            arguments: [workspace.key, Self.list(ids)])
        guard !experiments.isEmpty, limit > 0 else { return [] }
        var condition = SQLText(experiments.count == 1 ? "run.experiment = ?" : "run.experiment IN (SELECT value FROM json_each(?))")
        condition.append(" AND \(Self.isOne(of: lifecycles, "run.lifecycle")) AND ", experiments.count == 1 ? [experiments[0]] : [Self.list(experiments)])
        condition.append(try Self.runTable.conditions(query))
        if let first = query.order.first, case .metric(let key) = first.subject, experiments.count == 1 {
            return try runs(
                byMetric: key, of: experiments[0], isAscending: first.isAscending, where: condition, then: Array(query.order.dropFirst()), limit: limit,
                offset: offset)
        }
        return try runs(where: condition, order: query.order, limit: limit, offset: offset)
    }

    private func runs(where condition: SQLText, order: [SearchQuery.Order], limit: Int, offset: Int) throws -> [RunRecord] {
        var text = SQLText(Self.selectRun + " WHERE ")
        text.append(condition)
        text.append(" ORDER BY ")
        text.append(try Self.runTable.order(order))
        text.append(" LIMIT ? OFFSET ?", [limit, offset])
        return try Row.fetchAll(db.cachedStatement(sql: text.sql), arguments: text.arguments).map(Self.run)
    }

    private func runs(
        byMetric key: String, of experiment: Int64, isAscending: Bool, where condition: SQLText, then order: [SearchQuery.Order], limit: Int, offset: Int
    ) throws -> [RunRecord] {
        var measured = SQLText(
            """
             FROM latestMetric AS m INDEXED BY latestMetric_order CROSS JOIN run ON run.sequence = m.owner
            CROSS JOIN experiment ON experiment.sequence = run.experiment
            WHERE m.experiment = ? AND m.key = ? AND m.isNaN = 0 AND 
            """, [experiment, key])
        measured.append(condition)
        var text = SQLText(Self.selectRun.replacing("FROM run JOIN experiment ON experiment.sequence = run.experiment", with: ""))
        text.append(measured)
        text.append(" ORDER BY m.value \(isAscending ? "ASC" : "DESC"), ")
        text.append(try Self.runTable.order(order))
        text.append(" LIMIT ? OFFSET ?", [limit, offset])
        let first = try Row.fetchAll(db.cachedStatement(sql: text.sql), arguments: text.arguments).map(Self.run)
        guard first.count < limit else { return first }

        var count = offset + first.count
        if first.isEmpty, offset > 0 { count = try Int.fetchOne(db, sql: "SELECT count(*)" + measured.sql, arguments: measured.arguments) ?? 0 }
        var unmeasured = condition
        unmeasured.append(
            " AND NOT EXISTS (SELECT 1 FROM latestMetric m WHERE m.owner = run.sequence AND m.key = ? AND m.isNaN = 0)", [key])
        return first + (try runs(where: unmeasured, order: order, limit: limit - first.count, offset: max(0, offset - count)))
    }

    private static let runTable = SearchTable(
        attributes: [
            "run_id": .init(sql: "run.id"), "run_name": .init(sql: "run.name"), "user_id": .init(sql: "run.userID"),
            "status": .init(sql: "run.status"), "start_time": .init(sql: "run.startTime", isNumeric: true),
            "end_time": .init(sql: "run.endTime", isNullable: true, isNumeric: true),
            "artifact_uri": .init(
                sql: "(coalesce(experiment.artifactLocation, 'mlflow-artifacts:/' || experiment.id) || '/' || run.id || '/artifacts')"),
            "experiment_id": .init(sql: "CAST(experiment.id AS TEXT)"),
        ],
        metrics: .init(
            from: "FROM latestMetric f WHERE f.owner = run.sequence AND f.key = ?", guardCondition: "f.isNaN = 0"),
        parameters: .init(from: "FROM parameter f WHERE f.owner = run.sequence AND f.key = ?"),
        tags: .init(from: "FROM runTag f WHERE f.owner = run.sequence AND f.key = ?"),
        datasets: [
            "name": datasetFacts("d.name"), "digest": datasetFacts("d.digest"), "context": datasetFacts("i.context"),
        ],
        finalOrder: "run.startTime DESC, run.id")

    private static func datasetFacts(_ column: String) -> SearchTable.Facts {
        .init(from: "FROM runInput i JOIN dataset d ON d.sequence = i.dataset WHERE i.owner = run.sequence AND ? <> ''", value: column)
    }
}
