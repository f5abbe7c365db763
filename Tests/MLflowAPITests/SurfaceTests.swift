import ControlPlane
import Foundation
import HTTPSupport
import HTTPTypes
import Hummingbird
import Resources
import Testing

@Suite("The surface of MLflow's API")
struct SurfaceTests {
    @Test("pages of strangers stay outside; this machine, its network and named hosts come in")
    func hosts() {
        let guardian = HostGuard<BasicRequestContext>(hosts: ["mlflow.example", "*.example.org"], origins: ["https://pages.example", "https://*.example.net"])
        for host in [
            "localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "10.0.0.1", "192.168.1.9:80", "172.16.0.1", "0.0.0.0:5000", "mlflow.example:8080",
            "a.example.org", "[fd00::1]:5000", "LOCALHOST",
        ] {
            #expect(guardian.admits(host: host), "\(host)")
        }
        for host in [
            "evil.example", "10.evil.example", "192.168.1.evil.com", "172.32.0.1", "8.8.8.8", "", "localhost.evil.com", "mlflow.example.evil.com",
            "127.0.0.1.evil.com", "fd00.evil.com",
        ] {
            #expect(!guardian.admits(host: host), "\(host)")
        }
        for origin in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:5000", "https://pages.example", "https://a.example.net"] {
            #expect(guardian.admits(origin: origin), "\(origin)")
        }
        for origin in ["http://evil.example", "null", "", "https://pages.example.evil.com", "file://localhost", "http://127.0.0.1.evil.com", "http://10.0.0.1"]
        {
            #expect(!guardian.admits(origin: origin), "\(origin)")
        }
    }

    @Test("a foreign page changes nothing, though it may be shown the way")
    func origin() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let headers = ["Content-Type": "application/json", "Origin": "http://evil.example"]
            let answer = try await ask.send(.post, "experiments/create", headers, JSON.object(["name": "e"]).bytes())
            #expect(answer.status == 403 && String(decoding: answer.bytes, as: UTF8.self) == "Cross-origin request blocked")
            #expect(try await ask.get("experiments/get-by-name", [("experiment_name", "e")]).status == 404)
        }
    }

    @Test(
        "parts of a file, as HTTP asks for them",
        arguments: [
            ("bytes=0-3", 206, "0123"), ("bytes=4-", 206, "456789"), ("bytes=-2", 206, "89"), ("bytes=8-99", 206, "89"), ("bytes=10-", 416, ""),
            ("bytes=-0", 416, ""),
            ("bytes=5-2", 200, "0123456789"), ("lines=1-2", 200, "0123456789"), ("bytes=0-1,3-4", 200, "0123456789"), ("bytes=a-b", 200, "0123456789"),
            ("", 200, "0123456789"),
        ])
    func ranges(header: String, status: Int, bytes: String) async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let uri = "/api/2.0/mlflow-artifacts/artifacts/0/x/artifacts/digits.txt"
            _ = try await ask.send(.put, uri, [:], Array("0123456789".utf8))
            let answer = try await ask.send(.get, uri, header.isEmpty ? [:] : ["Range": header])
            #expect(answer.status == status && String(decoding: answer.bytes, as: UTF8.self) == bytes, "\(header)")
        }
    }

    @Test("a deleted experiment frees its name; emptying the bin frees its files")
    func trash() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let first = try await ask.post("experiments/create", ["name": "e"]).json["experiment_id"] ?? .null
            let run = try await ask.run(in: first.stringValue ?? "")
            let uri = "/api/2.0/mlflow-artifacts/artifacts/\(first.stringValue ?? "")/\(run)/artifacts/f.bin"
            _ = try await ask.send(.put, uri, [:], [UInt8](repeating: 7, count: 1000))
            #expect(try await ask.post("experiments/delete", ["experiment_id": first]).status == 200)
            let second = try await ask.post("experiments/create", ["name": "e"])
            #expect(second.status == 200 && second.json["experiment_id"] != first)
            #expect(
                try await ask.get("experiments/get-by-name", [("experiment_name", "e")]).json.value(at: "experiment", "experiment_id")
                    == second.json["experiment_id"])
            #expect(try await ask.post("experiments/restore", ["experiment_id": first]).code == "RESOURCE_ALREADY_EXISTS")
            let bin: JSON = ["experiments": 1, "runs": 1, "logged_models": 0, "artifact_bytes": 1000]
            #expect(try await ask.get("trash").json == bin)
            #expect(try await ask.post("trash/empty", ["older_than_seconds": 3600]).json["runs"] == 0)
            #expect(try await ask.post("trash/empty", [:]).json == bin)
            #expect(try await ask.get("runs/get", [("run_id", run)]).status == 404)
            #expect(try await ask.get(uri).status == 404)
            #expect(try await ask.get("experiments/get", [("experiment_id", first.stringValue ?? "")]).status == 404)
            #expect(try await house.blobs.sweep(grace: -1).bytes == 1000)
        }
    }

    @Test("the pages' GraphQL gives what REST gives, in its own spelling")
    func graph() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let run = try await ask.run()
            _ = try await ask.post("runs/log-metric", ["run_id": .string(run), "key": "loss", "value": 0.5, "timestamp": 7, "step": 3])
            let query = """
                query GetRun($data: MlflowGetRunInput!) { mlflowGetRun(input: $data) { __typename apiError { code } run { ...Whole experiment { name } modelVersions { name } } } }
                fragment Whole on MlflowRunExtension { info { runUuid status startTime } data { metrics { key value step } params { key } } }
                """
            let answer = try await ask.post("/graphql", ["query": .string(query), "operationName": "GetRun", "variables": ["data": ["runId": .string(run)]]])
            let found = answer.json.value(at: "data", "mlflowGetRun")
            #expect(found?["__typename"] == "MlflowGetRunResponse" && found?["apiError"] == .null)
            #expect(found?.value(at: "run", "info", "runUuid") == .string(run) && found?.value(at: "run", "info", "startTime")?.stringValue != nil)
            #expect(found?.value(at: "run", "data") == ["metrics": [["key": "loss", "value": 0.5, "step": "3"]], "params": []])
            #expect(found?.value(at: "run", "experiment", "name") == "Default" && found?.value(at: "run", "modelVersions") == [])
            let missing = try await ask.post(
                "/graphql", ["query": "{ mlflowGetRun(input: {runId: \"nobody\"}) { apiError { code message } run { info { runId } } } }"])
            #expect(missing.json.value(at: "data", "mlflowGetRun", "apiError", "code") == "RESOURCE_DOES_NOT_EXIST")
            for bad in [
                "", "{", "{ nothing }", "query { mlflowGetRun(input: $x) }}",
                "{ " + (0..<11).map { "a\($0): mlflowGetRun(input: {runId: \"x\"}) { run { info { runId } } } " }.joined() + "}",
                "{ mlflowGetRun(input: {runId: \"x\"}) { " + (0..<300).map { "a\($0): run { info { runId } } " }.joined() + "} }",
                String(repeating: "{a", count: 20_000),
                "query A { ...F } fragment F on Q { ...F }", "{ x(a: \(String(repeating: "[", count: 5000))) }", "\"", "{ ... on }",
            ] {
                #expect(try await ask.post("/graphql", ["query": .string(bad)]).status == 400, "\(bad.prefix(60))")
            }
        }
    }

    @Test("NaN and the infinities travel as texts, and come back")
    func numbers() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let run = try await ask.run()
            for (step, value) in ["NaN", "Infinity", "-Infinity"].enumerated() {
                #expect(
                    try await ask.post(
                        "runs/log-metric", ["run_id": .string(run), "key": "m", "value": .string(value), "timestamp": 1, "step": .integer(Int64(step))]
                    ).status == 200)
            }
            let values = try await ask.get("metrics/get-history", [("run_id", run), ("metric_key", "m")]).json["metrics"]?.arrayValue?.map {
                $0["value"] ?? .null
            }
            #expect(values == ["NaN", .number(.greatestFiniteMagnitude), .number(-.greatestFiniteMagnitude)])
            #expect(try await ask.get("metrics/get-history", [("run_id", "nobody"), ("metric_key", "m")]).json == [:])
        }
    }

    @Test("what a search finds does not depend on which way SQLite goes")
    func narrowed() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            for number in 0..<60 {
                let run = try await ask.run()
                let batch: JSON = [
                    "run_id": .string(run), "metrics": [["key": "m", "value": .number(Double(number % 7)), "timestamp": 1]],
                    "params": [["key": "p", "value": .string(String(repeating: "x", count: 64) + "\(number % 5)")]],
                    "tags": [["key": "n", "value": .string("\(number)")]],
                ]
                #expect(try await ask.post("runs/log-batch", batch).status == 200)
            }
            let long = String(repeating: "x", count: 64) + "3"
            func numbers(_ filter: String, _ order: String) async throws -> [Int] {
                let answer = try await ask.post("runs/search", ["experiment_ids": ["0"], "filter": .string(filter), "order_by": [.string(order)]])
                return (answer.json["runs"]?.arrayValue ?? []).compactMap { run in
                    run.value(at: "data", "tags")?.arrayValue?.first { $0["key"] == "n" }?["value"]?.stringValue.flatMap { Int($0) }
                }
            }
            let wanted = (0..<60).filter { $0 % 5 == 3 && $0 % 7 > 4 }
            #expect(Set(try await numbers("params.p = '\(long)' AND metrics.m > 4", "metrics.m DESC")) == Set(wanted))
            let ordered = try await numbers("params.p = '\(long)' AND metrics.m > 4", "metrics.m DESC").map { $0 % 7 }
            #expect(ordered == ordered.sorted(by: >))
            // Written so that no index serves: the same runs.
            #expect(
                Set(
                    try await numbers(
                        "params.p LIKE '\(long)' AND metrics.m != 0 AND metrics.m != 1 AND metrics.m != 2 AND metrics.m != 3 AND metrics.m != 4",
                        "attributes.start_time DESC")) == Set(wanted))
        }
    }
}
