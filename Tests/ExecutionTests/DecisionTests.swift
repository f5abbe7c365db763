import Execution
import Foundation
import Kinds
import Resources
import Testing

@Suite("Which waiting jobs start")
struct PlacementTests {
    private func entry(_ job: String, _ nodes: Int = 1, on compute: String = "c") -> Placement.Entry {
        Placement.Entry(job: job, compute: compute, nodes: nodes)
    }

    @Test("first come, first served, within the budget of each compute")
    func order() {
        let decision = Placement.decide(
            waiting: [entry("a"), entry("b"), entry("c"), entry("x", on: "d")], running: [entry("r")], budgets: ["c": 3, "d": 1])
        #expect(decision.start == ["a", "b", "x"])
        #expect(decision.impossible.isEmpty)
    }

    @Test("a large job at the head is not overtaken, and one that never fits is told so")
    func large() {
        let decision = Placement.decide(
            waiting: [entry("never", 9), entry("big", 2), entry("small")], running: [entry("r")], budgets: ["c": 2])
        #expect(decision.impossible == ["never"])
        #expect(decision.start.isEmpty)
    }

    @Test("a stopped or unknown compute starts nothing")
    func stopped() {
        #expect(Placement.decide(waiting: [entry("a")], running: [], budgets: ["c": 0]).start.isEmpty)
        #expect(Placement.decide(waiting: [entry("a")], running: [], budgets: [:]).impossible == ["a"])
    }
}

@Suite("What a pipeline does next")
struct PipelinePlanTests {
    private let edges: [String: Set<String>] = ["prepare": [], "train": ["prepare"], "evaluate": ["prepare", "train"], "report": ["prepare"]]

    private func plan(_ statuses: [String: JobStatus], cancel: Bool = false, goOn: Bool = false) -> PipelinePlan {
        PipelinePlan.decide(edges: edges, statuses: statuses, cancelRequested: cancel, continuesOnFailure: goOn)
    }

    @Test("steps start as soon as what they wait for has completed, side by side where they can")
    func start() {
        #expect(plan([:]).start == ["prepare"])
        #expect(plan(["prepare": .running]).start.isEmpty)
        #expect(plan(["prepare": .completed]).start == ["report", "train"])
        #expect(plan(["prepare": .completed, "train": .completed, "report": .running]).start == ["evaluate"])
    }

    @Test("a failed step stops the others and fails the pipeline with its name")
    func failure() {
        let running = plan(["prepare": .completed, "train": .failed, "report": .running])
        #expect(running.cancel == ["report"])
        #expect(running.end == nil)
        let done = plan(["prepare": .completed, "train": .failed, "report": .canceled])
        #expect(done.end == .failed)
        #expect(done.failedStep == "report" || done.failedStep == "train")
    }

    @Test("with continue_on_step_failure the rest goes on, and the pipeline fails at its end")
    func goOn() {
        #expect(plan(["prepare": .completed, "train": .failed], goOn: true).start == ["report"])
        #expect(plan(["prepare": .completed, "train": .failed, "report": .completed], goOn: true).end == .failed)
    }

    @Test("cancel stops all and ends the pipeline as cancelled")
    func cancel() {
        #expect(plan(["prepare": .running], cancel: true).cancel == ["prepare"])
        #expect(plan(["prepare": .canceled], cancel: true).end == .canceled)
    }

    @Test("all steps completed is the end")
    func completed() {
        #expect(plan(["prepare": .completed, "train": .completed, "evaluate": .completed, "report": .completed]).end == .completed)
    }
}

@Suite("What a job's processes see")
struct JobEnvironmentTests {
    private let environment = JobEnvironment(
        job: ResourceID(workspace: .standard, kind: "jobs", name: "j"), experimentName: "e", experimentID: "1", rootRunID: "j",
        serverURL: "https://127.0.0.1:1", certificateAuthority: "/ca", trackingURI: "https://127.0.0.1:1", token: "t", tokenExpires: Date(),
        identityHeader: "h", searchPath: ["/venv/bin"], workingDirectory: "/w", logFolder: "/l")

    @Test("secrets of the server's environment stay there, the job's own variables win")
    func inherited() {
        let variables = environment.variables(
            own: ["LANG": "de"], literals: ["epochs": "3"], inputPaths: ["data": "/in"], outputPaths: ["model": "/out"],
            machine: ["PATH": "/usr/bin", "AWS_SECRET_ACCESS_KEY": "x", "LANG": "C", "OMP_NUM_THREADS": "2"])
        #expect(variables["AWS_SECRET_ACCESS_KEY"] == nil)
        #expect(variables["LANG"] == "de")
        #expect(variables["OMP_NUM_THREADS"] == "2")
        #expect(variables["PATH"] == "/venv/bin:/usr/bin")
        #expect(variables["AZUREML_PARAMETER_epochs"] == "3")
        #expect(variables["AZURE_ML_OUTPUT_model"] == "/out")
        #expect(variables["MLFLOW_RUN_ID"] == "j")
    }

    @Test("ranks of a PyTorch job are numbered over nodes and processes")
    func ranks() throws {
        let distribution: Distribution = try JSON.object(["distributionType": "PyTorch", "processCountPerInstance": 2]).decoded()
        let ranks = JobEnvironment.ranks(distribution, nodes: 2, port: 29500)
        #expect(ranks.map { $0["RANK"] } == ["0", "1", "2", "3"])
        #expect(ranks.map { $0["LOCAL_RANK"] } == ["0", "1", "0", "1"])
        #expect(Set(ranks.map { $0["WORLD_SIZE"] }) == ["4"])
        #expect(JobEnvironment.ranks(nil, nodes: 1, port: 1) == [[:]])
    }
}
