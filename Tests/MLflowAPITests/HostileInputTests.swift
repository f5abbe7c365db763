import Foundation
import HTTPTypes
import Resources
import Testing

/// What was found against MLflow servers over the years (mlflow.md 4.2), tried on the whole surface: never a fault of the
/// server, never a way out of the store.
@Suite("Hostile input")
struct HostileInputTests {
    static let paths = [
        "../path", "../../path", "./../path", "path/../to/file", "path/../../to/file", "/path", "//path", "/etc/passwd", "/etc/passwd%00.jpg",
        "/file://etc/passwd", "file:///etc/passwd", "file://a#/..//tmp", "file://a%23/..//tmp/", "%2E%2E%2Fpath", "%2E%2E%2F%2E%2E%2Fpath",
        "%252e%252e%252f", "%2%0952e%2%0952e/%2%0A52e%2%0A52e/path", "..%5c..%5cx", "C:\\x", "C:/x", "\\\\server\\share", ".../...//", "a%00b",
        "a#b", "?../x", "x;y=../..", "..", ".", "\\..\\..\\file", "a\nb", "a\u{0}b",
    ]

    static let sources = [
        "file:///etc", "/etc", "mlflow-artifacts://h/../../..", "http://h/api/2.0/mlflow-artifacts/artifacts/../../..", "s3://b/a/../../c",
        "s3://b/..%2f..%2f", "\\..\\..\\file", "file:///C:\\..", "http://h/;..%2F..%2Fetc", "http:///#/../../etc", "file:///x#/../../etc",
        "http:///?/../../etc", "//etc//", "s3://b/a#b/../c", "file:etc", "file://remote/etc", "file://localhost/etc", ":x", "runs:/nobody/../x",
    ]

