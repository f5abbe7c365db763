package import MetadataStore
package import Resources

extension ModelRegistry {
    /// Registers the next version of a model.
    /// - Parameter source: where the files are; see `ModelSource`.
    package func createVersion(
        of name: String, source: String, runID: String?, runLink: String?, description: String?, tags: [LabelRecord], modelID: String?,
        by principal: Principal, in workspace: WorkspaceID
    ) async throws -> ModelVersion {
        try FactRules.check(freeTags: tags, limit: FactRules.registryValueLength)
        let isPrompt = tags.contains { $0.key == Self.promptTag && $0.value == "true" }
        let resolved = try await store.read { tx in
            _ = try Self.record(name, in: workspace, tx)
            return try ModelSource(source, model: name, isPrompt: isPrompt, workspace: workspace, tx)
        }
        var properties: JSON = [
            "modelUri": .string(resolved.uri), "modelType": .string(try await modelType(of: resolved, in: workspace)),
            "description": .string(description ?? ""), "tags": Self.object(tags), "flavors": [:],
        ]
        if let run = runID.flatMap({ $0.isEmpty ? nil : $0 }) ?? resolved.run { properties["jobName"] = .string(run) }
        var facts: JSON = [ModelVersion.sourceKey: .string(source)]
        if let runLink, !runLink.isEmpty { facts[ModelVersion.runLinkKey] = .string(runLink) }
        if let model = modelID.flatMap({ $0.isEmpty ? nil : $0 }) ?? resolved.model { facts[ModelVersion.modelKey] = .string(model) }
        properties["properties"] = facts

        let number = try await store.write { tx in try tx.takeNextVersion(of: Self.record(name, in: workspace, tx), in: workspace) }
        let id = ResourceID(workspace: workspace, kind: Self.kind, name: name, version: String(number))
        _ = try await resources.put(id, body: ["properties": properties], by: principal)
        try await store.write { [properties] tx in
            var data: JSON = ["name": .string(name), "version": .string(String(number)), "tags": Self.object(tags), "description": JSON(description)]
            if isPrompt {
                data["template"] = JSON(tags.first { $0.key == "mlflow.prompt.text" }?.value)
            } else {
                data["source"] = .string(source)
                data["run_id"] = properties["jobName"] ?? .null
            }
            try announce(isPrompt ? "PROMPT_VERSION.CREATED" : "MODEL_VERSION.CREATED", data, in: workspace, tx)
        }
        return try await version(String(number), of: name, in: workspace)
    }

    package func version(_ version: String, of name: String, in workspace: WorkspaceID) async throws -> ModelVersion {
        try await store.read { try Self.version(version, of: name, in: workspace, $0) }
    }

    package func update(
        _ version: String, of name: String, description: String, by principal: Principal, in workspace: WorkspaceID
    ) async throws -> ModelVersion {
        try await change(version, of: name, by: principal, in: workspace) { $0["description"] = .string(description) }
    }

    package func setTag(
        _ tag: LabelRecord, ofVersion version: String, of name: String, by principal: Principal, in workspace: WorkspaceID
    ) async throws {
        try FactRules.check(freeTags: [tag], limit: FactRules.registryValueLength)
        _ = try await change(version, of: name, by: principal, in: workspace) { properties in
            var tags = properties["tags"] ?? [:]
            tags[tag.key] = .string(tag.value)
            properties["tags"] = tags
        }
        try await announceTag("SET", tag.key, tag.value, ofVersion: version, of: name, in: workspace)
    }

    /// Nothing happens when there is no such tag.
    package func deleteTag(
        _ key: String, ofVersion version: String, of name: String, by principal: Principal, in workspace: WorkspaceID
    ) async throws {
        _ = try await change(version, of: name, by: principal, in: workspace) { properties in
            var tags = properties["tags"] ?? [:]
            tags[key] = nil
            properties["tags"] = tags
        }
        try await announceTag("DELETED", key, nil, ofVersion: version, of: name, in: workspace)
    }

