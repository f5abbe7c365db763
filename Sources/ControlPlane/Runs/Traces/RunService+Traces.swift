package import MetadataStore
package import Resources

/// Traces: described by clients, or made up from the spans that OpenTelemetry sends.
extension RunService {
    static let traceNameTag = "mlflow.traceName"
    static let spansLocationTag = "mlflow.trace.spansLocation"
    static let sourceRunKey = "mlflow.sourceRun"

    /// Stores what a client says of a trace at its end. Spans that came before stay with it.
    package func saveTrace(_ trace: TraceRecord, in experimentID: String, workspace: WorkspaceID) async throws -> TraceRecord {
        try Self.check(traceID: trace.id)
        try FactRules.check(freeTags: trace.tags, limit: FactRules.tagLength)
        try FactRules.check(freeTags: trace.metadata, limit: FactRules.experimentTagLength, path: "trace_metadata")
        return try await store.write { tx in
            let experiment = try Self.activeExperiment(experimentID, in: workspace, tx)
            var trace = trace
            if !trace.tags.contains(where: { $0.key == "mlflow.artifactLocation" }) {
                let root = experiment.artifactLocation ?? "mlflow-artifacts:/\(experiment.id)"
                trace.tags.append(LabelRecord("mlflow.artifactLocation", "\(root)/traces/\(trace.id)/artifacts"))
            }
            try tx.saveTrace(trace, in: experiment, of: workspace)
            return try Self.trace(trace.id, in: workspace, tx)
        }
    }

    /// Stores spans as they come. A trace that nobody has described yet begins with its first span, lasts to the end of its
    /// last, and is as its root says.
    package func logSpans(_ traces: [String: [SentSpan]], in experimentID: String, run: String?, workspace: WorkspaceID) async throws {
        for id in traces.keys { try Self.check(traceID: id) }
        try await store.write { tx in
            let experiment = try Self.activeExperiment(experimentID, in: workspace, tx)
            for (id, spans) in traces {
                let known = try tx.trace(id, in: workspace)
                var trace = known ?? TraceRecord(id: id, startedAt: .max, state: "IN_PROGRESS", isDescribed: false)
                if !trace.isDescribed {
                    let end = spans.reduce(trace.startedAt == .max ? 0 : trace.startedAt + (trace.duration ?? 0)) { max($0, $1.end / 1_000_000) }
                    trace.startedAt = spans.reduce(trace.startedAt) { min($0, $1.record.startedAt / 1_000_000) }
                    trace.duration = max(0, end - trace.startedAt)
                    if let root = spans.first(where: \.isRoot) {
                        trace.state = root.isError ? "ERROR" : "OK"
                        trace.tags.append(LabelRecord(Self.traceNameTag, String(root.name.prefix(250))))
                    }
                }
                trace.tags.append(LabelRecord(Self.spansLocationTag, "TRACKING_STORE"))
                if let run { trace.metadata.append(LabelRecord(Self.sourceRunKey, run)) }
                try tx.saveTrace(trace, in: experiment, of: workspace)
                try tx.saveSpans(spans.map(\.record), of: Self.trace(id, in: workspace, tx))
            }
        }
    }

    /// A span on its way in: what is stored, and what it says of its trace. `end` in nanoseconds since 1970.
    package struct SentSpan: Sendable {
        package var record: SpanRecord
        package var name: String
        package var end: Int64
        package var isRoot: Bool
        package var isError: Bool

        package init(record: SpanRecord, name: String, end: Int64, isRoot: Bool, isError: Bool) {
            self.record = record
            self.name = name
            self.end = end
            self.isRoot = isRoot
            self.isError = isError
        }
    }

    package func trace(_ id: String, in workspace: WorkspaceID) async throws -> TraceRecord {
        try await store.read { try Self.trace(id, in: workspace, $0) }
    }

    /// Those of the ids that are there.
    package func traces(_ ids: [String], in workspace: WorkspaceID) async throws -> [TraceRecord] {
        try Self.check(traceCount: ids.count)
        return try await store.read { try $0.traces(ids, in: workspace) }
    }

    /// Those of the ids that are there, with the spans that this server holds.
    package func tracesWithSpans(_ ids: [String], in workspace: WorkspaceID) async throws -> [(trace: TraceRecord, spans: [JSON])] {
        try Self.check(traceCount: ids.count)
        return try await store.read { tx in try tx.traces(ids, in: workspace).map { ($0, try tx.spans(of: $0)) } }
    }

    package func searchTraces(
        experiments ids: [String], filter: String?, orderBy: [String], maxResults: Int?, pageToken: String?, in workspace: WorkspaceID
    ) async throws -> Page<TraceRecord> {
        var query = try SearchParser.query(filter: filter, orderBy: orderBy, vocabulary: .traces)
        for index in query.conditions.indices {
            query.conditions[index].subject = Self.spelledOut(query.conditions[index].subject)
        }
        for index in query.order.indices { query.order[index].subject = Self.spelledOut(query.order[index].subject) }
        let limit = try PageOffset.limit(maxResults, standard: 100, maximum: 500)
        let offset = try PageOffset.offset(of: pageToken)
        let found = try await store.read { [query] tx in
            try tx.searchTraces(query, experiments: ids.compactMap(Int64.init), in: workspace, limit: limit + 1, offset: offset)
        }
        return PageOffset.page(found, limit: limit, offset: offset)
    }

    /// A trace's name is a tag, its run a piece of metadata.
    private static func spelledOut(_ subject: SearchQuery.Subject) -> SearchQuery.Subject {
        switch subject {
        case .attribute("name"): .tag(traceNameTag)
        case .attribute("run_id"): .parameter(sourceRunKey)
        default: subject
        }
    }

