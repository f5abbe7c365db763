internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import MetadataStore
internal import NIOCore
internal import Resources

/// Traces in both forms: MLflow 3's, and the one of MLflow 2.14 to 3.2 (`request_id`, pairs for tags).
struct TraceEndpoints: Sendable {
    let runs: RunService
    private static let bodyLimit = 64 * 1024 * 1024

    var list: [MLflowEndpoint] { described + searched + labelled + assessed }

    private var described: [MLflowEndpoint] {
        [
            MLflowEndpoint(.post, "traces") { call in
                guard let trace = try call.arguments.object("trace") else { return try await startOld(call) }
                guard let info = try trace.object("trace_info") else { throw FactRules.missing("trace.trace_info") }
                let location = try info.object("trace_location")?.object("mlflow_experiment")
                guard let experiment = try location?.required("experiment_id") else {
                    throw FactRules.missing("trace.trace_info.trace_location.mlflow_experiment.experiment_id")
                }
                let stored = try await runs.saveTrace(try TraceWire.trace(info), in: experiment, workspace: call.workspace)
                return ["trace": ["trace_info": TraceWire.json(stored)]]
            },
            MLflowEndpoint(.get, "traces/get") { call in
                let id = try call.arguments.required("trace_id")
                guard let found = try await runs.tracesWithSpans([id], in: call.workspace).first else {
                    throw Problem(.notFound, "Trace with ID '\(id.prefix(256))' not found.", target: "trace_id")
                }
                return ["trace": TraceWire.json(found.trace, spans: found.spans)]
            },
            MLflowEndpoint(.get, "traces/batchGet") { call in
                var json: JSON = [:]
                let found = try await runs.tracesWithSpans(try call.arguments.texts("trace_ids"), in: call.workspace)
                json.set("traces", found.map { TraceWire.json($0.trace, spans: $0.spans) })
                return json
            },
            MLflowEndpoint(.post, "traces/batchGetInfos") { call in
                var json: JSON = [:]
                json.set("trace_infos", try await runs.traces(try call.arguments.texts("trace_ids"), in: call.workspace).map(TraceWire.json))
                return json
            },
            MLflowEndpoint(.get, "traces/*") { call in
                ["trace": ["trace_info": TraceWire.json(try await runs.trace(call.capture(0), in: call.workspace))]]
            },
            MLflowEndpoint(.get, "traces/*/info") { call in
                ["trace_info": TraceWire.oldJSON(try await runs.trace(call.capture(0), in: call.workspace))]
            },
            MLflowEndpoint(.patch, "traces/*", endOld),
        ]
    }

    private var searched: [MLflowEndpoint] {
        [
            MLflowEndpoint(.post, "traces/search") { call in
                let ids = try call.arguments.objects("locations").map { location throws(Problem) in
                    try location.object("mlflow_experiment")?.required("experiment_id") ?? ""
                }
                let page = try await search(call, experiments: ids)
                var json: JSON = [:]
                json.set("traces", page.items.map(TraceWire.json))
                json.set(pageToken: page.nextToken)
                return json
            },
            MLflowEndpoint(.get, "traces") { call in
                let page = try await search(call, experiments: try call.arguments.texts("experiment_ids"))
                var json: JSON = [:]
                json.set("traces", page.items.map(TraceWire.oldJSON))
                json.set(pageToken: page.nextToken)
                return json
            },
            MLflowEndpoint(.post, "traces/delete-traces") { call in
                let arguments = call.arguments
                let ids = try arguments.texts("request_ids") + arguments.texts("trace_ids")
                let count = try await runs.deleteTraces(
                    of: try arguments.required("experiment_id"), ids: ids.isEmpty ? nil : ids,
                    until: try arguments.integer("max_timestamp_millis"), limit: try arguments.count("max_traces"), in: call.workspace)
                return ["traces_deleted": .integer(Int64(count))]
            },
        ]
    }

