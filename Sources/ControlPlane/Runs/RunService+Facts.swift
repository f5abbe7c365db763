package import MetadataStore
package import Resources

extension RunService {
    /// Logs metrics, parameters and tags in one transaction: all or none.
    ///
    /// Logging a metric point twice is a no-op; a parameter keeps its first value, and another one is a problem. Values of
    /// parameters and tags that are too long are cut, as stock MLflow does.
    /// - Parameter isSingle: messages name the fields of a request for one fact, not of a batch.
    package func logBatch(
        metrics: [MetricRecord] = [], parameters: [LabelRecord] = [], tags: [LabelRecord] = [], ofRun id: String, in workspace: WorkspaceID,
        isSingle: Bool = false
    ) async throws {
        if isSingle {
            for key in metrics.map(\.key) + parameters.map(\.key) + tags.map(\.key) { try FactRules.check(key: key, field: "key") }
        } else {
            try Self.checkSizes(metrics.count, parameters.count, tags.count)
            try FactRules.check(metrics: metrics)
            try FactRules.checkKeys(parameters, path: "params")
            try FactRules.checkKeys(tags, path: "tags")
        }
        try Self.checkDuplicates(parameters)
        let tags = FactRules.cut(tags, at: FactRules.tagLength)
        let parameters = FactRules.cut(parameters, at: FactRules.parameterLength)
        try await store.write { tx in
            var run = try Self.activeRun(id, in: workspace, tx)
            for parameter in parameters {
                guard let stored = try tx.insertLabel(parameter, of: run.sequence, in: .parameter) else { continue }
                throw Problem(
                    .invalidInput,
                    "Changing param values is not allowed. Param with key='\(parameter.key)' was already logged with "
                        + "value='\(stored)' for run ID='\(id)'. Attempted logging new value '\(parameter.value)'.",
                    target: "params")
            }
            try tx.logMetrics(metrics, of: run)
            let measures = metrics.filter { $0.model != nil }
            if !measures.isEmpty { try tx.logModelMetrics(measures.map { $0.measured(by: run.id) }, in: workspace) }
            try tx.saveLabels(tags, of: run.sequence, in: .runTag)
            if let name = tags.last(where: { $0.key == Self.runNameTag })?.value, name != run.name {
                run.name = name
                try tx.updateRun(run)
            }
        }
    }

    private static func checkSizes(_ metrics: Int, _ parameters: Int, _ tags: Int) throws(Problem) {
        let limits = [
            ("metrics", metrics, FactRules.metricsPerBatch), ("params", parameters, FactRules.parametersPerBatch),
            ("tags", tags, FactRules.tagsPerBatch),
            ("metrics, params, and tags", metrics + parameters + tags, FactRules.entitiesPerBatch),
        ]
        for (name, count, limit) in limits where count > limit {
            throw Problem(
                .invalidInput,
                "A batch logging request can contain at most \(limit) \(name). Got \(count) \(name). Please split up \(name) "
                    + "across multiple requests and try again.",
                target: name)
        }
    }

    private static func checkDuplicates(_ parameters: [LabelRecord]) throws(Problem) {
        var values: [String: String] = [:]
        for parameter in parameters {
            if let earlier = values.updateValue(parameter.value, forKey: parameter.key), earlier != parameter.value {
                throw Problem(
                    .invalidInput,
                    "Duplicate parameter keys have been submitted: ['\(parameter.key)']. Please ensure the request contains only "
                        + "one param value per param key.",
                    target: "params")
            }
        }
    }

    // MARK: Inputs

    package func logInputs(datasets: [DatasetRecord], models: [RunModelRecord], ofRun id: String, in workspace: WorkspaceID) async throws {
        for (index, dataset) in datasets.enumerated() {
            let limits = [
                ("name", dataset.name, 500), ("digest", dataset.digest, 36), ("source_type", dataset.sourceType, 500),
                ("source", dataset.source, 65_535),
                ("schema", dataset.schema ?? "", 1_048_575), ("profile", dataset.profile ?? "", 16_777_215),
            ]
            for (field, value, limit) in limits {
                try FactRules.check(value: value, field: "datasets[\(index)].dataset.\(field)", limit: limit)
            }
            for tag in dataset.tags {
                try FactRules.check(value: tag.key, field: "datasets[\(index)].tags.key", limit: 255)
                try FactRules.check(value: tag.value, field: "datasets[\(index)].tags.value", limit: 500)
            }
        }
        try await store.write { tx in
            let run = try Self.activeRun(id, in: workspace, tx)
            try tx.logDatasets(datasets, of: run)
            try tx.logModels(models, of: run)
        }
    }

    /// The datasets that runs of experiments read.
    package func datasets(
        inExperiments ids: [String], in workspace: WorkspaceID
    ) async throws -> [(experiment: Int64, dataset: DatasetRecord)] {
        guard ids.count <= 20 else {
            throw Problem(
                .invalidInput, "Invalid number of experiments: at most 20 are searched for datasets, got \(ids.count)",
                target: "experiment_ids")
        }
        return try await store.read { try $0.datasets(inExperiments: ids.compactMap(Int64.init), of: workspace, limit: 1000) }
    }
}

extension MetricRecord {
    /// With the run that logged it among the model's facts.
    fileprivate func measured(by run: String) -> MetricRecord {
        var copy = self
        copy.model?.run = run
        return copy
    }
}