    /// - Returns: how many there were.
    package func deleteTraces(
        of experimentID: String, ids: [String]?, until time: Int64?, limit: Int?, in workspace: WorkspaceID
    ) async throws -> Int {
        guard (ids == nil) != (time == nil && limit == nil) else {
            throw Problem(
                .invalidInput, "Either `max_timestamp_millis` (with or without `max_traces`) or `request_ids` must be given, not both",
                target: "request_ids")
        }
        if let limit, limit <= 0 { throw Problem(.invalidInput, "`max_traces` must be a positive integer, received \(limit)", target: "max_traces") }
        return try await store.write { tx in
            let experiment = try Self.experiment(experimentID, in: workspace, tx)
            return try tx.deleteTraces(of: experiment, ids: ids, until: time, limit: limit)
        }
    }

    package func setTag(_ tag: LabelRecord, ofTrace id: String, in workspace: WorkspaceID) async throws {
        try FactRules.check(freeTags: [tag], limit: FactRules.tagLength)
        try await store.write { tx in try tx.saveLabels([tag], of: Self.trace(id, in: workspace, tx).sequence, in: .traceTag) }
    }

    package func deleteTag(_ key: String, ofTrace id: String, in workspace: WorkspaceID) async throws {
        try await store.write { tx in
            guard try tx.deleteLabel(key, of: Self.trace(id, in: workspace, tx).sequence, in: .traceTag) else {
                throw Problem(.notFound, "No trace tag with key '\(key)' for trace with ID '\(id)'", target: "key")
            }
        }
    }

    /// Traces belong to the run in which they began; those that name none yet are given this one.
    package func link(traces ids: [String], toRun run: String, in workspace: WorkspaceID) async throws {
        try Self.check(traceCount: ids.count)
        try await store.write { tx in
            _ = try Self.run(run, in: workspace, tx)
            for trace in try tx.traces(ids, in: workspace) {
                _ = try tx.insertLabel(LabelRecord(Self.sourceRunKey, run), of: trace.sequence, in: .traceMetadata)
            }
        }
    }

    // MARK: Assessments

    package func assessment(_ id: String, ofTrace trace: String, in workspace: WorkspaceID) async throws -> JSON {
        try await store.read { try Self.assessment(id, of: Self.trace(trace, in: workspace, $0), $0) }
    }

    /// - Returns: the assessment with its id and times.
    package func addAssessment(_ content: JSON, toTrace trace: String, in workspace: WorkspaceID) async throws -> JSON {
        guard let name = content["assessment_name"]?.stringValue, !name.isEmpty else { throw FactRules.missing("assessment.assessment_name") }
        let kinds = ["feedback", "expectation", "issue"].filter { content[$0] != nil }
        guard kinds.count == 1 else {
            throw Problem(.invalidInput, "Exactly one of `expectation` or `feedback` should be specified.", target: "assessment")
        }
        let id = "a-" + Self.newID()
        let time = now()
        var content = content
        content["assessment_id"] = .string(id)
        content["trace_id"] = .string(trace)
        for key in ["create_time", "last_update_time"] where content[key] == nil { content[key] = .string(time.protobufText) }
        if content["valid"] == nil { content["valid"] = true }
        return try await store.write { [content] tx in
            try tx.saveAssessment(content, id: id, of: Self.trace(trace, in: workspace, tx))
            return content
        }
    }

    /// Replaces the members that `fields` names.
    package func updateAssessment(
        _ id: String, ofTrace trace: String, with content: JSON, fields: [String], in workspace: WorkspaceID
    ) async throws -> JSON {
        let time = now()
        return try await store.write { tx in
            let owner = try Self.trace(trace, in: workspace, tx)
            var stored = try Self.assessment(id, of: owner, tx)
            for field in fields where ["assessment_name", "expectation", "feedback", "rationale", "metadata", "valid"].contains(field) {
                stored[field] = content[field]
            }
            stored["last_update_time"] = .string(time.protobufText)
            try tx.saveAssessment(stored, id: id, of: owner)
            return stored
        }
    }

    package func deleteAssessment(_ id: String, ofTrace trace: String, in workspace: WorkspaceID) async throws {
        try await store.write { tx in
            let owner = try Self.trace(trace, in: workspace, tx)
            guard try tx.deleteAssessment(id, of: owner) else { throw Self.missing(assessment: id, of: owner) }
        }
    }

    // MARK: Pieces

    static func trace(_ id: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> TraceRecord {
        guard let trace = try tx.trace(id, in: workspace) else {
            throw Problem(.notFound, "Trace with ID '\(id.prefix(256))' not found.", target: "trace_id")
        }
        return trace
    }

    private static func assessment(_ id: String, of trace: TraceRecord, _ tx: MetadataTransaction) throws -> JSON {
        guard let assessment = try tx.assessment(id, of: trace) else { throw missing(assessment: id, of: trace) }
        return assessment
    }

    private static func missing(assessment id: String, of trace: TraceRecord) -> Problem {
        Problem(.notFound, "Assessment with ID '\(id.prefix(256))' not found for trace '\(trace.id)'", target: "assessment_id")
    }

    private static func check(traceCount count: Int) throws(Problem) {
        guard count <= 500 else { throw Problem(.invalidInput, "at most 500 traces can be named at once, got \(count)", target: "trace_ids") }
    }

    /// An id becomes a part of the path of the trace's artifacts.
    private static func check(traceID id: String) throws(Problem) {
        let isWord = id.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isWord, 1...256 ~= id.utf8.count else {
            throw Problem(.invalidInput, "Invalid trace ID \(FactRules.quoted(id)): letters, digits, '_' and '-', up to 256", target: "trace_id")
        }
    }
}
