internal import ControlPlane
internal import Foundation
internal import MetadataStore
internal import Resources

/// The values of traces: read out of requests, written into replies.
enum TraceWire {
    // MARK: In

    /// A trace as MLflow 3 describes it.
    static func trace(_ info: MLflowArguments) throws(Problem) -> TraceRecord {
        let text = try info.required("request_time")
        guard let start = Date(protobufText: text) else { throw info.invalid(.string(text), "request_time") }
        var trace = TraceRecord(
            id: try info.required("trace_id"), startedAt: Int64((start.timeIntervalSince1970 * 1000).rounded()),
            state: state(try info.text("state")), isDescribed: true)
        if let text = try info.text("execution_duration") {
            guard let duration = ProtobufDuration.milliseconds(text) else { throw info.invalid(.string(text), "execution_duration") }
            trace.duration = duration
        }
        trace.clientRequestID = try info.text("client_request_id")
        trace.requestPreview = try info.text("request_preview")
        trace.responsePreview = try info.text("response_preview")
        trace.tags = try labels(info, "tags")
        trace.metadata = try labels(info, "trace_metadata")
        return trace
    }

    /// Unknown words are no state.
    static func state(_ text: String?) -> String {
        ["OK", "ERROR", "IN_PROGRESS"].first { $0 == text } ?? "STATE_UNSPECIFIED"
    }

    private static func labels(_ info: MLflowArguments, _ name: String) throws(Problem) -> [LabelRecord] {
        guard let value = info[name] else { return [] }
        guard let object = value.objectValue else { throw info.invalid(value, name) }
        return object.compactMap { key, value in value.literalText.map { LabelRecord(key, $0) } }
    }

    // MARK: Out

    static func json(_ trace: TraceRecord) -> JSON {
        var json: JSON = [
            "trace_id": .string(trace.id),
            "trace_location": [
                "type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": .string(String(trace.experimentID))],
            ],
            "request_time": .string(Date(timeIntervalSince1970: Double(trace.startedAt) / 1000).protobufText), "state": .string(trace.state),
        ]
        if let duration = trace.duration { json["execution_duration"] = .string(ProtobufDuration.text(milliseconds: duration)) }
        if let id = trace.clientRequestID { json["client_request_id"] = .string(id) }
        if let preview = trace.requestPreview { json["request_preview"] = .string(preview) }
        if let preview = trace.responsePreview { json["response_preview"] = .string(preview) }
        if !trace.metadata.isEmpty { json["trace_metadata"] = object(trace.metadata) }
        if !trace.tags.isEmpty { json["tags"] = object(trace.tags) }
        json.set("assessments", trace.assessments)
        return json
    }

    static func json(_ trace: TraceRecord, spans: [JSON]) -> JSON {
        var json: JSON = ["trace_info": self.json(trace)]
        json.set("spans", spans)
        return json
    }

    /// In the form of MLflow 2.
    static func oldJSON(_ trace: TraceRecord) -> JSON {
        var json: JSON = [
            "request_id": .string(trace.id), "experiment_id": .string(String(trace.experimentID)), "timestamp_ms": .integer(trace.startedAt),
            "status": .string(trace.state == "STATE_UNSPECIFIED" ? "TRACE_STATUS_UNSPECIFIED" : trace.state),
        ]
        if let duration = trace.duration { json["execution_time_ms"] = .integer(duration) }
        json.set("request_metadata", trace.metadata.map(\.json))
        json.set("tags", trace.tags.map(\.json))
        return json
    }

    private static func object(_ labels: [LabelRecord]) -> JSON { .object(JSONObject(labels.map { ($0.key, .string($0.value)) })) }
}
