package import MetadataStore
package import Resources

extension RunService {
    /// MLflow's states of a logged model by their number on the wire.
    package static let loggedModelStatuses = [
        "LOGGED_MODEL_STATUS_UNSPECIFIED", "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED",
    ]

    package func createLoggedModel(
        in experimentID: String, name: String?, modelType: String?, sourceRun: String?, tags: [LabelRecord], parameters: [LabelRecord],
        workspace: WorkspaceID
    ) async throws -> LoggedModelRecord {
        try Self.check(loggedModelName: name)
        try FactRules.check(freeTags: tags, limit: FactRules.tagLength)
        try FactRules.checkKeys(parameters, path: "params")
        let parameters = FactRules.cut(parameters, at: FactRules.parameterLength)
        let time = now().milliseconds
        let id = "m-" + Self.newID()
        return try await store.write { tx in
            let experiment = try Self.activeExperiment(experimentID, in: workspace, tx)
            try tx.insertLoggedModel(
                id: id, name: name.flatMap { $0.isEmpty ? nil : $0 } ?? RunNames.random(), modelType: modelType, sourceRun: sourceRun,
                status: Self.loggedModelStatuses[1], tags: tags, parameters: parameters, experiment: experiment, in: workspace, at: time)
            return try Self.loggedModel(id, in: workspace, tx)
        }
    }

    package func loggedModel(_ id: String, in workspace: WorkspaceID) async throws -> LoggedModelRecord {
        try await store.read { try Self.loggedModel(id, in: workspace, $0) }
    }

    /// `status` is one of `loggedModelStatuses`.
    package func finishLoggedModel(_ id: String, status: String, in workspace: WorkspaceID) async throws -> LoggedModelRecord {
        try await changeLoggedModel(id, in: workspace) { _, model in model.status = status }
    }

    package func setTags(_ tags: [LabelRecord], ofLoggedModel id: String, in workspace: WorkspaceID) async throws -> LoggedModelRecord {
        try FactRules.check(freeTags: tags, limit: FactRules.tagLength)
        return try await changeLoggedModel(id, in: workspace) { tx, model in
            try tx.saveLabels(tags, of: model.sequence, in: .loggedModelTag)
        }
    }

    package func deleteTag(_ key: String, ofLoggedModel id: String, in workspace: WorkspaceID) async throws {
        _ = try await changeLoggedModel(id, in: workspace) { tx, model in
            guard try tx.deleteLabel(key, of: model.sequence, in: .loggedModelTag) else {
                throw Problem(.notFound, "No tag with key '\(key)' found for model with ID '\(id)'.", target: "key")
            }
        }
    }

    package func logParameters(_ parameters: [LabelRecord], ofLoggedModel id: String, in workspace: WorkspaceID) async throws {
        try FactRules.checkKeys(parameters, path: "params")
        let parameters = FactRules.cut(parameters, at: FactRules.parameterLength)
        _ = try await changeLoggedModel(id, in: workspace) { tx, model in
            try tx.saveLabels(parameters, of: model.sequence, in: .loggedModelParameter)
        }
    }

    package func deleteLoggedModel(_ id: String, in workspace: WorkspaceID) async throws {
        let time = now().milliseconds
        try await store.write { try $0.updateLoggedModel(Self.loggedModel(id, in: workspace, $0), lifecycle: .deleted, at: time) }
    }