    private var labelled: [MLflowEndpoint] {
        [
            MLflowEndpoint(.patch, "traces/*/tags") { call in
                try await runs.setTag(try call.arguments.label(), ofTrace: call.capture(0), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.delete, "traces/*/tags") { call in
                try await runs.deleteTag(try call.arguments.required("key"), ofTrace: call.capture(0), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "traces/link-to-run") { call in
                try await runs.link(traces: try call.arguments.texts("trace_ids"), toRun: try call.runID, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "traces/link-prompts") { call in
                let prompts = try call.arguments.objects("prompt_versions").map { prompt throws(Problem) -> JSON in
                    ["name": .string(try prompt.required("name")), "version": .string(try prompt.required("version"))]
                }
                try await runs.setTag(
                    LabelRecord("mlflow.linkedPrompts", JSON.array(prompts).text()), ofTrace: try call.arguments.required("trace_id"),
                    in: call.workspace)
                return [:]
            },
        ]
    }

    private var assessed: [MLflowEndpoint] {
        [
            MLflowEndpoint(.post, "traces/*/assessments") { call in
                guard let content = call.arguments["assessment"], content.objectValue != nil else { throw FactRules.missing("assessment") }
                return ["assessment": try await runs.addAssessment(content, toTrace: call.capture(0), in: call.workspace)]
            },
            MLflowEndpoint(.get, "traces/*/assessments/*") { call in
                ["assessment": try await runs.assessment(call.capture(1), ofTrace: call.capture(0), in: call.workspace)]
            },
            MLflowEndpoint(.patch, "traces/*/assessments/*") { call in
                guard let content = call.arguments["assessment"] else { throw FactRules.missing("assessment") }
                // A field mask is one text in protobuf's JSON, its names in camel case.
                let mask = try call.arguments.text("update_mask")?.split(separator: ",").map { Self.snakeCase(String($0)) }
                let changed = try await runs.updateAssessment(
                    call.capture(1), ofTrace: call.capture(0), with: content, fields: mask ?? content.objectValue?.keys ?? [], in: call.workspace)
                return ["assessment": changed]
            },
            MLflowEndpoint(.delete, "traces/*/assessments/*") { call in
                try await runs.deleteAssessment(call.capture(1), ofTrace: call.capture(0), in: call.workspace)
                return [:]
            },
        ]
    }

    static func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { text, letter in text += letter.isUppercase ? "_" + letter.lowercased() : String(letter) }
    }

    private func search(_ call: MLflowCall, experiments: [String]) async throws -> Page<TraceRecord> {
        try await runs.searchTraces(
            experiments: experiments, filter: try call.arguments.text("filter"), orderBy: try call.arguments.texts("order_by"),
            maxResults: try call.arguments.count("max_results"), pageToken: try call.arguments.text("page_token"), in: call.workspace)
    }

    // MARK: MLflow 2

    private func startOld(_ call: MLflowCall) async throws -> JSON {
        let arguments = call.arguments
        let id = "tr-" + UUID().uuidString.replacing("-", with: "").lowercased()
        var trace = TraceRecord(id: id, startedAt: try arguments.integer("timestamp_ms") ?? 0, state: "IN_PROGRESS", isDescribed: true)
        trace.metadata = try arguments.labels("request_metadata")
        trace.tags = try arguments.labels("tags")
        let stored = try await runs.saveTrace(trace, in: try arguments.required("experiment_id"), workspace: call.workspace)
        return ["trace_info": TraceWire.oldJSON(stored)]
    }

    private func endOld(_ call: MLflowCall) async throws -> JSON {
        let arguments = call.arguments
        var trace = try await runs.trace(call.capture(0), in: call.workspace)
        if let end = try arguments.integer("timestamp_ms") { trace.duration = max(0, end.subtractingReportingOverflow(trace.startedAt).partialValue) }
        trace.state = TraceWire.state(try arguments.text("status"))
        trace.metadata += try arguments.labels("request_metadata")
        trace.tags += try arguments.labels("tags")
        let stored = try await runs.saveTrace(trace, in: String(trace.experimentID), workspace: call.workspace)
        return ["trace_info": TraceWire.oldJSON(stored)]
    }

    // MARK: OpenTelemetry

    /// `POST /v1/traces`: spans as OpenTelemetry's exporters send them, in protobuf or JSON.
    func ingest(_ request: Request, in workspace: WorkspaceID) async throws -> Response {
        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }
        guard let experiment = header("x-mlflow-experiment-id"), !experiment.isEmpty else {
            throw Problem(.invalidInput, "the header x-mlflow-experiment-id must name the experiment of the spans", target: "x-mlflow-experiment-id")
        }
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem(.unsupported, "send spans without Content-Encoding", target: "Content-Encoding")
        }
        let type = request.headers[.contentType]?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } }
        let body = Array(try await request.bytes(limit: Self.bodyLimit).readableBytesView)
        let export: JSON
        switch type {
        case "application/x-protobuf": export = try SpanTransfer.export(protobuf: body)
        case "application/json": export = try SpanTransfer.export(json: body)
        default:
            throw Problem(
                .invalidInput, "Invalid Content-Type. Expected: application/x-protobuf or application/json", target: "Content-Type")
        }
        let spans = try SpanTransfer.spans(of: export)
        guard !spans.isEmpty else { throw Problem(.invalidInput, "Invalid OpenTelemetry format - no spans found") }
        try await runs.logSpans(spans, in: experiment, run: header("x-mlflow-run-id"), workspace: workspace)
        return Response(
            status: .ok, headers: [.contentType: type == "application/json" ? "application/json" : "application/x-protobuf"],
            body: .init(byteBuffer: ByteBuffer(string: type == "application/json" ? "{}" : "")))
    }
}