    private func announceTag(
        _ action: String, _ key: String, _ value: String?, ofVersion version: String, of name: String, in workspace: WorkspaceID
    ) async throws {
        try await store.write { tx in
            var data: JSON = ["name": .string(name), "version": .string(version), "key": .string(key)]
            if let value { data["value"] = .string(value) }
            let isPrompt = Self.isPrompt(try Self.record(name, in: workspace, tx).tags)
            try announce((isPrompt ? "PROMPT_VERSION_TAG." : "MODEL_VERSION_TAG.") + action, data, in: workspace, tx)
        }
    }

    /// Moves a version to a stage; with `archivingOthers`, what stood there goes to Archived.
    package func transition(
        _ version: String, of name: String, to stage: String, archivingOthers: Bool, by principal: Principal, in workspace: WorkspaceID
    ) async throws -> ModelVersion {
        guard let stage = ModelVersion.stages.first(where: { $0.lowercased() == stage.lowercased() }) else {
            throw Problem(
                .invalidInput,
                "Invalid Model Version stage: \(stage). Value must be one of \(ModelVersion.stages.joined(separator: ", ")).",
                target: "stage")
        }
        guard !archivingOthers || stage == "Staging" || stage == "Production" else {
            throw Problem(
                .invalidInput,
                "Model version transition cannot archive existing model versions because '\(stage)' is not an Active stage. "
                    + "Valid stages are Staging, Production",
                target: "archive_existing_versions")
        }
        if archivingOthers {
            let others = try await store.read { try Self.versions(of: name, in: workspace, $0) }
            for other in others where other.stage == stage && other.version != version {
                _ = try await change(other.version, of: name, by: principal, in: workspace) { $0["stage"] = "Archived" }
            }
        }
        return try await change(version, of: name, by: principal, in: workspace) { $0["stage"] = .string(stage) }
    }

    package func delete(_ version: String, of name: String, in workspace: WorkspaceID) async throws {
        let time = now().milliseconds
        try await store.write { tx in
            let model = try Self.record(name, in: workspace, tx)
            try Self.remove(Self.version(version, of: name, in: workspace, tx), in: workspace, at: time, tx)
            try tx.deleteAliases(ofVersion: version, of: model)
            try tx.updateRegisteredModel(model, at: time)
        }
    }

    /// The highest version of each stage, or of the stages that are named.
    package func latestVersions(of name: String, stages: [String], in workspace: WorkspaceID) async throws -> [ModelVersion] {
        for stage in stages where !ModelVersion.stages.contains(where: { $0.lowercased() == stage.lowercased() }) {
            throw Problem(
                .invalidInput,
                "Invalid Model Version stage: \(stage). Value must be one of \(ModelVersion.stages.joined(separator: ", ")).",
                target: "stages")
        }
        let latest = try await model(name, in: workspace).latestVersions
        return stages.isEmpty ? latest : latest.filter { version in stages.contains { $0.lowercased() == version.stage.lowercased() } }
    }

    package func searchVersions(
        filter: String?, orderBy: [String], maxResults: Int?, pageToken: String?, in workspace: WorkspaceID
    ) async throws -> Page<ModelVersion> {
        var query = try SearchParser.query(filter: filter, orderBy: orderBy, vocabulary: .modelVersions)
        let prompts = try Self.takePromptCondition(from: &query)
        let limit = try PageOffset.limit(maxResults, standard: 10_000, maximum: 200_000)
        let offset = try PageOffset.offset(of: pageToken)
        return try await store.read { [query] tx in
            let found = try tx.searchModelVersions(query, prompts: prompts, in: workspace, limit: limit + 1, offset: offset)
            let page = PageOffset.page(found, limit: limit, offset: offset)
            var aliases: [String: [LabelRecord]] = [:]
            for name in Set(page.items.map(\.name)) { aliases[name] = try tx.registeredModel(name, in: workspace)?.aliases ?? [] }
            return Page(items: page.items.map { Self.version($0, aliases: aliases[$0.name] ?? []) }, nextToken: page.nextToken)
        }
    }

