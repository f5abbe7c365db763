package import Foundation
package import MetadataStore
internal import Resources

/// Experiments, runs and what is logged to them: MLflow's tracking, with the jobs of Azure ML as runs among them.
///
/// Every method is one transaction. Messages of problems are those of stock MLflow where its clients or users match on them;
/// `.conflict` means a taken name.
package struct RunService: Sendable {
    let store: MetadataStore
    let now: @Sendable () -> Date
    /// Where the artifacts of new experiments go that name no place; `nil`: this server's own store.
    let defaultArtifactRoot: String?

    package init(store: MetadataStore, defaultArtifactRoot: String? = nil, now: @escaping @Sendable () -> Date = { Date() }) {
        self.store = store
        self.defaultArtifactRoot = defaultArtifactRoot.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.now = now
    }

    /// Which of active and deleted things are meant.
    package enum View: Sendable, CaseIterable {
        case active, deleted, all

        var lifecycles: [Lifecycle] {
            switch self {
            case .active: [.active]
            case .deleted: [.deleted]
            case .all: [.active, .deleted]
            }
        }
    }

    // MARK: Finding

    static func experiment(_ id: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> ExperimentRecord {
        guard let number = Int64(id), number >= 0, String(number) == id else {
            throw Problem(
                .invalidInput, "Invalid experiment ID '\(id.prefix(64))': it must be a whole number in decimal", target: "experiment_id")
        }
        guard let experiment = try tx.experiment(id: number, in: workspace) else {
            throw Problem(.notFound, "No Experiment with id=\(id) exists", target: "experiment_id")
        }
        return experiment
    }

    static func activeExperiment(_ id: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> ExperimentRecord {
        let experiment = try experiment(id, in: workspace, tx)
        guard experiment.lifecycle == .active else {
            throw Problem(
                .invalidInput, "The experiment \(id) must be in the 'active' state. Current state is deleted.", target: "experiment_id")
        }
        return experiment
    }

    static func run(_ id: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> RunRecord {
        guard let run = try tx.run(id, in: workspace) else {
            throw Problem(.notFound, "Run with id=\(id.prefix(256)) not found", target: "run_id")
        }
        return run
    }

    /// The run, which must accept writes.
    static func activeRun(_ id: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> RunRecord {
        let run = try run(id, in: workspace, tx)
        guard run.lifecycle == .active else {
            throw Problem(.invalidInput, "The run \(id) must be in the 'active' state. Current state is deleted.", target: "run_id")
        }
        return run
    }
}