    @Test("no path leaves its place, whichever door it comes through")
    func everyDoor() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let run = try await ask.run()
            let logged = try await ask.post("logged-models", ["experiment_id": "0"]).json.value(at: "model", "info", "model_id")?.stringValue ?? ""
            _ = try await ask.post("registered-models/create", ["name": "m"])
            let made = try await ask.post("model-versions/create", ["name": "m", "source": .string("runs:/\(run)/model"), "run_id": .string(run)])
            #expect(made.status == 200)
            for path in Self.paths {
                let refused = [
                    try await ask.get("/api/2.0/mlflow-artifacts/artifacts", [("path", path)]),
                    try await ask.send(.put, "/api/2.0/mlflow-artifacts/artifacts/" + MLflowFixture.encoded(path), [:], [1]),
                    try await ask.send(.delete, "/api/2.0/mlflow-artifacts/artifacts/" + MLflowFixture.encoded(path)),
                    try await ask.get("/api/2.0/mlflow-artifacts/artifacts/" + MLflowFixture.encoded(path)),
                    try await ask.get("/get-artifact", [("path", path), ("run_uuid", run)]),
                    try await ask.get("/model-versions/get-artifact", [("path", path), ("name", "m"), ("version", "1")]),
                    try await ask.get("artifacts/list", [("run_id", run), ("path", path)]),
                    try await ask.get("logged-models/\(logged)/artifacts/directories", [("artifact_directory_path", path)]),
                    try await ask.get("logged-models/\(logged)/artifacts/files", [("artifact_file_path", path)]),
                    try await ask.send(.post, "/ajax-api/2.0/mlflow/upload-artifact?run_id=\(run)&path=\(MLflowFixture.encoded(path))", [:], [1]),
                    try await ask.post("model-versions/create", ["name": "m", "source": .string(path)]),
                    try await ask.post("model-versions/create", ["name": "m", "source": .string("runs:/\(run)/\(path)")]),
                    try await ask.post("model-versions/create", ["name": "m", "source": .string("mlflow-artifacts:/\(path)/../..")]),
                    try await ask.post("experiments/create", ["name": .string("e \(path)"), "artifact_location": .string(path)]),
                    try await ask.post("experiments/create", ["name": .string("e \(path)"), "artifact_location": .string("s3://b/a/../\(path)")]),
                ]
                for (index, answer) in refused.enumerated() {
                    #expect(answer.status == 400, "\(path) at door \(index): \(answer.status) \(answer.message)")
                    #expect(answer.code == "INVALID_PARAMETER_VALUE", "\(path) at door \(index): \(answer.code)")
                }
                // As it is, without encoding: what a client would never send but an attacker does.
                let raw = path.unicodeScalars.filter { $0.value > 0x20 }.map(String.init).joined()
                for method in [HTTPRequest.Method.get, .put, .delete] {
                    let answer = try await ask.send(method, "/api/2.0/mlflow-artifacts/artifacts/" + raw, [:], method == .put ? [1] : [])
                    #expect(answer.status < 500, "\(method) \(raw): \(answer.status)")
                }
                for key in ["metrics", "params", "tags"] {
                    let fact: JSON = ["key": .string(path), "value": key == "metrics" ? 1 : "1", "timestamp": 1]
                    let answer = try await ask.post("runs/log-batch", .object(JSONObject([("run_id", .string(run)), (key, JSON.array([fact]))])))
                    // A key is no path: with a drive's letter it is as good as any other.
                    #expect(answer.status == 400 || path == "C:/x", "\(key) \(path): \(answer.status)")
                }
            }
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: house.folder).filter { !$0.hasPrefix("metadata.sqlite") }.sorted()
        #expect(kept == ["blobs", "webhook.key"])
    }

    @Test("sources and locations on a disk, or that can be read in two ways, are refused also for prompts", arguments: sources)
    func places(source: String) async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            _ = try await ask.post("registered-models/create", ["name": "m"])
            for tags: JSON in [[], [["key": "mlflow.prompt.is_prompt", "value": "true"]]] {
                let answer = try await ask.post("model-versions/create", ["name": "m", "source": .string(source), "tags": tags])
                #expect((400...404).contains(answer.status), "\(source): \(answer.status)")
            }
            let located = try await ask.post("experiments/create", ["name": "e", "artifact_location": .string(source)])
            #expect(located.status == 400, "\(source): \(located.status)")
        }
    }

    @Test(
        "odd names that are legal keep working",
        arguments: [
            "path/to/file", "dog%step%100%timestamp%100", "dog+step+100+timestamp+100", "a name with spaces.txt", "12:30:00.log", "冰箱/瓶子.txt",
            "a&b=c.txt", "x(1)[2]{3}.bin", "...",
        ])
    func oddNames(name: String) async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let run = try await ask.run()
            let uri =
                "/api/2.0/mlflow-artifacts/artifacts/0/\(run)/artifacts/"
                + name.split(separator: "/").map { MLflowFixture.encoded(String($0)) }.joined(separator: "/")
            #expect(try await ask.send(.put, uri, [:], Array("inside".utf8)).status == 200)
            #expect(try await ask.get(uri).bytes == Array("inside".utf8))
            #expect(try await ask.get("/get-artifact", [("path", name), ("run_id", run)]).bytes == Array("inside".utf8))
            let folder = name.contains("/") ? String(name.prefix { $0 != "/" }) : ""
            let depth = name.split(separator: "/").dropLast().joined(separator: "/")
            let listed = try await ask.get("artifacts/list", [("run_id", run), ("path", depth)]).json["files"]?.arrayValue ?? []
            #expect(listed.map { $0["path"]?.stringValue } == [name], "\(folder)")
            #expect(try await ask.send(.delete, uri).status == 200)
        }
    }

    @Test("only a JSON body is a request: no form or plain text of another page changes anything")
    func otherBodies() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let body = JSON.object(["name": "e"]).bytes()
            for type in ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/html<script>alert(1)</script>", ""] {
                let answer = try await ask.send(.post, "experiments/create", type.isEmpty ? [:] : ["Content-Type": type], body)
                #expect(answer.status == 400 && !answer.message.contains("<script>"), "\(type): \(answer.status) \(answer.message)")
            }
            #expect(try await ask.send(.post, "experiments/create", ["Content-Type": "application/json; charset=utf-8"], body).status == 200)
            for broken in ["", "{", "[1]", "nul", "{\"name\":", String(repeating: "[", count: 100_000)] {
                let answer = try await ask.send(.post, "experiments/create", ["Content-Type": "application/json"], Array(broken.utf8))
                #expect(answer.message.hasPrefix("Missing value for required parameter 'name'"), "\(broken.prefix(9)): \(answer.message)")
            }
        }
    }

    @Test("values of the wrong form are the caller's mistake, everywhere")
    func wrongTypes() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let run = try await ask.run()
            let values: [JSON] = [
                .null, true, 1, -9.5, "", "x", [], [[]], [:], ["a": 1], .number(.infinity), .integer(.max), .integer(.min),
                .string(String(repeating: "x", count: 600)),
            ]
            let posts: [(String, [String])] = [
                ("experiments/create", ["name", "artifact_location", "tags"]),
                ("experiments/search", ["max_results", "filter", "order_by", "page_token", "view_type"]),
                ("experiments/update", ["experiment_id", "new_name"]), ("experiments/set-experiment-tag", ["experiment_id", "key", "value"]),
                ("runs/create", ["experiment_id", "run_name", "start_time", "tags", "user_id"]), ("runs/update", ["run_id", "status", "end_time", "run_name"]),
                ("runs/log-metric", ["run_id", "key", "value", "timestamp", "step"]), ("runs/log-parameter", ["run_id", "key", "value"]),
                ("runs/log-batch", ["run_id", "metrics", "params", "tags"]), ("runs/set-tag", ["run_id", "key", "value"]),
                ("runs/search", ["experiment_ids", "filter", "order_by", "max_results", "page_token", "run_view_type"]),
                ("runs/log-inputs", ["run_id", "datasets", "models"]), ("runs/outputs", ["run_id", "models"]), ("runs/log-model", ["run_id", "model_json"]),
                ("logged-models", ["experiment_id", "name", "tags", "params"]), ("logged-models/search", ["experiment_ids", "filter", "order_by", "datasets"]),
                ("registered-models/create", ["name", "tags", "description"]), ("registered-models/alias", ["name", "alias", "version"]),
                ("model-versions/create", ["name", "source", "run_id", "tags"]), ("model-versions/transition-stage", ["name", "version", "stage"]),
                ("webhooks", ["name", "url", "events", "secret", "status"]), ("traces", ["trace", "experiment_id", "timestamp_ms", "tags"]),
                ("traces/search", ["locations", "filter", "order_by", "max_results"]),
                ("traces/delete-traces", ["experiment_id", "request_ids", "max_traces", "max_timestamp_millis"]),
                ("traces/x/assessments", ["assessment"]), ("trash/empty", ["older_than_seconds"]), ("experiments/search-datasets", ["experiment_ids"]),
            ]
            let whole: JSON = [
                "name": "n", "experiment_id": "0", "run_id": .string(run), "key": "k", "value": 1, "timestamp": 1, "source": "s3://b/x",
                "experiment_ids": ["0"],
                "version": "1", "stage": "None", "alias": "a", "new_name": "z", "url": "https://example.com",
                "events": [["entity": "PROMPT", "action": "CREATED"]],
            ]
            for (path, fields) in posts {
                for field in fields {
                    for value in values where !(path == "trash/empty" && value.integerValue == 1) {
                        var body = whole
                        body[field] = value
                        let answer = try await ask.post(path, body)
                        #expect(answer.status < 500, "\(path) \(field)=\(value.text().prefix(40)): \(answer.status) \(answer.message)")
                    }
                }
            }
            let gets = [
                ("metrics/get-history", ["run_id", "metric_key", "max_results", "page_token"]),
                ("metrics/get-history-bulk", ["run_id", "metric_key", "max_results"]),
                ("metrics/get-history-bulk-interval", ["run_ids", "metric_key", "max_results", "start_step", "end_step"]),
                ("registered-models/search", ["filter", "max_results", "page_token", "order_by"]),
                ("model-versions/search", ["filter", "max_results", "page_token"]),
                ("artifacts/list", ["run_id", "path", "page_token"]), ("traces", ["experiment_ids", "filter", "max_results"]),
                ("webhooks", ["max_results", "page_token"]),
            ]
            for (path, fields) in gets {
                for field in fields {
                    for value in [
                        "", "x", "-1", "0", "99999999999999999999", "%00", "'", "\"", "a' OR 1=1 --", "bm90IGpzb24=", "eyJvZmZzZXQiOi0xfQ==",
                        "eyJvZmZzZXQiOjllOTl9",
                    ] {
                        let answer = try await ask.get(
                            path, [("run_id", run), ("metric_key", "k"), ("run_ids", run)].filter { $0.0 != field } + [(field, value)])
                        #expect(answer.status < 500, "\(path) \(field)=\(value): \(answer.status) \(answer.message)")
                    }
                }
            }
        }
    }

    @Test("a name of megabytes, a confusing name, a number for a name")
    func names() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let long = JSON.string(String(repeating: "n", count: 3_000_000))
            #expect(try await ask.post("experiments/create", ["name": long]).status == 400)
            #expect(try await ask.post("experiments/create", ["name": "e", "artifact_location": long]).status == 400)
            let number = try await ask.post("experiments/create", ["name": 7])
            #expect(number.status == 400)
            for name in ["M%20x", "%2e%2e", "a/b", "a:b", "..", ".", "", "\u{0}", "e\u{301}", "a\nb"] {
                #expect(try await ask.post("registered-models/create", ["name": .string(name)]).status == 400, "\(name)")
            }
            for name in ["M x", "瓶子", "é"] {
                #expect(try await ask.post("registered-models/create", ["name": .string(name)]).status == 200, "\(name)")
            }
        }
    }

    @Test("what is fetched is a download that no browser runs, whatever its name")
    func downloads() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let run = try await ask.run()
            for name in ["page.html", "drawing.svg", "a\"b;c.html"] {
                let uri = "/api/2.0/mlflow-artifacts/artifacts/0/\(run)/artifacts/" + MLflowFixture.encoded(name)
                _ = try await ask.send(.put, uri, ["Content-Type": "text/html"], Array("<script>1</script>".utf8))
                let answer = try await ask.get(uri)
                let disposition = answer.headers[.contentDisposition] ?? ""
                #expect(disposition.hasPrefix("attachment; filename=\"") && disposition.filter { $0 == "\"" }.count == 2, "\(disposition)")
                #expect(HTTPField.Name("X-Content-Type-Options").flatMap { answer.headers[$0] } == "nosniff")
            }
        }
    }

    @Test("nothing is fetched for anybody: sources elsewhere are only remembered")
    func neverFetched() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let run = try await ask.run()
            let address = "http://169.254.169.254/latest/meta-data"
            _ = try await ask.post("registered-models/create", ["name": "m"])
            #expect(try await ask.post("model-versions/create", ["name": "m", "source": .string(address)]).status == 200)
            #expect(try await ask.get("/model-versions/get-artifact", [("name", "m"), ("version", "1"), ("path", "iam")]).status == 501)
            let dataset: JSON = ["dataset": ["name": "d", "digest": "1", "source_type": "http", "source": .string(address)]]
            #expect(try await ask.post("runs/log-inputs", ["run_id": .string(run), "datasets": [dataset]]).status == 200)
        }
    }
}
