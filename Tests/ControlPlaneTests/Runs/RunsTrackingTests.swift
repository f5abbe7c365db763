import ControlPlane
import Foundation
import MetadataStore
import Resources
import Testing

@Suite("Experiments, runs and what is logged")
struct RunsTrackingTests {
    @Test("every workspace begins with the experiment 0, Default, and counts on from there")
    func experiments() async throws {
        let house = try await RunsFixture()
        #expect(try await house.runs.experiment("0", in: house.workspace).name == "Default")
        let made = try await house.runs.createExperiment(named: "/Shared/fridge", in: house.workspace)
        #expect(made.id == 1)
        #expect(try await house.runs.experiment(named: "/Shared/fridge", in: house.workspace).id == 1)
        #expect(await problem { _ = try await house.runs.createExperiment(named: "Default", in: house.workspace) }?.code == .conflict)
        #expect(await problem { _ = try await house.runs.experiment("abc", in: house.workspace) }?.code == .invalidInput)
        #expect(
            await problem { _ = try await house.runs.experiment("99", in: house.workspace) }?.message == "No Experiment with id=99 exists")
        #expect(
            await problem { _ = try await house.runs.experiment(named: "x", in: house.workspace) }?.message
                == "Could not find experiment with name 'x'")
        #expect(
            await problem { _ = try await house.runs.createExperiment(named: String(repeating: "x", count: 501), in: house.workspace) }?
                .code == .invalidInput)
    }

    @Test("a deleted experiment takes its runs along, frees its name, and comes back with them")
    func bin() async throws {
        let house = try await RunsFixture()
        _ = try await house.runs.createExperiment(named: "e", in: house.workspace)
        let run = try await house.run(in: "1", name: "r")
        try await house.runs.deleteExperiment("1", in: house.workspace)
        #expect(try await house.search(experiments: ["1"]).isEmpty)
        #expect(try await house.runs.experiment(named: "e", in: house.workspace).lifecycle == .deleted)
        #expect(await problem { _ = try await house.run(in: "1") }?.code == .invalidInput)
        let refused = await problem { try await house.runs.setTag(LabelRecord("a", "b"), ofRun: run, in: house.workspace) }
        #expect(refused?.message == "The run \(run) must be in the 'active' state. Current state is deleted.")
        let bin = try await house.runs.searchExperiments(
            filter: nil, orderBy: [], view: .deleted, maxResults: nil, pageToken: nil, in: house.workspace)
        #expect(bin.items.map(\.name) == ["e"])
        let second = try await house.runs.createExperiment(named: "e", in: house.workspace)
        #expect(try await house.runs.experiment(named: "e", in: house.workspace).id == second.id)
        #expect(await problem { try await house.runs.restoreExperiment("1", in: house.workspace) }?.code == .conflict)
        try await house.runs.renameExperiment(String(second.id), to: "f", in: house.workspace)
        try await house.runs.restoreExperiment("1", in: house.workspace)
        #expect(try await house.search(experiments: ["1"]) == ["r"])
        #expect(await problem { try await house.runs.deleteExperiment("0", in: house.workspace) }?.code == .invalidInput)
    }

    @Test("a run's name and its tag mlflow.runName are one")
    func names() async throws {
        let house = try await RunsFixture()
        let run = try await house.run(name: "first")
        try await house.runs.setTag(LabelRecord("mlflow.runName", "second"), ofRun: run, in: house.workspace)
        #expect(try await house.runs.run(run, in: house.workspace).run.name == "second")
        _ = try await house.runs.updateRun(run, name: "third", in: house.workspace)
        let detail = try await house.runs.run(run, in: house.workspace)
        #expect(detail.tags.first { $0.key == "mlflow.runName" }?.value == "third")
        let generated = try await house.runs.run(house.run(), in: house.workspace).run.name
        #expect(generated.split(separator: "-").count == 3)
        let two = await problem { _ = try await house.run(name: "a", tags: ["mlflow.runName": "b"]) }
        #expect(two?.code == .invalidInput)
    }

    @Test("the latest value of a metric has the greatest step, then time, then value")
    func latest() async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        let points = [
            house.metric("m", 5, at: 10, step: 2), house.metric("m", 9, at: 99, step: 1), house.metric("m", 6, at: 11, step: 2),
            house.metric("m", 7, at: 11, step: 2), house.metric("m", 1, at: 11, step: 2), house.metric("n", 3, step: -1),
        ]
        for point in points { try await house.runs.logBatch(metrics: [point], ofRun: run, in: house.workspace, isSingle: true) }
        let metrics = try await house.runs.run(run, in: house.workspace).metrics
        #expect(metrics == [house.metric("m", 7, at: 11, step: 2), house.metric("n", 3, step: -1)])
    }

    @Test("logging a point again changes nothing, and the history is in order of time")
    func histories() async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        let points = (0..<30).map { house.metric("m", Double($0), at: Int64(100 - $0), step: Int64($0)) }
        try await house.runs.logBatch(metrics: points + points, ofRun: run, in: house.workspace)
        try await house.runs.logBatch(metrics: points, ofRun: run, in: house.workspace)
        let all = try await house.runs.metricHistory(ofRun: run, key: "m", in: house.workspace)
        #expect(all.items == points.reversed() && all.nextToken == nil)
        let first = try await house.runs.metricHistory(ofRun: run, key: "m", maxResults: 20, in: house.workspace)
        let second = try await house.runs.metricHistory(
            ofRun: run, key: "m", maxResults: 20, pageToken: first.nextToken, in: house.workspace)
        #expect(first.items + second.items == points.reversed() && second.nextToken == nil)
        #expect(try await house.runs.metricHistory(ofRun: "nobody", key: "m", in: house.workspace).items.isEmpty)
        let sampled = try await house.runs.sampledHistories(ofRuns: [run], key: "m", from: nil, to: nil, maxResults: 5, in: house.workspace)
        #expect(sampled.map(\.point.step) == [0, 6, 12, 18, 24, 29])
    }

    @Test("NaN stays NaN and infinities become the greatest numbers")
    func notNumbers() async throws {
        let house = try await RunsFixture()
        let run = try await house.run(metrics: ["nan": .nan, "up": .infinity, "down": -.infinity])
        let metrics = try await house.runs.run(run, in: house.workspace).metrics
        #expect(metrics.map(\.key) == ["down", "nan", "up"])
        #expect(
            metrics[0].value == -Double.greatestFiniteMagnitude && metrics[1].value.isNaN && metrics[2].value == .greatestFiniteMagnitude)
    }

    @Test("a parameter keeps its first value; a batch that would change one leaves nothing behind")
    func parameters() async throws {
        let house = try await RunsFixture()
        let run = try await house.run(parameters: ["p": "1"])
        try await house.runs.logBatch(parameters: [LabelRecord("p", "1")], ofRun: run, in: house.workspace)
        let change = await problem {
            try await house.runs.logBatch(
                metrics: [house.metric("m", 1)], parameters: [LabelRecord("q", ""), LabelRecord("p", "2")], tags: [LabelRecord("t", "1")],
                ofRun: run,
                in: house.workspace)
        }
        #expect(change?.code == .invalidInput && change?.message.contains("Changing param values is not allowed") == true)
        let detail = try await house.runs.run(run, in: house.workspace)
        #expect(detail.parameters == [LabelRecord("p", "1")] && detail.metrics.isEmpty && !detail.tags.contains { $0.key == "t" })
        let twice = await problem {
            try await house.runs.logBatch(parameters: [LabelRecord("r", "1"), LabelRecord("r", "2")], ofRun: run, in: house.workspace)
        }
        #expect(twice?.message.contains("Duplicate parameter keys") == true)
        try await house.runs.logBatch(parameters: [LabelRecord("r", "1"), LabelRecord("r", "1")], ofRun: run, in: house.workspace)
    }

    @Test("a batch has at most 1000 metrics, 100 parameters, 100 tags, and 1000 together")
    func limits() async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        let metrics = (0..<1001).map { house.metric("m\($0)", 1) }
        let labels = (0..<101).map { LabelRecord("k\($0)", "v") }
        for (m, p, t) in [(1001, 0, 0), (0, 101, 0), (0, 0, 101), (901, 50, 50)] {
            let refused = await problem {
                try await house.runs.logBatch(
                    metrics: Array(metrics.prefix(m)), parameters: Array(labels.prefix(p)), tags: Array(labels.prefix(t)), ofRun: run,
                    in: house.workspace)
            }
            #expect(refused?.message.contains("can contain at most") == true)
        }
        try await house.runs.logBatch(
            metrics: Array(metrics.prefix(800)), parameters: Array(labels.prefix(100)), tags: Array(labels.prefix(100)), ofRun: run,
            in: house.workspace)
        let detail = try await house.runs.run(run, in: house.workspace)
        #expect(detail.metrics.count == 800 && detail.parameters.count == 100 && detail.tags.count == 101)
    }

    @Test("long values are cut", arguments: [(6001, 6000)])
    func cuts(length: Int, kept: Int) async throws {
        let house = try await RunsFixture()
        let run = try await house.run(parameters: ["p": String(repeating: "é", count: length)])
        #expect(try await house.runs.run(run, in: house.workspace).parameters[0].value.count == kept)
    }

    @Test(
        "keys that are paths to elsewhere, too long or of strange letters are refused",
        arguments: [
            "..", "../x", "/x", "a/../b", "a//b", "./x", "a/.", "x\\y", "a%2e", "a\u{0}b", "a\nb", "a;b", "",
            String(repeating: "k", count: 251), "a'b",
        ])
    func hostileKeys(key: String) async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        for isSingle in [true, false] {
            let refused = await [
                problem {
                    try await house.runs.logBatch(metrics: [house.metric(key, 1)], ofRun: run, in: house.workspace, isSingle: isSingle)
                },
                problem {
                    try await house.runs.logBatch(parameters: [LabelRecord(key, "1")], ofRun: run, in: house.workspace, isSingle: isSingle)
                },
                problem {
                    try await house.runs.logBatch(tags: [LabelRecord(key, "1")], ofRun: run, in: house.workspace, isSingle: isSingle)
                },
            ]
            #expect(refused.allSatisfy { $0?.code == .invalidInput })
        }
    }

    @Test(
        "keys that clients really use are taken",
        arguments: [
            "lr/pg0", "metrics/mAP50-95B", "val: loss 1", "a.b_c-d", "Größe", "..x", "x..",
        ])
    func friendlyKeys(key: String) async throws {
        let house = try await RunsFixture()
        let run = try await house.run(metrics: [key: 1])
        #expect(try await house.runs.run(run, in: house.workspace).metrics.map(\.key) == [key])
    }

    @Test("inputs are kept once per run, and found by their name and context")
    func inputs() async throws {
        let house = try await RunsFixture()
        let run = try await house.run(name: "reads")
        _ = try await house.run(name: "other")
        let dataset = DatasetRecord(
            name: "shelf", digest: "abc", sourceType: "local", source: "{}", schema: nil, profile: nil,
            tags: [LabelRecord("mlflow.data.context", "train")])
        for _ in 0..<2 { try await house.runs.logInputs(datasets: [dataset], models: [], ofRun: run, in: house.workspace) }
        #expect(try await house.runs.run(run, in: house.workspace).datasets == [dataset])
        #expect(try await house.search("datasets.name = 'shelf' AND dataset.context = 'train'") == ["reads"])
        #expect(try await house.search("datasets.digest != 'abc'").isEmpty)
    }

    @Test("a logged model is made, finished, found and shows its metrics")
    func loggedModels() async throws {
        let house = try await RunsFixture()
        let run = try await house.run()
        let model = try await house.runs.createLoggedModel(
            in: "0", name: "detector", modelType: nil, sourceRun: run, tags: [], parameters: [LabelRecord("depth", "8")],
            workspace: house.workspace)
        #expect(model.id.hasPrefix("m-") && model.id.count == 34 && model.status == "LOGGED_MODEL_PENDING")
        let measured = MetricRecord(
            key: "mAP", value: 0.8, timestamp: 1, step: 0, model: .init(model: model.id, datasetName: "val", datasetDigest: "d"))
        try await house.runs.logBatch(metrics: [measured], ofRun: run, in: house.workspace)
        _ = try await house.runs.finishLoggedModel(model.id, status: "LOGGED_MODEL_READY", in: house.workspace)
        let found = try await house.runs.searchLoggedModels(
            experiments: ["0"], filter: "name = 'detector' AND metrics.mAP > 0.5 AND status = 'READY'",
            orderBy: [(field: "metrics.mAP", isAscending: false)],
            dataset: (name: "val", digest: nil), maxResults: nil, pageToken: nil, in: house.workspace)
        #expect(found.items.map(\.id) == [model.id] && found.items.first?.metrics.first?.model?.run == run)
        let elsewhere = try await house.runs.searchLoggedModels(
            experiments: ["0"], filter: "metrics.mAP > 0.5", orderBy: [], dataset: (name: "test", digest: nil), maxResults: nil,
            pageToken: nil,
            in: house.workspace)
        #expect(elsewhere.items.isEmpty)
        try await house.runs.deleteLoggedModel(model.id, in: house.workspace)
        #expect(await problem { _ = try await house.runs.loggedModel(model.id, in: house.workspace) }?.code == .notFound)
    }
}
