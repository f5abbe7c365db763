internal import Foundation
package import MetadataStore
package import Resources

/// Takes over what a stock MLflow server kept: experiments, runs with every point, datasets, logged models, the registry, and
/// the files of artifacts.
///
/// Ids of runs and logged models stay, those of experiments where they are free. A run is taken over whole or not at all, and
/// one that is here already is passed over, so an import that was interrupted goes on where it stopped.
package struct MLflowImport: Sendable {
    /// What was taken over, and what was here already.
    package struct Summary: Sendable, Hashable {
        package var experiments = 0, runs = 0, knownRuns = 0, metrics = 0, loggedModels = 0, registeredModels = 0, modelVersions = 0, files = 0
        package var bytes: Int64 = 0
        /// What could not be taken over, a sentence each.
        package var omissions: [String] = []
    }

    private let source: StockMLflowFile
    /// The folder that was the other server's `--artifacts-destination`; absolute, without a slash at its end.
    private let artifacts: String?
    private let store: MetadataStore
    private let registry: ModelRegistry
    private let blobs: BlobService
    private let workspace: WorkspaceID

    package init(
        source: StockMLflowFile, artifacts: String?, store: MetadataStore, registry: ModelRegistry, blobs: BlobService, workspace: WorkspaceID
    ) {
        self.source = source
        self.artifacts = artifacts.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.store = store
        self.registry = registry
        self.blobs = blobs
        self.workspace = workspace
    }

    /// - Parameter progress: told a line now and then.
    package func run(progress: @Sendable (String) -> Void) async throws -> Summary {
        var summary = Summary()
        let experiments = try source.experiments()
        for (index, fields) in experiments.enumerated() {
            guard let id = fields["experiment_id"]?.integerValue, let name = fields["name"]?.stringValue else { continue }
            let experiment = try await self.experiment(id, name, fields)
            summary.experiments += 1
            for run in try source.runs(ofExperiment: id) { try await takeOver(run, into: experiment, &summary) }
            for model in try source.loggedModels(ofExperiment: id) {
                if try await takeOver(loggedModel: model, into: experiment) { summary.loggedModels += 1 }
            }
            progress("experiment \(index + 1) of \(experiments.count), '\(name)': \(summary.runs) runs, \(summary.metrics) points so far")
        }
        for model in try source.registeredModels() { try await takeOver(registeredModel: model, &summary) }
        if let artifacts { try await takeOver(filesIn: artifacts, &summary, progress) }
        return summary
    }

    // MARK: Experiments and runs

    private func experiment(_ id: Int64, _ name: String, _ fields: StockMLflowFile.Fields) async throws -> ExperimentRecord {
        let tags = try source.tags(ofExperiment: id)
        let location = fields["artifact_location"]?.stringValue
        // Places on the other server's disk, or behind it, become places of this one.
        let isElsewhere = location.map { $0.contains("://") && !$0.hasPrefix("mlflow-artifacts:") && !$0.hasPrefix("file:") } ?? false
        let time = fields["creation_time"]?.integerValue ?? 0
        return try await store.write { [workspace] tx in
            let isDeleted = fields["lifecycle_stage"] == "deleted"
            var experiment = try tx.experiment(named: name, in: workspace)
            if experiment == nil {
                let isFree = try tx.experiment(id: id, in: workspace) == nil
                experiment = try tx.insertExperiment(
                    named: name, artifactLocation: isElsewhere ? location : nil, id: isFree ? id : nil, tags: tags, in: workspace, at: time)
                if isDeleted, let experiment { try tx.setLifecycle(.deleted, ofExperiment: experiment, at: time) }
            }
            guard let experiment else { throw Problem(.internalFault, "the experiment '\(name)' was not stored") }
            return experiment
        }
    }

    private func takeOver(_ fields: StockMLflowFile.Fields, into experiment: ExperimentRecord, _ summary: inout Summary) async throws {
        guard let id = fields["run_uuid"]?.stringValue else { return }
        let (source, workspace) = (source, workspace)
        let points: Int? = try await store.write { tx in
            guard try tx.run(id, in: workspace) == nil else { return nil }
            var run = try tx.insertRun(
                id: id, name: fields["name"]?.stringValue ?? id, userID: fields["user_id"]?.stringValue ?? "",
                status: fields["status"]?.stringValue.flatMap(RunStatus.init) ?? .finished, startTime: fields["start_time"]?.integerValue ?? 0,
                tags: try source.tags(ofRun: id), experiment: experiment, in: workspace)
            for parameter in try source.parameters(ofRun: id) { _ = try tx.insertLabel(parameter, of: run.sequence, in: .parameter) }
            var count = 0
            try source.metrics(ofRun: id, portion: 10_000) { points in
                try tx.logMetrics(points, of: run)
                count += points.count
            }
            try tx.logDatasets(try source.datasets(ofRun: id), of: run)
            run.endTime = fields["end_time"]?.integerValue
            run.lifecycle = fields["lifecycle_stage"] == "deleted" ? .deleted : .active
            try tx.updateRun(run)
            return count
        }
        if let points {
            summary.runs += 1
            summary.metrics += points
        } else {
            summary.knownRuns += 1
        }
    }

    private func takeOver(loggedModel fields: StockMLflowFile.Fields, into experiment: ExperimentRecord) async throws -> Bool {
        guard let id = fields["model_id"]?.stringValue, fields["lifecycle_stage"] != "deleted" else { return false }
        let labels = try source.labels(ofLoggedModel: id)
        let status = fields["status"]?.integerValue.flatMap { 1...3 ~= $0 ? RunService.loggedModelStatuses[Int($0)] : nil }
        return try await store.write { [workspace] tx in
            guard try tx.loggedModel(id, in: workspace) == nil else { return false }
            try tx.insertLoggedModel(
                id: id, name: fields["name"]?.stringValue ?? id, modelType: fields["model_type"]?.stringValue,
                sourceRun: fields["source_run_id"]?.stringValue, status: status ?? RunService.loggedModelStatuses[2], tags: labels.tags,
                parameters: labels.parameters, experiment: experiment, in: workspace, at: fields["creation_timestamp_ms"]?.integerValue ?? 0)
            return true
        }
    }

    // MARK: Registry

    private func takeOver(registeredModel fields: StockMLflowFile.Fields, _ summary: inout Summary) async throws {
        guard let name = fields["name"]?.stringValue else { return }
        do {
            _ = try await registry.create(name, description: fields["description"]?.stringValue, tags: try source.tags(ofModel: name), in: workspace)
            summary.registeredModels += 1
        } catch let problem as Problem where problem.code == .conflict {
            // Here already; its versions may not be.
        } catch let problem as Problem {
            summary.omissions.append("the registered model '\(name)': \(problem.message)")
            return
        }
        for version in try source.versions(ofModel: name) {
            guard let number = version["version"]?.integerValue else { continue }
            do {
                if try await takeOver(version, number, of: name) { summary.modelVersions += 1 }
            } catch let problem as Problem {
                summary.omissions.append("version \(number) of '\(name)': \(problem.message)")
            }
        }
        for alias in try source.aliases(ofModel: name) {
            do {
                try await registry.setAlias(alias.key, version: alias.value, of: name, in: workspace)
            } catch let problem as Problem {
                summary.omissions.append("the alias '\(alias.key)' of '\(name)': \(problem.message)")
            }
        }
    }

    private func takeOver(_ version: StockMLflowFile.Fields, _ number: Int64, of name: String) async throws -> Bool {
        let owner = Principal.owner(named: version["user_id"]?.stringValue ?? "import")
        if (try? await registry.version(String(number), of: name, in: workspace)) != nil { return false }
        try await store.write { [workspace] tx in try tx.skipVersions(of: ModelRegistry.record(name, in: workspace, tx), to: number - 1) }
        _ = try await registry.createVersion(
            of: name, source: place(version["source"]?.stringValue ?? ""), runID: version["run_id"]?.stringValue,
            runLink: version["run_link"]?.stringValue, description: version["description"]?.stringValue,
            tags: try source.tags(ofVersion: number, of: name), modelID: nil, by: owner, in: workspace)
        if let stage = version["current_stage"]?.stringValue, stage != "None" {
            _ = try await registry.transition(String(number), of: name, to: stage, archivingOthers: false, by: owner, in: workspace)
        }
        return true
    }

    /// A source on the other server's disk as the place where its files are now.
    private func place(_ source: String) -> String {
        guard let artifacts else { return source }
        let path = source.hasPrefix("file://") ? String(source.dropFirst("file://".count)) : source
        return path.hasPrefix(artifacts + "/") ? "mlflow-artifacts:/" + path.dropFirst(artifacts.count + 1) : source
    }

    // MARK: Files

    /// Links are passed over: what they point to may be anything.
    private func takeOver(filesIn folder: String, _ summary: inout Summary, _ progress: @Sendable (String) -> Void) async throws {
        guard let walk = FileManager.default.enumerator(atPath: folder) else {
            throw Problem(.notFound, "there is no folder \(folder)", target: "artifacts")
        }
        while let name = walk.nextObject() as? String {
            guard walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            guard let path = try? ArtifactPath(name) else {
                summary.omissions.append("the file \(name): its name is no artifact path")
                continue
            }
            let address = try await blobs.resolve(ArtifactPlace(proxyPath: path).datastorePath, in: workspace)
            let size = (walk.fileAttributes?[.size] as? NSNumber)?.int64Value ?? 0
            if let known = try await blobs.find(address), known.size == size { continue }
            try await blobs.put(address, fileAt: folder + "/" + name)
            summary.files += 1
            summary.bytes += size
            if summary.files.isMultiple(of: 1000) { progress("\(summary.files) files, \(summary.bytes / 1_000_000) MB so far") }
        }
    }
}