    // MARK: Pieces

    static func version(_ version: String, of name: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> ModelVersion {
        let model = try record(name, in: workspace, tx)
        let id = ResourceID(workspace: workspace, kind: kind, name: name, version: version)
        guard let resource = try tx.resource(id) else {
            throw Problem(.notFound, "Model Version (name=\(name), version=\(version.prefix(64))) not found", target: "version")
        }
        let system = resource.systemData
        let record = ModelVersionRecord(
            name: name, version: version, properties: resource.properties, createdAt: system.createdAt.milliseconds,
            modifiedAt: system.lastModifiedAt.milliseconds, createdBy: system.createdBy)
        return Self.version(record, aliases: model.aliases)
    }

    /// All versions, the highest first.
    static func versions(
        of name: String, in workspace: WorkspaceID, _ tx: MetadataTransaction, aliases: [LabelRecord] = []
    ) throws -> [ModelVersion] {
        let query = SearchQuery(
            conditions: [.init(.attribute("name"), .equal, .text(name))], order: [.init(.attribute("version_number"), isAscending: false)])
        return try tx.searchModelVersions(query, prompts: nil, in: workspace, limit: .max, offset: 0).map { version($0, aliases: aliases) }
    }

    private static func version(_ record: ModelVersionRecord, aliases: [LabelRecord]) -> ModelVersion {
        ModelVersion(record: record, aliases: aliases.filter { $0.value == record.version }.map(\.key))
    }

    /// A deployment that runs with a version holds it.
    static func checkUnused(_ version: ModelVersion, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws {
        let id = ResourceID(workspace: workspace, kind: kind, name: version.name, version: version.version)
        guard let user = try tx.referrers(of: id).first(where: { $0.id.kind.hasSuffix("/deployments") }) else { return }
        throw Problem(
            .preconditionFailed,
            "the model version '\(id)' is in use by the deployment '\(user.id)'; delete the deployment or move it to another version first",
            target: "version")
    }

    static func remove(_ version: ModelVersion, in workspace: WorkspaceID, at time: Int64, _ tx: MetadataTransaction) throws {
        try checkUnused(version, in: workspace, tx)
        let id = ResourceID(workspace: workspace, kind: kind, name: version.name, version: version.version)
        try tx.deleteResource(id)
        try tx.appendChange(of: id, action: "deleted", at: .init(milliseconds: time))
    }

    /// Changes properties of a version through the same door as everybody; a change in between is seen and repeated over.
    private func change(
        _ version: String, of name: String, by principal: Principal, in workspace: WorkspaceID, _ body: @Sendable (inout JSON) -> Void
    ) async throws -> ModelVersion {
        _ = try await self.version(version, of: name, in: workspace)
        let id = ResourceID(workspace: workspace, kind: Self.kind, name: name, version: version)
        for attempt in 0... {
            let resource = try await resources.get(id)
            var envelope = resource.envelope
            var properties = resource.properties
            body(&properties)
            envelope["properties"] = properties
            do {
                _ = try await resources.put(id, body: envelope, by: principal, ifMatch: resource.revision)
                break
            } catch let problem as Problem where problem.code == .preconditionFailed && attempt < 10 {
                continue
            }
        }
        return try await self.version(version, of: name, in: workspace)
    }

    /// An `MLmodel` file makes a folder an MLflow model.
    private func modelType(of source: ModelSource, in workspace: WorkspaceID) async throws -> String {
        guard let place = source.place else { return "mlflow_model" }
        let address = try await blobs.resolve(place.datastorePath, in: workspace)
        return try await blobs.find(address.appending("MLmodel")) == nil ? "custom_model" : "mlflow_model"
    }
}
