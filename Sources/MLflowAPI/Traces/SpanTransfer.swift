internal import ControlPlane
internal import Foundation
internal import MetadataStore
internal import Resources

/// OpenTelemetry's export of spans (opentelemetry-proto, `ExportTraceServiceRequest`), from protobuf or from JSON, into the
/// form of protobuf's JSON with snake_case names that MLflow's clients read back.
enum SpanTransfer {
    static func export(protobuf bytes: [UInt8]) throws(Problem) -> JSON {
        guard let export = ProtobufReader.json(bytes[...], as: OpenTelemetrySchema.export) else {
            throw Problem(.invalidInput, "Invalid OpenTelemetry format")
        }
        return export
    }

    /// OTLP's own JSON: camelCase names, and ids in hexadecimal instead of base64.
    static func export(json bytes: [UInt8]) throws(Problem) -> JSON {
        guard let json = try? JSON(parsing: bytes), json.objectValue != nil else { throw Problem(.invalidInput, "Invalid OpenTelemetry format") }
        return renamed(json)
    }

    private static func renamed(_ json: JSON) -> JSON {
        switch json {
        case .array(let items): return .array(items.map(renamed))
        case .object(let object):
            var result = JSONObject()
            for (key, value) in object {
                let name = TraceEndpoints.snakeCase(key)
                if ["trace_id", "span_id", "parent_span_id"].contains(name), let bytes = value.stringValue.flatMap(bytes(hexadecimal:)) {
                    result[name] = .string(Data(bytes).base64EncodedString())
                } else {
                    result[name] = renamed(value)
                }
            }
            return .object(result)
        default: return json
        }
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// The spans by the id of their trace: the one that MLflow's client wrote into the span, else `tr-` and OpenTelemetry's.
    static func spans(of export: JSON) throws(Problem) -> [String: [RunService.SentSpan]] {
        var found: [String: [RunService.SentSpan]] = [:]
        for resource in export["resource_spans"]?.arrayValue ?? [] {
            for scope in resource["scope_spans"]?.arrayValue ?? [] {
                for span in scope["spans"]?.arrayValue ?? [] {
                    guard let trace = bytes(span["trace_id"]), trace.count == 16, let id = bytes(span["span_id"]), id.count == 8,
                        let start = integer(span["start_time_unix_nano"]), start >= 0
                    else { throw Problem(.invalidInput, "Cannot convert OpenTelemetry span to MLflow span: its ids or its start are missing") }
                    let given = attribute("mlflow.traceRequestId", of: span)
                    let sent = RunService.SentSpan(
                        record: SpanRecord(id: hexadecimal(id), startedAt: start, content: span), name: span["name"]?.stringValue ?? "",
                        end: max(start, integer(span["end_time_unix_nano"]) ?? start), isRoot: bytes(span["parent_span_id"])?.isEmpty ?? true,
                        isError: span["status"]?["code"].map { $0 == "STATUS_CODE_ERROR" || $0.integerValue == 2 } ?? false)
                    found[given ?? "tr-" + hexadecimal(trace), default: []].append(sent)
                }
            }
        }
        return found
    }

    /// A text attribute; MLflow writes its own as JSON.
    private static func attribute(_ key: String, of span: JSON) -> String? {
        let entry = span["attributes"]?.arrayValue?.first { $0["key"]?.stringValue == key }
        guard let text = entry?["value"]?["string_value"]?.stringValue else { return nil }
        return (try? JSON(parsing: text))?.stringValue ?? text
    }

    private static func integer(_ json: JSON?) -> Int64? { json?.integerValue ?? json?.stringValue.flatMap(Int64.init) }
    private static func bytes(_ json: JSON?) -> [UInt8]? { json?.stringValue.flatMap { Data(base64Encoded: $0) }.map(Array.init) }
    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
