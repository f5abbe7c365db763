import Foundation
import HTTPTypes
import MLflowAPI
import Resources
import Testing

@Suite("Traces")
struct TraceTests {
    static let info: JSON = [
        "trace_id": "tr-1", "trace_location": ["type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": "0"]],
        "request_time": "2026-01-31T12:00:00.250Z", "execution_duration": "1.500s", "state": "OK", "request_preview": "in", "response_preview": "out",
        "trace_metadata": ["mlflow.sourceRun": "r1"], "tags": ["mlflow.traceName": "predict", "team": "fridge"],
    ]

    @Test("a described trace comes back as it was said, is found, tagged and deleted")
    func described() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let made = try await ask.post("/api/3.0/mlflow/traces", ["trace": ["trace_info": Self.info]])
            var expected = Self.info
            expected["tags"]?["mlflow.artifactLocation"] = "mlflow-artifacts:/0/traces/tr-1/artifacts"
            #expect(made.json.value(at: "trace", "trace_info") == expected)
            #expect(try await ask.get("/api/3.0/mlflow/traces/tr-1").json.value(at: "trace", "trace_info") == expected)
            let old = try await ask.get("traces/tr-1/info").json["trace_info"]
            #expect(old?["request_id"] == "tr-1" && old?["execution_time_ms"] == 1500 && old?["status"] == "OK")

            func found(_ filter: String, _ order: [JSON] = []) async throws -> [JSON?] {
                let location: JSON = ["type": "MLFLOW_EXPERIMENT", "mlflow_experiment": ["experiment_id": "0"]]
                let answer = try await ask.post(
                    "/api/3.0/mlflow/traces/search", ["locations": [location], "filter": .string(filter), "order_by": .array(order)])
                #expect(answer.status == 200, "\(filter): \(answer.message)")
                return answer.json["traces"]?.arrayValue?.map { $0["trace_id"] } ?? []
            }
            for filter in [
                "", "status = 'OK'", "trace.status = 'OK' AND tags.team = 'fridge'", "name LIKE 'pre%'", "run_id = 'r1'", "metadata.`mlflow.sourceRun` = 'r1'",
                "execution_time_ms > 1000", "timestamp_ms > 0", "tags.absent IS NULL",
            ] {
                #expect(try await found(filter, ["timestamp_ms DESC"]) == ["tr-1"], "\(filter)")
            }
            for filter in ["status = 'ERROR'", "tags.team = 'x'", "execution_time_ms < 5", "run_id IN ('a', 'b')"] {
                #expect(try await found(filter).isEmpty, "\(filter)")
            }
            #expect(try await ask.post("traces/tr-1/tags", ["key": "k", "value": "v"], method: .patch).status == 200)
            #expect(try await ask.get("/api/3.0/mlflow/traces/tr-1").json.value(at: "trace", "trace_info", "tags", "k") == "v")
            #expect(try await ask.post("traces/tr-1/tags", ["key": "k"], method: .delete).status == 200)
            #expect(try await ask.post("traces/tr-1/tags", ["key": "k"], method: .delete).code == "RESOURCE_DOES_NOT_EXIST")
            #expect(try await ask.post("traces/delete-traces", ["experiment_id": "0", "request_ids": ["tr-1", "tr-2"]]).json["traces_deleted"] == 1)
            #expect(try await ask.get("/api/3.0/mlflow/traces/tr-1").message == "Trace with ID 'tr-1' not found.")
        }
    }

    /// One root span that failed and its child, as OpenTelemetry's exporter writes them.
    static let export: [UInt8] = {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(bytes.count & 0x7F | (bytes.count > 127 ? 0x80 : 0))] + (bytes.count > 127 ? [UInt8(bytes.count >> 7)] : []) + bytes
        }
        func time(_ number: UInt8, _ value: UInt64) -> [UInt8] { [number << 3 | 1] + (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        let trace = [UInt8](repeating: 0xAB, count: 16)
        let attribute = field(9, field(1, Array("tokens".utf8)) + field(2, [3 << 3, 42]))
        let root =
            field(1, trace) + field(2, [UInt8](repeating: 1, count: 8)) + field(5, Array("root".utf8)) + [6 << 3, 1]
            + time(7, 1_700_000_000_000_000_000) + time(8, 1_700_000_002_000_000_000) + attribute + field(15, [3 << 3, 2])
        let child =
            field(1, trace) + field(2, [UInt8](repeating: 2, count: 8)) + field(4, [UInt8](repeating: 1, count: 8)) + field(5, Array("child".utf8))
            + time(7, 1_700_000_001_000_000_000) + time(8, 1_700_000_001_500_000_000)
        return field(1, field(2, field(2, root) + field(2, child)))
    }()

    @Test("OpenTelemetry's spans make a trace of their own, and are read back whole")
    func spans() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let headers = ["Content-Type": "application/x-protobuf", "x-mlflow-experiment-id": "0"]
            #expect(try await ask.send(.post, "/v1/traces", headers, Self.export).status == 200)
            let id = "tr-" + String(repeating: "ab", count: 16)
            let trace = try await ask.get("/api/3.0/mlflow/traces/batchGet", [("trace_ids", id)]).json["traces"]?.arrayValue?.first
            #expect(trace?.value(at: "trace_info", "state") == "ERROR" && trace?.value(at: "trace_info", "execution_duration") == "2.000s")
            #expect(trace?.value(at: "trace_info", "request_time") == "2023-11-14T22:13:20.000Z")
            #expect(trace?.value(at: "trace_info", "tags", "mlflow.trace.spansLocation") == "TRACKING_STORE")
            let spans = trace?["spans"]?.arrayValue ?? []
            #expect(spans.map { $0["name"] } == ["root", "child"])
            #expect(spans.first?["trace_id"]?.stringValue == Data(repeating: 0xAB, count: 16).base64EncodedString())
            #expect(spans.first?["attributes"] == [["key": "tokens", "value": ["int_value": 42]]])
            #expect(spans.first?["status"] == ["code": "STATUS_CODE_ERROR"] && spans.first?["kind"] == "SPAN_KIND_INTERNAL")

            let json =
                #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"j","startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000000000000"}]}]}]}"#
            #expect(
                try await ask.send(.post, "/v1/traces", ["Content-Type": "application/json", "x-mlflow-experiment-id": "0"], Array(json.utf8)).status == 200)
            #expect(try await ask.get("/api/3.0/mlflow/traces/tr-0102030405060708090a0b0c0d0e0f10").status == 200)
        }
    }

    @Test("spans that are cut off, endless or of no experiment are refused")
    func badSpans() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let headers = ["Content-Type": "application/x-protobuf", "x-mlflow-experiment-id": "0"]
            for end in 1..<Self.export.count {
                let answer = try await ask.send(.post, "/v1/traces", headers, Array(Self.export.prefix(end)))
                #expect(answer.status == 400, "\(end) bytes: \(answer.status)")
            }
            for bytes: [UInt8] in [[], [0xFF], [UInt8](repeating: 0xFF, count: 40), Array(repeating: 0x0A, count: 5000)] {
                let answer = try await ask.send(.post, "/v1/traces", headers, bytes)
                #expect((400..<500).contains(answer.status))
            }
            #expect(try await ask.send(.post, "/v1/traces", ["Content-Type": "application/x-protobuf"], Self.export).status == 400)
            #expect(
                try await ask.send(.post, "/v1/traces", ["Content-Type": "application/x-protobuf", "x-mlflow-experiment-id": "9"], Self.export).status == 404)
            #expect(try await ask.send(.post, "/v1/traces", ["Content-Type": "text/plain", "x-mlflow-experiment-id": "0"], Self.export).status == 400)
        }
    }

    @Test("assessments are made, changed by a field mask, and removed")
    func assessments() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            _ = try await ask.post("/api/3.0/mlflow/traces", ["trace": ["trace_info": Self.info]])
            let given: JSON = ["assessment_name": "good", "feedback": ["value": true], "rationale": "why"]
            let made = try await ask.post("/api/3.0/mlflow/traces/tr-1/assessments", ["assessment": given]).json["assessment"]
            let id = made?["assessment_id"]?.stringValue ?? ""
            #expect(id.hasPrefix("a-") && made?["trace_id"] == "tr-1" && made?["create_time"] != nil)
            let path = "/api/3.0/mlflow/traces/tr-1/assessments/\(id)"
            let changed = try await ask.post(
                path, ["assessment": ["feedback": ["value": false], "rationale": "no"], "update_mask": "feedback"], method: .patch)
            #expect(changed.json.value(at: "assessment", "feedback", "value") == false && changed.json.value(at: "assessment", "rationale") == "why")
            #expect(try await ask.get("/api/3.0/mlflow/traces/tr-1").json.value(at: "trace", "trace_info", "assessments")?.arrayValue?.count == 1)
            #expect(try await ask.post("/api/3.0/mlflow/traces/tr-1/assessments", ["assessment": ["assessment_name": "x"]]).status == 400)
            #expect(try await ask.send(.delete, path).status == 200)
            #expect(try await ask.get(path).status == 404)
        }
    }
}
