import ControlPlane
import Foundation
import Kinds
import MetadataStore
import Resources
import Serving
import Testing

/// Endpoints and deployments from put to answer, with real worker processes.
@Suite(.enabled(if: ScriptWorker.python != nil), .serialized) struct OnlineDeploymentTests {
    private let echo =
        "import os\ndef init():\n    global word\n    word = os.environ.get('WORD', 'echo')\ndef run(raw): return word + ':' + raw"

    @Test func `a deployment becomes ready, answers, and shows its variables and its model`() async throws {
        try await ServingHouse.with { house in
            let container = BlobContainer.standard(of: .standard).blobs
            try await house.blobs.put(container.at("models/m/best.txt"), bytes: Array("weights".utf8))
            let model = ResourceID(workspace: .standard, kind: "models", name: "fridge", version: "3")
            _ = try await house.resources.put(
                model,
                body: ["properties": ["modelType": "custom_model", "modelUri": "azureml://datastores/workspaceblobstore/paths/models/m"]],
                by: house.owner)
            try await house.putEndpoint()
            let script = """
                import os
                def init():
                    global text, root
                    root = os.environ["AZUREML_MODEL_DIR"]
                    text = open(root + "/best.txt").read() + open(root + "/m/best.txt").read()
                def run(raw): return [text, root[-9:], os.path.basename(os.environ["AML_APP_ROOT"]), os.environ["AZUREML_ENTRY_SCRIPT"]]
                """
            try await house.putDeployment("blue", script: script, model: model.path)
            let (state, error) = try await house.settled("blue")
            #expect(state == "Succeeded", "\(error)")
            try await house.putEndpoint(traffic: ["blue": 100])
            try await house.eventually("the traffic arrives") { (try? await house.score("x")) != nil }
            let answer = try await house.score("x")
            #expect(answer == #"["weightsweights", "/fridge/3", "code", "score.py"]"#)
            let endpoint = try await house.resources.get(house.endpoint)
            #expect(endpoint.observed["scoringUri"] == "https://127.0.0.1:8443/endpoints/default/shop/score")
        }
    }

    @Test func `a script that cannot start fails the deployment with the log's last lines and the way out`() async throws {
        try await ServingHouse.with { house in
            try await house.putEndpoint()
            try await house.putDeployment("blue", script: "import a_missing_package\ndef init(): pass\ndef run(raw): return raw")
            let (state, error) = try await house.settled("blue")
            #expect(state == "Failed" && error.contains("exit code 3") && error.contains("add it to the pip list"))
            #expect(error.contains("ModuleNotFoundError: No module named 'a_missing_package'"))
            // Corrected and put again it works.
            try await house.putDeployment("blue", script: echo, version: "2")
            try await house.eventually("it recovers") { try await house.settled("blue").state == "Succeeded" }
        }
    }

    @Test func `an update swaps the workers without a failed request, and a bad update leaves the old ones answering`() async throws {
        try await ServingHouse.with { house in
            try await house.putEndpoint()
            try await house.putDeployment("blue", script: echo)
            _ = try await house.settled("blue")
            try await house.putEndpoint(traffic: ["blue": 100])
            try await house.eventually("the traffic arrives") { (try? await house.score("x")) != nil }
            let isDone = Shared(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !isDone.value, !Task.isCancelled {
                        let answer = try await house.score("1")
                        #expect(answer == "\"echo:1\"" || answer == "\"new:1\"")
                    }
                }
                group.addTask {
                    try await house.putDeployment("blue", script: echo, more: ["environmentVariables": ["WORD": "new"]])
                    try await house.eventually("the new workers answer") { try await house.score("1", deployment: "blue") == "\"new:1\"" }
                    try await house.putDeployment("blue", script: "def init(): raise ValueError('bad')\ndef run(raw): pass", version: "2")
                    try await house.eventually("the update fails") { try await house.settled("blue").state == "Failed" }
                    #expect(try await house.settled("blue").error.contains("goes on answering"))
                    #expect(try await house.score("1") == "\"new:1\"")
                    isDone.change { $0 = true }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a killed worker comes back, and one that keeps dying fails the deployment`() async throws {
        try await ServingHouse.with { house in
            try await house.putEndpoint()
            let script = "import os\ndef init(): pass\ndef run(raw):\n    if raw == 'die': os._exit(9)\n    return raw"
            try await house.putDeployment("blue", script: script)
            _ = try await house.settled("blue")
            for _ in 0..<3 {
                await #expect(throws: Problem.self) { try await house.score("die", deployment: "blue") }
                #expect(try await house.score("alive", deployment: "blue") == "\"alive\"")
            }
            for _ in 0..<10 { _ = try? await house.score("die", deployment: "blue") }
            try await house.eventually("it is given up") { try await house.settled("blue").state == "Failed" }
            #expect(try await house.settled("blue").error.contains("more than 5 times in 60 seconds"))
            do {
                _ = try await house.score("alive", deployment: "blue")
                Issue.record("a failed deployment answered")
            } catch { #expect((error as? Problem)?.code == .unavailable) }
        }
    }

    @Test func `a request over its time gets 408 and a hanging worker is replaced`() async throws {
        try await ServingHouse.with { house in
            try await house.putEndpoint()
            let script = """
                import signal, time
                def init(): pass
                def run(raw):
                    if raw == "hang":
                        signal.signal(signal.SIGALRM, signal.SIG_IGN)
                        time.sleep(60)
                    return raw
                """
            try await house.putDeployment("blue", script: script, more: ["requestSettings": ["requestTimeout": "PT0.2S"]])
            _ = try await house.settled("blue")
            do {
                _ = try await house.score("hang", deployment: "blue")
                Issue.record("a hanging script answered")
            } catch { #expect((error as? Problem)?.code == .timeout) }
            try await house.eventually("the worker is replaced") { (try? await house.score("x", deployment: "blue")) == "\"x\"" }
        }
    }

    @Test func `after a restart the deployments come back with their traffic, and deletion stops the workers`() async throws {
        let path = "/tmp/martlet-serving-\(String(UInt32.random(in: 0 ..< .max), radix: 36))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await ServingHouse(path: path).run { house in
            try await house.putEndpoint()
            try await house.putDeployment("blue", script: echo, capacity: 2)
            _ = try await house.settled("blue")
            try await house.putEndpoint(traffic: ["blue": 100])
            try await house.eventually("the traffic arrives") { (try? await house.score("x")) != nil }
            #expect(house.launcher.running == 2)
        }
        try await ServingHouse(path: path).run { house in
            try await house.eventually("the endpoint is routed") {
                (try? house.controller.scoring.route(EndpointAddress(house.endpoint, home: .standard))) != nil
            }
            try await house.eventually("the deployment is back") { (try? await house.score("1")) == "\"echo:1\"" }
            await #expect(throws: Problem.self) { try await house.resources.delete(house.deployment("blue")) }
            try await house.putEndpoint(traffic: ["blue": 0])
            _ = try await house.resources.delete(house.deployment("blue"))
            try await house.eventually("the workers are gone") { house.launcher.running == 0 }
            try await house.eventually("the folder is gone") {
                !FileManager.default.fileExists(atPath: house.folder.deployment(house.deployment("blue")))
            }
        }
    }

    @Test func `a crash after a failed update brings the version back that answered, and replies do not show it`() async throws {
        let path = "/tmp/martlet-serving-\(String(UInt32.random(in: 0 ..< .max), radix: 36))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await ServingHouse(path: path).run { house in
            try await house.putEndpoint()
            try await house.putDeployment("blue", script: echo)
            _ = try await house.settled("blue")
            try await house.putEndpoint(traffic: ["blue": 100])
            try await house.putDeployment("blue", script: "def init(): raise ValueError('broken')\ndef run(raw): return raw", version: "2")
            try await house.eventually("the update fails") { try await house.settled("blue").state == "Failed" }
            #expect(try await house.score("1") == "\"echo:1\"")
        }
        try await ServingHouse(path: path).run { house in
            try await house.eventually("the old version is back") { (try? await house.score("2")) == "\"echo:2\"" }
            try await house.eventually("the update has failed again") { try await house.settled("blue").state == "Failed" }
            #expect(try await house.score("3") == "\"echo:3\"")
            let resource = try await house.resources.get(house.deployment("blue"))
            #expect(house.resources.armBody(of: resource)["properties"]?[OnlineDeployment.answeringMember] == nil)
            #expect(resource.observed[OnlineDeployment.answeringMember] != nil)
        }
    }

    @Test func `what was answered is collected, and bodies where they are asked for`() async throws {
        try await ServingHouse.with { house in
            try await house.putEndpoint()
            let script = """
                import json
                def init(): pass
                def run(raw): return json.dumps([{"class_id": 0, "class_name": "milk", "confidence": 0.9, "box_xyxyn": [0, 0, 0.5, 1]}])
                """
            let collector: JSON = ["collections": ["model_inputs": ["dataCollectionMode": "Enabled"]]]
            try await house.putDeployment("blue", script: script, more: ["dataCollector": collector])
            _ = try await house.settled("blue")
            for _ in 0..<3 { _ = try await house.score("{}", deployment: "blue") }
            let endpoint = house.endpoint
            var records: [ScoringRecord] = []
            try await house.eventually("the records are written") {
                records = try await house.store.read { try $0.scoringRecords(endpoint: endpoint, from: .distantPast, to: .distantFuture) }
                return records.count == 3
            }
            #expect(
                records[0].status == 200 && records[0].detections == [["category": "milk", "score": 0.9, "box": [0.0, 0.0, 0.5, 1.0]]])
            #expect(records[0].request?.contains("modelDataCollector/shop/blue/model_inputs/") == true && records[0].response == nil)
        }
    }

    @Test func `keys are given and renewed, tokens only where they are used, logs come by the line`() async throws {
        try await ServingHouse.with { house in
            try await house.putEndpoint()
            try await house.putDeployment("blue", script: echo)
            _ = try await house.settled("blue")
            func act(_ action: String, _ id: ResourceID, _ body: JSON = [:]) async throws -> JSON? {
                try await house.actions.handler(action, of: id.kind)?(ActionCall(id: id, body: body, principal: house.owner))
            }
            let before = try await act("listKeys", house.endpoint)
            _ = try await act("regenerateKeys", house.endpoint, ["keyType": "Secondary"])
            let after = try await act("listKeys", house.endpoint)
            #expect(before?["primaryKey"] == after?["primaryKey"] && before?["secondaryKey"] != after?["secondaryKey"])
            let route = try house.controller.scoring.route(EndpointAddress(house.endpoint, home: .standard))
            #expect(
                route.authentication
                    == .keys(primary: after?["primaryKey"]?.stringValue ?? "", secondary: after?["secondaryKey"]?.stringValue ?? ""))
            await #expect(throws: Problem.self) { try await act("token", house.endpoint) }
            let logs = try await act("getLogs", house.deployment("blue"), ["tail": 1])
            #expect(logs?["content"]?.stringValue?.contains("ready for serving traffic") == true)
        }
    }
}
