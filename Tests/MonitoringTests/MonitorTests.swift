import ControlPlane
import Foundation
import MetadataStore
import Monitoring
import Resources
import Testing

@Suite("Looking at production")
struct MonitorTests {
    private let report: JSON = [
        "verdict": "drift", "breached": ["data_drift/brightness"], "baseline": ["samples": 100], "production": ["samples": 40],
        "results": [["signal": "data_drift", "feature": "brightness", "metric": "normalized_wasserstein_distance", "value": 3.5]],
    ]
    private let retrain: JSON = ["properties": ["jobType": "Command", "command": "echo again"]]

    @Test("a look exports the window's requests and puts a job that compares them")
    func start() async throws {
        let house = try await MonitoringHouse()
        try await house.record(3, secondsAgo: 100)
        try await house.record(2, secondsAgo: 5000)
        try await house.record(4, secondsAgo: 10, deployment: "green")
        let body: JSON = ["deployment": "blue", "baseline": "azureml:photos:1", "windowSeconds": 3600, "settings": ["minimum_samples": 3]]
        let id = try await house.monitors.start(MonitorRequest(endpoint: house.endpoint, body: body), by: house.owner)
        let job = try await house.resources.get(id)
        let command = try #require(job.properties["command"]?.stringValue)
        #expect(command.hasPrefix("martlet-worker drift --production ${{inputs.production}} --output ${{outputs.report}} --baseline ${{inputs.baseline}}"))
        #expect(command.contains("--model ${{inputs.model}}"))
        #expect(job.properties["experimentName"] == "monitoring")
        #expect(job.properties.value(at: "inputs", "baseline", "uri")?.stringValue?.hasSuffix("/data/photos/versions/1") == true)
        #expect(job.properties.value(at: "inputs", "model", "uri")?.stringValue?.hasSuffix("/models/detector/versions/1") == true)
        let lines = try await house.lines(job.properties.value(at: "inputs", "production", "uri")?.stringValue)
        #expect(lines.count == 3)
        #expect(lines[0]["facts"] == ["brightness": 0.5])
        #expect(lines[0].value(at: "detections")?.arrayValue?.count == 1)
        #expect(lines[0]["status"] == 200)
        #expect(try await house.lines(job.properties.value(at: "inputs", "settings", "uri")?.stringValue) == [["minimum_samples": 3]])
    }

    @Test("without a baseline the windows before are compared with")
    func recentPast() async throws {
        let house = try await MonitoringHouse()
        try await house.record(3, secondsAgo: 100)
        try await house.record(2, secondsAgo: 7000)
        try await house.record(1, secondsAgo: 20_000)
        let id = try await house.monitors.start(MonitorRequest(endpoint: house.endpoint, body: ["window": "PT1H"]), by: house.owner)
        let inputs = try await house.resources.get(id).properties["inputs"]
        #expect(try await house.lines(inputs?.value(at: "production", "uri")?.stringValue).count == 3)
        #expect(try await house.lines(inputs?.value(at: "baseline", "uri")?.stringValue).count == 2)
        #expect(inputs?["model"] == nil)
    }

    @Test(
        "wrong requests are refused and leave nothing",
        arguments: [
            ["baseline": "azureml:absent:1"], ["deployment": "green"], ["annotations": "azureml:photos:1"], ["windowSeconds": 1], ["window": "soon"],
            ["window": "P1000D"], ["settings": "x"], ["onAlert": ["command": "echo"]], ["basline": "azureml:photos:1"], ["baseline": 7],
        ] as [JSON])
    func refused(body: JSON) async throws {
        let house = try await MonitoringHouse()
        await #expect(throws: Problem.self) { try await house.monitors.start(MonitorRequest(endpoint: house.endpoint, body: body), by: house.owner) }
        #expect(try await house.jobNames() == [])
        house.advance(3600)
        try await house.controller.conclude()
        #expect(try await house.jobNames() == [])
    }

