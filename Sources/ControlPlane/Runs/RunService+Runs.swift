internal import Foundation
package import MetadataStore
package import Resources

extension RunService {
    static let runNameTag = "mlflow.runName"

    /// A new run in the state RUNNING. Without a name, or a tag `mlflow.runName`, it gets one.
    package func createRun(
        in experimentID: String, userID: String, name: String?, startTime: Int64?, tags: [LabelRecord], workspace: WorkspaceID
    ) async throws -> RunDetail {
        try FactRules.check(tags: tags)
        let tagged = tags.last { $0.key == Self.runNameTag }?.value
        let given = name.flatMap { $0.isEmpty ? nil : $0 }
        if let given, let tagged, given != tagged {
            throw Problem(
                .invalidInput,
                "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
                    + "(run_name='\(given)', mlflow.runName='\(tagged)').",
                target: "run_name")
        }
        let runName = given ?? tagged ?? RunNames.random()
        try FactRules.check(value: runName, field: "run_name", limit: FactRules.tagLength)
        let all = tags.filter { $0.key != Self.runNameTag } + [LabelRecord(Self.runNameTag, runName)]
        let time = startTime ?? now().milliseconds
        let id = Self.newID()
        return try await store.write { tx in
            let experiment = try Self.activeExperiment(experimentID, in: workspace, tx)
            let run = try tx.insertRun(
                id: id, name: runName, userID: userID, status: .running, startTime: time, tags: all, experiment: experiment, in: workspace)
            return RunDetail(run: run, tags: Self.settled(all))
        }
    }

    /// Tags as they are read back: by key, the last of equal ones.
    private static func settled(_ tags: [LabelRecord]) -> [LabelRecord] {
        Dictionary(tags.map { ($0.key, $0) }, uniquingKeysWith: { _, later in later }).values.sorted { $0.key < $1.key }
    }

    /// The run with its facts; deleted ones too.
    package func run(_ id: String, in workspace: WorkspaceID) async throws -> RunDetail {
        try await store.read { try $0.detail(of: Self.run(id, in: workspace, $0)) }
    }

    package func children(of id: String, in workspace: WorkspaceID) async throws -> [RunDetail] {
        try await store.read { tx in try tx.details(of: tx.childRuns(of: Self.run(id, in: workspace, tx).id, in: workspace)) }
    }

    /// Changes what is given.
    package func updateRun(
        _ id: String, status: RunStatus? = nil, endTime: Int64? = nil, name: String? = nil, in workspace: WorkspaceID
    ) async throws -> RunRecord {
        if let name { try FactRules.check(value: name, field: "run_name", limit: FactRules.tagLength) }
        return try await store.write { tx in
            var run = try Self.activeRun(id, in: workspace, tx)
            if let status { run.status = status }
            if let endTime { run.endTime = endTime }
            if let name, !name.isEmpty {
                run.name = name
                try tx.saveLabels([LabelRecord(Self.runNameTag, name)], of: run.sequence, in: .runTag)
            }
            try tx.updateRun(run)
            return run
        }
    }

    package func setLifecycle(_ lifecycle: Lifecycle, ofRun id: String, in workspace: WorkspaceID) async throws {
        try await store.write { tx in
            var run = try Self.run(id, in: workspace, tx)
            run.lifecycle = lifecycle
            try tx.updateRun(run)
        }
    }

    package func setTag(_ tag: LabelRecord, ofRun id: String, in workspace: WorkspaceID) async throws {
        try await logBatch(tags: [tag], ofRun: id, in: workspace, isSingle: true)
    }

    package func deleteTag(_ key: String, ofRun id: String, in workspace: WorkspaceID) async throws {
        try await store.write { tx in
            let run = try Self.activeRun(id, in: workspace, tx)
            guard try tx.deleteLabel(key, of: run.sequence, in: .runTag) else {
                throw Problem(.notFound, "No tag with name: \(key) in run with id \(id)", target: "key")
            }
        }
    }

    /// Appends to the tag in which MLflow 2 lists the models of a run.
    package func logModelEntry(_ entry: JSON, ofRun id: String, in workspace: WorkspaceID) async throws {
        let key = "mlflow.log-model.history"
        try await store.write { tx in
            let run = try Self.activeRun(id, in: workspace, tx)
            let stored = try tx.detail(of: run).tags.first { $0.key == key }?.value
            let history = (try stored.map { try JSON(parsing: $0) })?.arrayValue ?? []
            let text = JSON.array(history + [entry]).text()
            try FactRules.check(value: text, field: "model_json", limit: 1_000_000)
            try tx.saveLabels([LabelRecord(key, text)], of: run.sequence, in: .runTag)
        }
    }

    /// 32 hexadecimal digits.
    static func newID() -> String { UUID().uuidString.replacing("-", with: "").lowercased() }
}
