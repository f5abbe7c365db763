import ControlPlane
import Foundation
import MetadataStore
import Resources
import Testing

@Suite("Jobs are runs")
struct RunsJobTests {
    private func job(_ house: RunsFixture, _ name: String) -> ResourceID {
        ResourceID(workspace: house.workspace, kind: "jobs", name: name)
    }

    private func report(_ house: RunsFixture, _ name: String, _ observed: JSON, at seconds: Double) async throws {
        try await house.resources.report(
            observed, of: job(house, name),
            companion: { tx, job in
                try RunService.follow(job, at: Date(timeIntervalSince1970: seconds), in: tx)
            })
    }

    @Test("a job brings its run and its experiment, once")
    func companion() async throws {
        let house = try await RunsFixture()
        let body: JSON = [
            "properties": ["displayName": "train it", "experimentName": "fridge", "tags": ["team": "red"], "description": "words"]
        ]
        _ = try await house.resources.put(job(house, "train.1"), body: body, by: house.owner)
        _ = try await house.resources.put(
            job(house, "train.1"), body: ["properties": ["displayName": "renamed", "experimentName": "fridge", "tags": ["team": "blue"]]],
            by: house.owner)
        let detail = try await house.runs.run("train.1", in: house.workspace)
        #expect(
            detail.run.name == "renamed" && detail.run.experimentName == "fridge" && detail.run.status == .scheduled && detail.run.isJob)
        #expect(
            detail.tags == [
                LabelRecord("mlflow.note.content", "words"), LabelRecord("mlflow.runName", "renamed"), LabelRecord("mlflow.user", "ada"),
                LabelRecord("team", "blue"),
            ])
        #expect(try await house.search(experiments: ["1"]) == ["renamed"])
        _ = try await house.resources.put(job(house, "plain"), body: [:], by: house.owner)
        #expect(try await house.runs.run("plain", in: house.workspace).run.experimentName == "Default")
    }

    @Test(
        "the run follows the job's states",
        arguments: [
            ("Queued", RunStatus.scheduled), ("Preparing", .scheduled), ("Starting", .scheduled), ("Running", .running),
            ("Finalizing", .running),
            ("Completed", .finished), ("Failed", .failed), ("Canceled", .killed), ("CancelRequested", .scheduled),
        ])
    func states(azure: String, mlflow: RunStatus) async throws {
        let house = try await RunsFixture()
        _ = try await house.resources.put(job(house, "j"), body: [:], by: house.owner)
        try await report(house, "j", ["status": .string(azure)], at: 100)
        let run = try await house.runs.run("j", in: house.workspace).run
        #expect(run.status == mlflow && (run.endTime != nil) == mlflow.isTerminal)
    }

    @Test("a script that ends its run itself is not called running again, and the job's end has the last word")
    func selfEnded() async throws {
        let house = try await RunsFixture()
        _ = try await house.resources.put(job(house, "j"), body: [:], by: house.owner)
        try await report(house, "j", ["status": "Running"], at: 100)
        _ = try await house.runs.updateRun("j", status: .finished, endTime: 150_000, in: house.workspace)
        try await report(house, "j", ["status": "Finalizing"], at: 160)
        #expect(try await house.runs.run("j", in: house.workspace).run.status == .finished)
        try await report(house, "j", ["status": "Failed"], at: 170)
        let run = try await house.runs.run("j", in: house.workspace).run
        #expect(run.status == .failed && run.startTime == 100_000 && run.endTime == 150_000)
    }

    @Test("steps of a pipeline are found below it")
    func children() async throws {
        let house = try await RunsFixture()
        _ = try await house.resources.put(job(house, "pipe"), body: [:], by: house.owner)
        for step in ["a", "b"] { _ = try await house.resources.put(job(house, step), body: [:], by: house.owner) }
        try await report(house, "a", ["parentJobName": "pipe"], at: 1)
        _ = try await house.resources.put(
            job(house, "b"), body: ["properties": ["properties": ["azureml.pipelinerunid": "pipe"]]], by: house.owner)
        #expect(try await Set(house.runs.children(of: "pipe", in: house.workspace).map(\.run.id)) == ["a", "b"])
        #expect(try await house.runs.children(of: "a", in: house.workspace).isEmpty)
    }
}
