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
        guard limit > 0, let search = try runSearch(query, experiments: ids, lifecycles: lifecycles, in: workspace) else { return [] }
        let first = try runs(search.page(limit: limit, offset: offset))
        guard let measured = search.measured, first.count < limit else { return first }
        var count = offset + first.count
        if first.isEmpty, offset > 0 {
            count = try Int.fetchOne(db, sql: "SELECT count(*) " + measured.sql, arguments: measured.arguments) ?? 0
        }
        return first + (try runs(search.unmeasuredPage(limit: limit - first.count, offset: max(0, offset - count))))
    }

    /// How SQLite would go about the first request of such a search, a line for each step.
    package func planOfSearch(
        _ query: SearchQuery, experiments ids: [Int64], lifecycles: [Lifecycle], in workspace: WorkspaceID
    ) throws -> [String] {
        guard let text = try runSearch(query, experiments: ids, lifecycles: lifecycles, in: workspace)?.page(limit: 100, offset: 0) else {
            return []
        }
        return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + text.sql, arguments: text.arguments).map { $0["detail"] }
    }

    private func runs(_ text: SQLText) throws -> [RunRecord] {
        try Row.fetchAll(db.cachedStatement(sql: text.sql), arguments: text.arguments).map(Self.run)
    }

    /// `nil` when none of the experiments is there.
    private func runSearch(
        _ query: SearchQuery, experiments ids: [Int64], lifecycles: [Lifecycle], in workspace: WorkspaceID
    ) throws -> RunSearch? {
        let experiments = try Int64.fetchAll(
            db, sql: "SELECT sequence FROM experiment WHERE workspace = ? AND id IN (SELECT value FROM json_each(?))",
            arguments: [workspace.key, Self.list(ids)])
        guard !experiments.isEmpty else { return nil }
        let few = try few(of: query.conditions, experiments: experiments)
        // The plus keeps SQLite from walking all runs in their order when a condition picks out few.
        let column = few == nil ? "run.experiment" : "+run.experiment"
        var condition = SQLText(experiments.count == 1 ? "\(column) = ?" : "\(column) IN (SELECT value FROM json_each(?))")
        condition.append(
            " AND \(Self.isOne(of: lifecycles, "run.lifecycle")) AND ", experiments.count == 1 ? [experiments[0]] : [Self.list(experiments)]
        )
        condition.append(try Self.runTable.conditions(query))
        if let few {
            condition.append(" AND run.sequence IN (SELECT f.owner ")
            condition.append(few)
            condition.append(")")
        } else if experiments.count == 1, let first = query.order.first, case .metric(let key) = first.subject {
            return RunSearch(
                condition: condition, order: try Self.runTable.order(Array(query.order.dropFirst())),
                metric: .init(key: key, experiment: experiments[0], isAscending: first.isAscending))
        }
        return RunSearch(condition: condition, order: try Self.runTable.order(query.order), metric: nil)
    }

    /// The facts that the most selective condition alone picks out, when they are so few that sorting their runs is quicker
    /// than walking all runs in order: from FROM on. Each condition with an index is tried as far as that number only.
    private func few(of conditions: [SearchQuery.Condition], experiments: [Int64]) throws -> SQLText? {
        let limit = 2000
        var best: (count: Int, text: SQLText)?
        for condition in conditions {
            guard let text = Self.indexed(condition, experiments: experiments) else { continue }
            let count =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM (SELECT 1 \(text.sql) LIMIT \(limit + 1))", arguments: text.arguments) ?? 0
            if count <= limit, count < best?.count ?? .max { best = (count, text) }
        }
        return best?.text
    }

    private static func indexed(_ condition: SearchQuery.Condition, experiments: [Int64]) -> SQLText? {
        switch (condition.subject, condition.comparison, condition.operand) {
        case (.parameter(let key), .equal, .text(let value)):
            SQLText("FROM parameter f WHERE f.key = ? AND substr(f.value, 1, 64) = substr(?, 1, 64)", [key, value])
        case (.tag(let key), .equal, .text(let value)):
            SQLText("FROM runTag f WHERE f.key = ? AND substr(f.value, 1, 64) = substr(?, 1, 64)", [key, value])
        case (.metric(let key), .equal, .number(let number)), (.metric(let key), .less, .number(let number)),
            (.metric(let key), .lessOrEqual, .number(let number)), (.metric(let key), .greater, .number(let number)),
            (.metric(let key), .greaterOrEqual, .number(let number)):
            experiments.count > 1
                ? nil
                : SQLText(
                    "FROM latestMetric f WHERE f.experiment = ? AND f.key = ? AND f.isNaN = 0 AND f.value \(condition.comparison.rawValue) ?",
                    [experiments[0], key, number])
        default: nil
        }
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

/// The requests of one search.
private struct RunSearch {
    struct Metric {
        let key: String
        let experiment: Int64
        let isAscending: Bool
    }

    let condition: SQLText
    /// After the metric, when one comes first.
    let order: SQLText
    let metric: Metric?

    /// The runs that have the metric, in its index's order: from FROM on.
    var measured: SQLText? {
        guard let metric else { return nil }
        var text = SQLText(
            """
            FROM latestMetric AS m INDEXED BY latestMetric_order CROSS JOIN run ON run.sequence = m.owner
            CROSS JOIN experiment ON experiment.sequence = run.experiment
            WHERE m.experiment = ? AND m.key = ? AND m.isNaN = 0 AND\u{20}
            """, [metric.experiment, metric.key])
        text.append(condition)
        return text
    }

    func page(limit: Int, offset: Int) -> SQLText {
        guard let metric, let measured else { return page(where: condition, limit: limit, offset: offset) }
        var text = SQLText("SELECT \(MetadataTransaction.runColumns) ")
        text.append(measured)
        text.append(" ORDER BY m.value \(metric.isAscending ? "ASC" : "DESC"), ")
        return finished(text, limit: limit, offset: offset)
    }

    /// The runs that do not have the metric.
    func unmeasuredPage(limit: Int, offset: Int) -> SQLText {
        var condition = condition
        if let metric {
            condition.append(
                " AND NOT EXISTS (SELECT 1 FROM latestMetric m WHERE m.owner = run.sequence AND m.key = ? AND m.isNaN = 0)", [metric.key])
        }
        return page(where: condition, limit: limit, offset: offset)
    }

    private func page(where condition: SQLText, limit: Int, offset: Int) -> SQLText {
        var text = SQLText(MetadataTransaction.selectRun + " WHERE ")
        text.append(condition)
        text.append(" ORDER BY ")
        return finished(text, limit: limit, offset: offset)
    }

    private func finished(_ text: SQLText, limit: Int, offset: Int) -> SQLText {
        var text = text
        text.append(order)
        text.append(" LIMIT ? OFFSET ?", [limit, offset])
        return text
    }
}