    package func searchLoggedModels(
        experiments ids: [String], filter: String?, orderBy: [(field: String, isAscending: Bool)],
        dataset: (name: String, digest: String?)?,
        maxResults: Int?, pageToken: String?, in workspace: WorkspaceID
    ) async throws -> Page<LoggedModelRecord> {
        var query = try SearchParser.query(filter: filter, orderBy: [], vocabulary: .loggedModels)
        query.order = try orderBy.map { order throws(Problem) in
            try SearchParser.order(field: order.field, isAscending: order.isAscending, vocabulary: .loggedModels)
        }
        for index in query.conditions.indices {
            if query.conditions[index].subject == .attribute("status"), case .text(let text) = query.conditions[index].operand {
                query.conditions[index].operand = .text(text.hasPrefix("LOGGED_MODEL_") ? text : "LOGGED_MODEL_" + text)
            }
        }
        let limit = try PageOffset.limit(maxResults, standard: 100, maximum: 50_000)
        let offset = try PageOffset.offset(of: pageToken)
        let found = try await store.read { [query] tx in
            try tx.searchLoggedModels(
                query, experiments: ids.compactMap(Int64.init), dataset: dataset, in: workspace, limit: limit + 1, offset: offset)
        }
        return PageOffset.page(found, limit: limit, offset: offset)
    }

    /// A client of Azure's own tracking plug-in has put an `MLmodel` file into a folder of a run without telling us of a
    /// logged model. It finds the model again only by a search for one of that name and run (azure-wire.md G3).
    package func adoptModel(at folder: ArtifactPath, ofRun id: String, in workspace: WorkspaceID) async throws {
        guard let name = folder.text.split(separator: "/").last.map(String.init) else { return }
        let time = now().milliseconds
        let place = ArtifactPlace(owner: id, path: folder)
        try await store.write { tx in
            guard let run = try tx.run(id, in: workspace), let experiment = try tx.experiment(id: run.experimentID, in: workspace) else {
                return
            }
            let query = SearchQuery(conditions: [
                .init(.attribute("name"), .equal, .text(name)), .init(.attribute("source_run_id"), .equal, .text(id)),
            ])
            guard
                try tx.searchLoggedModels(query, experiments: [run.experimentID], dataset: nil, in: workspace, limit: 1, offset: 0).isEmpty
            else { return }
            try tx.insertLoggedModel(
                id: "m-" + Self.newID(), name: name, modelType: nil, sourceRun: id, status: Self.loggedModelStatuses[2],
                artifactPath: place.path,
                tags: [], parameters: [], experiment: experiment, in: workspace, at: time)
        }
    }

    /// The same for a file that came through MLflow's own proxy, which Azure's plug-in may be asked to register later.
    /// Nothing happens unless it is an `MLmodel` in a folder of a run.
    package func adoptModel(describedBy file: ArtifactPlace, in workspace: WorkspaceID) async throws {
        guard file.datastore == ArtifactPlace.artifactStore,
            let match = file.path.wholeMatch(of: /ExperimentRun\/dcid\.([^\/]+)\/(.+)\/MLmodel/)
        else { return }
        try await adoptModel(at: ArtifactPath(String(match.2)), ofRun: String(match.1), in: workspace)
    }

    static func loggedModel(_ id: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> LoggedModelRecord {
        guard let model = try tx.loggedModel(id, in: workspace) else {
            throw Problem(.notFound, "Logged model with ID '\(id.prefix(256))' not found.", target: "model_id")
        }
        return model
    }

    private func changeLoggedModel(
        _ id: String, in workspace: WorkspaceID, _ body: @escaping @Sendable (MetadataTransaction, inout LoggedModelRecord) throws -> Void
    ) async throws -> LoggedModelRecord {
        let time = now().milliseconds
        return try await store.write { tx in
            var model = try Self.loggedModel(id, in: workspace, tx)
            try body(tx, &model)
            try tx.updateLoggedModel(model, at: time)
            return try Self.loggedModel(id, in: workspace, tx)
        }
    }

    private static func check(loggedModelName name: String?) throws(Problem) {
        guard let name else { return }
        guard !name.contains(where: { "/:.%\"'".contains($0) }) else {
            throw Problem(
                .invalidInput,
                "Invalid model name (\(FactRules.quoted(name))) provided. Model name must be a non-empty string and cannot "
                    + "contain the following characters: ('/', ':', '.', '%', '\"', \"'\")",
                target: "name")
        }
        try FactRules.check(value: name, field: "name", limit: 500)
    }
}