    @Test("a drift is known on the job and its run, and starts the job that was asked for, once")
    func alert() async throws {
        let house = try await MonitoringHouse()
        let body: JSON = ["baseline": "azureml:photos:1", "onAlert": retrain]
        let id = try await house.monitors.start(MonitorRequest(endpoint: house.endpoint, body: body), by: house.owner)
        try await house.controller.conclude()
        #expect(try await house.resources.get(id).observed["drift"] == nil)
        try await house.end(id, report: report)
        try await house.controller.conclude()
        let drift = try await house.resources.get(id).effectiveProperties["drift"]
        #expect(drift?["verdict"] == "drift")
        #expect(drift?["breached"] == ["data_drift/brightness"])
        #expect(drift?["productionSamples"] == 40)
        #expect(drift?.value(at: "onAlert", "jobName")?.stringValue == id.name + "_retrain")
        let answer = try await house.resources.get(house.job(id.name + "_retrain"))
        #expect(answer.properties["command"] == "echo again")
        #expect(answer.properties.value(at: "properties", "martlet.monitorJob")?.stringValue == id.name)
        let run = try await house.runs.run(id.name, in: .standard)
        #expect(run.metrics.map(\.key) == ["data_drift/brightness/normalized_wasserstein_distance"])
        for _ in 0..<3 { try await house.controller.conclude() }
        #expect(try await house.jobNames() == [id.name, id.name + "_retrain"])
    }

    @Test("a server that was killed anywhere in between does the rest, and nothing twice")
    func killed() async throws {
        let house = try await MonitoringHouse()
        let request = try MonitorRequest(endpoint: house.endpoint, body: ["baseline": "azureml:photos:1", "onAlert": retrain])
        let id = try await house.monitors.start(request, jobName: "look", by: house.owner)
        #expect(try await house.monitors.start(request, jobName: "look", by: house.owner) == id)
        try await house.end(id, report: report)
        // As after a death between the put of the answer and everything that follows.
        try await house.put("jobs", "look_retrain", ["jobType": "Command", "command": "echo again"])
        try await house.controller.conclude()
        #expect(try await house.resources.get(id).observed.value(at: "drift", "onAlert", "jobName") == "look_retrain")
        #expect(try await house.jobNames() == ["look", "look_retrain"])
        #expect(try await house.resources.get(house.job("look_retrain")).revision == 1)
    }

    @Test("no drift starts nothing; a look that failed or left no report is no alarm")
    func calm() async throws {
        let house = try await MonitoringHouse()
        let request = try MonitorRequest(endpoint: house.endpoint, body: ["baseline": "azureml:photos:1", "onAlert": retrain])
        for name in ["calm", "failed", "empty", "broken"] { try await house.monitors.start(request, jobName: name, by: house.owner) }
        try await house.end(house.job("calm"), report: ["verdict": "no_drift", "breached": []])
        try await house.end(house.job("failed"), status: "Failed", report: report)
        try await house.end(house.job("empty"), report: nil)
        try await house.end(house.job("broken"), report: [])
        try await house.controller.conclude()
        #expect(try await house.jobNames().count == 4)
        func verdict(_ name: String) async throws -> JSON? { try await house.resources.get(house.job(name)).observed.value(at: "drift", "verdict") }
        #expect(try await verdict("calm") == "no_drift")
        #expect(try await verdict("failed") == nil)
        #expect(try await verdict("empty") == "unknown")
        #expect(try await verdict("broken") == "unknown")
    }

    @Test("an answer that cannot be started is told on the look")
    func refusedAnswer() async throws {
        let house = try await MonitoringHouse()
        let body: JSON = [
            "baseline": "azureml:photos:1", "onAlert": ["properties": ["jobType": "Command", "command": "x", "environmentId": "azureml:absent:1"]],
        ]
        let id = try await house.monitors.start(MonitorRequest(endpoint: house.endpoint, body: body), by: house.owner)
        try await house.end(id, report: report)
        try await house.controller.conclude()
        #expect(try await house.resources.get(id).observed.value(at: "drift", "onAlert", "error")?.stringValue?.contains("absent") == true)
    }

    @Test("the actions are found and answer with the job's name")
    func actions() async throws {
        let house = try await MonitoringHouse()
        var actions = ActionRegistry()
        MonitoringActions.register(in: &actions, monitors: house.monitors, schedules: house.schedules)
        let monitor = try #require(actions.handler("martletMonitor", of: "onlineEndpoints"))
        let reply = try await monitor(ActionCall(id: house.endpoint, body: ["baseline": "azureml:photos:1"], principal: house.owner))
        #expect(try await house.jobNames() == [reply?["jobName"]?.stringValue])
        #expect(actions.handler("trigger", of: "schedules") != nil)
    }
}
