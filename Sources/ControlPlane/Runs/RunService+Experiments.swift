package import MetadataStore
package import Resources

extension RunService {
    package func createExperiment(
        named name: String, artifactLocation: String? = nil, tags: [LabelRecord] = [], in workspace: WorkspaceID
    ) async throws -> ExperimentRecord {
        try Self.check(experimentName: name, field: "name")
        if let artifactLocation, !artifactLocation.isEmpty { try ArtifactPlace.check(location: artifactLocation) }
        try FactRules.check(freeTags: tags, limit: FactRules.experimentTagLength)
        let time = now().milliseconds
        let location = artifactLocation.flatMap { $0.isEmpty ? nil : $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        return try await store.write { tx in
            try Self.checkFree(name, in: workspace, tx)
            return try tx.insertExperiment(
                named: name, artifactLocation: location, root: defaultArtifactRoot, tags: tags, in: workspace, at: time)
        }
    }

    package func experiment(_ id: String, in workspace: WorkspaceID) async throws -> ExperimentRecord {
        try await store.read { try Self.experiment(id, in: workspace, $0) }
    }

    /// Deleted experiments are found too.
    package func experiment(named name: String, in workspace: WorkspaceID) async throws -> ExperimentRecord {
        guard let experiment = try await store.read({ try $0.experiment(named: name, in: workspace) }) else {
            throw Problem(.notFound, "Could not find experiment with name '\(name.prefix(500))'", target: "experiment_name")
        }
        return experiment
    }

    package func searchExperiments(
        filter: String?, orderBy: [String], view: View, maxResults: Int?, pageToken: String?, in workspace: WorkspaceID
    ) async throws -> Page<ExperimentRecord> {
        let query = try SearchParser.query(filter: filter, orderBy: orderBy, vocabulary: .experiments)
        let limit = try PageOffset.limit(maxResults, standard: 1000, maximum: 50_000)
        let offset = try PageOffset.offset(of: pageToken)
        let found = try await store.read {
            try $0.searchExperiments(query, lifecycles: view.lifecycles, in: workspace, limit: limit + 1, offset: offset)
        }
        return PageOffset.page(found, limit: limit, offset: offset)
    }

    package func renameExperiment(_ id: String, to name: String, in workspace: WorkspaceID) async throws {
        try Self.check(experimentName: name, field: "new_name")
        let time = now().milliseconds
        try await store.write { tx in
            let experiment = try Self.experiment(id, in: workspace, tx)
            guard experiment.lifecycle == .active else {
                throw Problem(
                    .invalidInput, "Cannot rename experiment in non-active lifecycle stage. Current stage: deleted", target: "experiment_id"
                )
            }
            if experiment.name != name { try Self.checkFree(name, in: workspace, tx) }
            try tx.rename(experiment, to: name, at: time)
        }
    }

    /// Puts the experiment and its runs into the bin.
    package func deleteExperiment(_ id: String, in workspace: WorkspaceID) async throws {
        let time = now().milliseconds
        try await store.write { tx in
            let experiment = try Self.activeExperiment(id, in: workspace, tx)
            guard experiment.id != 0 else {
                throw Problem(
                    .invalidInput, "Cannot delete the default experiment '0': jobs and runs without an experiment go there",
                    target: "experiment_id")
            }
            try tx.setLifecycle(.deleted, ofExperiment: experiment, at: time)
        }
    }

    package func restoreExperiment(_ id: String, in workspace: WorkspaceID) async throws {
        let time = now().milliseconds
        try await store.write { tx in
            let experiment = try Self.experiment(id, in: workspace, tx)
            guard experiment.lifecycle == .deleted else {
                throw Problem(
                    .invalidInput, "The experiment \(id) must be in the 'deleted' state. Current state is active.", target: "experiment_id")
            }
            try Self.checkFree(experiment.name, in: workspace, tx)
            try tx.setLifecycle(.active, ofExperiment: experiment, at: time)
        }
    }

    package func setExperimentTag(_ tag: LabelRecord, of id: String, in workspace: WorkspaceID) async throws {
        try FactRules.check(freeKey: tag.key, field: "key")
        try FactRules.check(value: tag.value, field: "value", limit: FactRules.experimentTagLength)
        try await store.write { tx in
            let experiment = try Self.activeExperiment(id, in: workspace, tx)
            try tx.saveLabels([tag], of: experiment.sequence, in: .experimentTag)
        }
    }

    package func deleteExperimentTag(_ key: String, of id: String, in workspace: WorkspaceID) async throws {
        try await store.write { tx in
            let experiment = try Self.activeExperiment(id, in: workspace, tx)
            guard try tx.deleteLabel(key, of: experiment.sequence, in: .experimentTag) else {
                throw Problem(.notFound, "No tag with name: \(key) in experiment with id \(id)", target: "key")
            }
        }
    }

    private static func check(experimentName name: String, field: String) throws(Problem) {
        guard !name.isEmpty else { throw FactRules.missing(field) }
        try FactRules.check(value: name, field: field, limit: 500)
    }

    /// A name in the bin is free.
    private static func checkFree(_ name: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws {
        guard let taken = try tx.experiment(named: name, in: workspace), taken.lifecycle == .active else { return }
        throw Problem(.conflict, "Experiment(name=\(name)) already exists.", target: "name")
    }
}
