internal import GRDB
package import Resources

/// Traces, their spans, and assessments.
extension MetadataTransaction {
    package func trace(_ id: String, in workspace: WorkspaceID) throws -> TraceRecord? {
        try traces(where: SQLText("trace.workspace = ? AND trace.id = ?", [workspace.key, id])).first
    }

    /// Those of the ids that are there, in the order of the ids.
    package func traces(_ ids: [String], in workspace: WorkspaceID) throws -> [TraceRecord] {
        let list = JSON.array(ids.map { .string($0) }).text()
        let found = try traces(
            where: SQLText("trace.workspace = ? AND trace.id IN (SELECT value FROM json_each(?))", [workspace.key, list]))
        let byID = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { byID[$0] }
    }

    /// Stores a new trace or the members of a known one; tags and metadata are laid over those that are there.
    package func saveTrace(_ trace: TraceRecord, in experiment: ExperimentRecord, of workspace: WorkspaceID) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO trace (workspace, id, experiment, startedAt, duration, state, clientRequestID, requestPreview, responsePreview,
                    isDescribed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (workspace, id) DO UPDATE SET experiment = excluded.experiment, startedAt = excluded.startedAt,
                    duration = excluded.duration, state = excluded.state,
                    clientRequestID = coalesce(excluded.clientRequestID, clientRequestID),
                    requestPreview = coalesce(excluded.requestPreview, requestPreview),
                    responsePreview = coalesce(excluded.responsePreview, responsePreview), isDescribed = excluded.isDescribed
                """
        ).execute(arguments: [
            workspace.key, trace.id, experiment.sequence, trace.startedAt, trace.duration, trace.state, trace.clientRequestID,
            trace.requestPreview, trace.responsePreview, trace.isDescribed,
        ])
        guard
            let sequence = try Int64.fetchOne(
                db, sql: "SELECT sequence FROM trace WHERE workspace = ? AND id = ?", arguments: [workspace.key, trace.id])
        else { return }
        try saveLabels(trace.tags, of: sequence, in: .traceTag)
        try saveLabels(trace.metadata, of: sequence, in: .traceMetadata)
    }

    package func saveSpans(_ spans: [SpanRecord], of trace: TraceRecord) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO span (owner, id, startedAt, content) VALUES (?, ?, ?, ?)
                ON CONFLICT (owner, id) DO UPDATE SET startedAt = excluded.startedAt, content = excluded.content
                """)
        for span in spans { try statement.execute(arguments: [trace.sequence, span.id, span.startedAt, span.content.text()]) }
    }

    /// The spans of a trace, the first begun first.
    package func spans(of trace: TraceRecord) throws -> [JSON] {
        try String.fetchAll(
            db, sql: "SELECT content FROM span WHERE owner = ? ORDER BY startedAt, id", arguments: [trace.sequence]
        ).map { try JSON(parsing: $0) }
    }

    /// A page of traces, by default the last begun first.
    package func searchTraces(
        _ query: SearchQuery, experiments ids: [Int64], in workspace: WorkspaceID, limit: Int, offset: Int
    ) throws -> [TraceRecord] {
        var text = SQLText(
            "trace.experiment IN (SELECT sequence FROM experiment WHERE workspace = ? AND id IN (SELECT value FROM json_each(?))) AND ",
            [workspace.key, Self.list(ids)])
        text.append(try Self.traceTable.conditions(query))
        text.append(" ORDER BY ")
        text.append(try Self.traceTable.order(query.order))
        text.append(" LIMIT ? OFFSET ?", [limit, offset])
        return try traces(where: text)
    }

    /// Removes traces of an experiment: those of `ids`, or the oldest that began up to `time`, at most `limit`.
    /// - Returns: how many there were.
    package func deleteTraces(of experiment: ExperimentRecord, ids: [String]?, until time: Int64?, limit: Int?) throws -> Int {
        if let ids {
            let list = JSON.array(ids.map { .string($0) }).text()
            try db.execute(
                sql: "DELETE FROM trace WHERE experiment = ? AND id IN (SELECT value FROM json_each(?))",
                arguments: [experiment.sequence, list])
        } else {
            try db.execute(
                sql: """
                    DELETE FROM trace WHERE sequence IN
                        (SELECT sequence FROM trace WHERE experiment = ? AND startedAt <= ? ORDER BY startedAt LIMIT ?)
                    """,
                arguments: [experiment.sequence, time ?? .max, limit ?? -1])
        }
        return db.changesCount
    }

    // MARK: Assessments

    package func assessment(_ id: String, of trace: TraceRecord) throws -> JSON? {
        try String.fetchOne(
            db, sql: "SELECT content FROM assessment WHERE owner = ? AND id = ?", arguments: [trace.sequence, id]
        ).map { try JSON(parsing: $0) }
    }

    package func saveAssessment(_ content: JSON, id: String, of trace: TraceRecord) throws {
        try db.execute(
            sql: """
                INSERT INTO assessment (owner, id, content) VALUES (?, ?, ?)
                ON CONFLICT (owner, id) DO UPDATE SET content = excluded.content
                """,
            arguments: [trace.sequence, id, content.text()])
    }

    /// - Returns: `false` when there is none of that id.
    package func deleteAssessment(_ id: String, of trace: TraceRecord) throws -> Bool {
        try db.execute(sql: "DELETE FROM assessment WHERE owner = ? AND id = ?", arguments: [trace.sequence, id])
        return db.changesCount > 0
    }

    // MARK: Rows

    private func traces(where condition: SQLText) throws -> [TraceRecord] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT trace.*, experiment.id AS experimentID FROM trace JOIN experiment ON experiment.sequence = trace.experiment
                WHERE \(condition.sql)
                """,
            arguments: condition.arguments)
        let owners = rows.map { $0["sequence"] as Int64 }
        let tags = try labels(of: owners, in: .traceTag)
        let metadata = try labels(of: owners, in: .traceMetadata)
        var assessments: [Int64: [JSON]] = [:]
        for row in try Row.fetchAll(
            db, sql: "SELECT owner, content FROM assessment WHERE owner IN (SELECT value FROM json_each(?)) ORDER BY owner, rowid",
            arguments: [Self.list(owners)])
        {
            assessments[row[0], default: []].append(try JSON(parsing: row[1] as String))
        }
        return rows.map { row in
            var trace = TraceRecord(
                id: row["id"], startedAt: row["startedAt"], duration: row["duration"], state: row["state"], isDescribed: row["isDescribed"])
            trace.sequence = row["sequence"]
            trace.experimentID = row["experimentID"]
            trace.clientRequestID = row["clientRequestID"]
            trace.requestPreview = row["requestPreview"]
            trace.responsePreview = row["responsePreview"]
            trace.tags = tags[trace.sequence] ?? []
            trace.metadata = metadata[trace.sequence] ?? []
            trace.assessments = assessments[trace.sequence] ?? []
            return trace
        }
    }

    private static let traceTable = SearchTable(
        attributes: [
            "request_id": .init(sql: "trace.id"), "timestamp_ms": .init(sql: "trace.startedAt", isNumeric: true),
            "execution_time_ms": .init(sql: "trace.duration", isNullable: true, isNumeric: true),
            "end_time_ms": .init(sql: "(trace.startedAt + trace.duration)", isNullable: true, isNumeric: true),
            "status": .init(sql: "trace.state"), "client_request_id": .init(sql: "trace.clientRequestID", isNullable: true),
            "experiment_id": .init(sql: "CAST(experiment.id AS TEXT)"),
            "text": .init(sql: "(SELECT group_concat(content, ' ') FROM span WHERE owner = trace.sequence)", isNullable: true),
        ],
        parameters: .init(from: "FROM traceMetadata f WHERE f.owner = trace.sequence AND f.key = ?"),
        tags: .init(from: "FROM traceTag f WHERE f.owner = trace.sequence AND f.key = ?"),
        finalOrder: "trace.startedAt DESC, trace.id")
}
