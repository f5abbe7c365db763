import Foundation
import Resources
import Serving
import Testing

@Suite struct DeploymentPlanTests {
    private func plan(_ properties: JSON, capacity: Int64 = 1) throws -> DeploymentPlan {
        let id = ResourceID(workspace: .standard, kind: "onlineEndpoints/deployments", parent: "shop", name: "blue")
        let system = SystemData(createdAt: .distantPast, createdBy: "", lastModifiedAt: .distantPast, lastModifiedBy: "")
        return try DeploymentPlan(
            Resource(id: id, envelope: ["sku": ["capacity": .integer(capacity)]], properties: properties, systemData: system))
    }

    private let code: JSON = ["codeId": "/c", "scoringScript": "score.py"]

    @Test func `Azure's defaults hold where nothing is said`() throws {
        let plan = try plan(["codeConfiguration": code])
        #expect(plan.timeoutMilliseconds == 5000 && plan.concurrency == 1 && plan.instances == 1)
        #expect(plan.inFlightLimit == 2 && plan.processes(cores: 8) == 1 && plan.slots == 1 && plan.startupSeconds == 310)
    }

    @Test func `a script gets WORKER_COUNT processes for each instance, else one for each request at once within the cores`() throws {
        let settings: JSON = ["maxConcurrentRequestsPerInstance": 10, "requestTimeout": "PT1.5S"]
        let asked = try plan(
            ["codeConfiguration": code, "requestSettings": settings, "environmentVariables": ["WORKER_COUNT": "3"]], capacity: 2)
        #expect(asked.processes(cores: 2) == 6 && asked.inFlightLimit == 40 && asked.timeoutMilliseconds == 1500)
        #expect(try plan(["codeConfiguration": code, "requestSettings": settings], capacity: 2).processes(cores: 4) == 8)
    }

    @Test func `a native model has one process an instance and a slot for each request that the gateway lets in`() throws {
        let plan = try plan(["model": "/m", "requestSettings": ["maxConcurrentRequestsPerInstance": 10]], capacity: 3)
        #expect(plan.isNative && plan.processes(cores: 4) == 3 && plan.slots == 20)
    }

    @Test func `without a model and a script there is nothing to run`() {
        #expect(throws: Problem.self) { try plan(["environmentId": "/e"]) }
    }

    @Test func `bodies are kept only when a collection is enabled`() throws {
        let collector: JSON = [
            "collections": [
                "model_inputs": ["dataCollectionMode": "Enabled", "samplingRate": 0.5], "model_outputs": ["dataCollectionMode": "Disabled"],
            ]
        ]
        #expect(try plan(["model": "/m", "dataCollector": collector]).collection == CollectionSettings(inputRate: 0.5, outputRate: 0))
        #expect(try plan(["model": "/m"]).collection == CollectionSettings())
    }

    @Test func `workers see Azure's variables, the user's own win, and nothing secret comes along`() {
        let id = ResourceID(workspace: .standard, kind: "onlineEndpoints/deployments", parent: "shop", name: "blue")
        let variables = WorkerVariables(
            deployment: id, servicePath: "endpoints/default/shop", modelFolder: "/m/1", appRoot: "/code", script: "score.py",
            python: "/v/bin/python",
            searchPath: ["/v/bin"], timeoutMilliseconds: 5000, workerCount: 2
        ).variables(
            own: ["AZUREML_LOG_LEVEL": "DEBUG", "WORKER_TIMEOUT": "9"], machine: ["PATH": "/bin", "HOME": "/h", "AWS_SECRET": "x"])
        #expect(
            variables["AZUREML_MODEL_DIR"] == "/m/1" && variables["AML_APP_ROOT"] == "/code"
                && variables["AZUREML_ENTRY_SCRIPT"] == "score.py")
        #expect(variables["PATH"] == "/v/bin:/bin" && variables["HOME"] == "/h" && variables["AWS_SECRET"] == nil)
        #expect(variables["WORKER_TIMEOUT"] == "9" && variables["WORKER_COUNT"] == "2" && variables["AZUREML_LOG_LEVEL"] == "DEBUG")
    }
}
