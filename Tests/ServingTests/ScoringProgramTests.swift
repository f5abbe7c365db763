import Foundation
import NIOCore
import NIOPosix
import Resources
import Serving
import Testing

/// The embedded Python program with a real Python, over a socket.
@Suite(.enabled(if: ScriptWorker.python != nil)) struct ScoringProgramTests {
    @Test func `run gets the body as text, and its value comes back as JSON`() async throws {
        try await ScriptWorker.with("def init(): pass\ndef run(raw): return [type(raw).__name__, raw]") { worker in
            let reply = try await worker.score("{\"a\": 1}")
            #expect(reply.status == 200 && String(buffer: reply.body) == #"["str", "{\"a\": 1}"]"#)
            #expect(reply["content-type"] == "application/json" && reply["x-ms-run-function-failed"] == "False")
            #expect(reply["x-request-id"] == "r-1" && reply["x-ms-request-id"] == "r-1")
            #expect(reply["x-ms-run-fn-exec-ms"]?.contains(/^\d+\.\d{3}$/) == true)
        }
    }

    @Test(arguments: [
        (#"return json.dumps([1]), 400"#, #"["[1]", 400]"#), ("return None", "{}"), (#"return "text""#, #""text""#),
        ("return {\"a\": (1, 2)}", #"{"a": [1, 2]}"#),
    ])
    func `values become JSON as the inference server makes them`(body: String, expected: String) async throws {
        try await ScriptWorker.with("import json\ndef init(): pass\ndef run(raw):\n    \(body)") { worker in
            let reply = try await worker.score("x")
            #expect(reply.status == 200 && String(buffer: reply.body) == expected)
        }
    }

    @Test func `an exception is a 500 that says whose fault it was, and the worker lives on`() async throws {
        try await ScriptWorker.with("def init(): pass\ndef run(raw): return 1 / int(raw)") { worker in
            let reply = try await worker.score("0")
            #expect(reply.status == 500 && reply.failed && reply["x-ms-run-function-failed"] == "True")
            #expect(String(buffer: reply.body).contains("An unexpected error occurred in scoring script"))
            do {
                let found = try await worker.score("2").body
                #expect(String(buffer: found) == "0.5")
            }
            do {
                let found = try await worker.score("3").status
                #expect(found == 200)
            }
        }
    }

    @Test func `a script that runs too long is interrupted`() async throws {
        let script = "import time\ndef init(): pass\ndef run(raw):\n    time.sleep(float(raw))\n    return raw"
        try await ScriptWorker.with(script, environment: ["SCORING_TIMEOUT_MS": "100"]) { worker in
            let reply = try await worker.score("20")
            #expect(reply.status == 500 && String(buffer: reply.body) == #"{"message": "Scoring timeout after 100 ms"}"#)
            do {
                let found = try await worker.score("0").status
                #expect(found == 200)
            }
        }
    }

    @Test func `bytes that are no UTF-8 are a bad request`() async throws {
        try await ScriptWorker.with("def init(): pass\ndef run(raw): return raw") { worker in
            do {
                let found = try await worker.score(ByteBuffer(bytes: [0xFF, 0xFE])).status
                #expect(found == 400)
            }
        }
    }

    @Test func `GET passes the query, OPTIONS is answered, other methods are not`() async throws {
        try await ScriptWorker.with("def init(): pass\ndef run(raw): return raw") { worker in
            let reply = try await worker.score("", method: "GET", query: "a=1&b=x&b=[2]&c=null")
            #expect(
                try JSON(parsing: JSON(parsing: reply.body.readableBytesView).stringValue ?? "") == ["a": 1, "b": ["x", [2]], "c": nil])
            do {
                let found = try await worker.score("", method: "OPTIONS").status
                #expect(found == 200)
            }
            do {
                let found = try await worker.score("", method: "PUT").status
                #expect(found == 405)
            }
        }
    }

    @Test(arguments: ["azureml.contrib.services", "azureml_inference_server_http.api"])
    func `raw requests and responses work without Azure's packages`(package: String) async throws {
        let script = """
            from \(package).aml_request import AMLRequest, rawhttp
            from \(package).aml_response import AMLResponse
            def init(): pass
            @rawhttp
            def run(request):
                if request.method == "DELETE": return AMLResponse("gone", 503)
                text = request.args.get("x", "") + request.headers["X-Mine"] + str(len(request.get_data()))
                return AMLResponse(text, 202, {"Content-Type": "text/plain", "x-own": "1"})
            """
        try await ScriptWorker.with(script) { worker in
            let reply = try await worker.score("abc", query: "x=q", headers: [("x-mine", "h")])
            #expect(
                reply.status == 202 && String(buffer: reply.body) == "qh3" && reply["content-type"] == "text/plain" && reply["x-own"] == "1"
            )
            let failed = try await worker.score("", method: "DELETE")
            #expect(failed.status == 503 && failed["x-ms-run-function-failed"] == "True")
        }
    }

    @Test func `request headers come as a parameter where run asks for them`() async throws {
        try await ScriptWorker.with("def init(): pass\ndef run(raw, request_headers): return request_headers[\"X-Mine\"]") { worker in
            do {
                let found = try await worker.score("", headers: [("x-mine", "h")]).body
                #expect(String(buffer: found) == "\"h\"")
            }
        }
    }

    @Test func `ids that are too long are refused`() async throws {
        try await ScriptWorker.with("def init(): pass\ndef run(raw): return raw") { worker in
            do {
                let found = try await worker.score("", headers: [("x-ms-client-request-id", String(repeating: "a", count: 101))]).status
                #expect(found == 431)
            }
            do {
                let found = try await worker.score("", headers: [("x-ms-client-request-id", "mine")])["x-ms-request-id"]
                #expect(found == "mine")
            }
        }
    }

    @Test func `a value that is no JSON is the server's error, not the script's`() async throws {
        try await ScriptWorker.with("def init(): pass\ndef run(raw): return {1, 2}") { worker in
            let reply = try await worker.score("")
            #expect(reply.status == 500 && !reply.failed)
        }
    }

    @Test func `prints carry the id of their request`() async throws {
        let script = "def init(): print('starting')\ndef run(raw):\n    print('first\\nsecond')\n    return 1"
        try await ScriptWorker.with(script) { worker in
            _ = try await worker.score("")
            let log = worker.log
            #expect(log.contains("00000000-0000-0000-0000-000000000000,starting\n") && log.contains("r-1,first\nr-1,second\n"))
        }
    }

    @Test func `the description is made, or the script's own`() async throws {
        try await ScriptWorker.with("def init(): pass\ndef run(raw): return raw") { worker in
            #expect(
                try JSON(parsing: await worker.score("", method: "GET", path: "/swagger.json").body.readableBytesView)["swagger"] == "2.0")
            let third = try await worker.score("", method: "GET", path: "/swagger.json", query: "version=3")
            #expect(try JSON(parsing: third.body.readableBytesView)["openapi"] == "3.0.3")
            do {
                let found = try await worker.score("", method: "GET", path: "/swagger.json", query: "version=9").status
                #expect(found == 404)
            }
        }
    }

    @Test(arguments: [
        "def init(): raise RuntimeError('no model')\ndef run(raw): pass", "def run(raw): pass", "def init(): pass\ndef run(*args): pass",
        "def init(): pass\ndef run(request_headers): pass", "import a_module_that_is_not_there", "def init(:",
    ])
    func `a script that cannot be served ends the worker with code 3`(script: String) async throws {
        let worker = try ScriptWorker(script)
        defer { worker.stop() }
        #expect(await worker.exitCode() == 3)
        #expect(worker.log.contains("azmlinfsrv"))
    }
}
