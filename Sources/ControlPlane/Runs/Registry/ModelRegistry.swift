package import Foundation
package import MetadataStore
package import Resources

/// MLflow's model registry over the kind `models`: a registered model is the asset as a whole, a model version is a version
/// of it, so `martlet model list`, Azure's clients and MLflow see one and the same.
package struct ModelRegistry: Sendable {
    static let kind = "models"
    static let promptTag = "mlflow.prompt.is_prompt"

    let store: MetadataStore
    let resources: ResourceService
    let blobs: BlobService
    let now: @Sendable () -> Date

    package init(
        store: MetadataStore, resources: ResourceService, blobs: BlobService, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.resources = resources
        self.blobs = blobs
        self.now = now
    }

    /// Gives a model that was put through any other door its place in the registry.
    package static let modelCompanion: ResourceService.Companion = { tx, model, _ in
        guard model.id.version != nil, model.properties["isAnonymous"]?.boolValue != true else { return }
        let time = model.systemData.lastModifiedAt.milliseconds
        guard try !tx.insertRegisteredModel(model.id.name, in: model.id.workspace, at: time) else { return }
        if let registered = try tx.registeredModel(model.id.name, in: model.id.workspace) {
            try tx.updateRegisteredModel(registered, at: time)
        }
    }

    // MARK: Registered models

    package func create(
        _ name: String, description: String?, tags: [LabelRecord], in workspace: WorkspaceID
    ) async throws -> RegisteredModel {
        try Self.check(name: name)
        try FactRules.check(freeTags: tags, limit: FactRules.registryValueLength)
        let time = now().milliseconds
        return try await store.write { tx in
            guard try tx.insertRegisteredModel(name, description: description ?? "", tags: tags, in: workspace, at: time) else {
                throw Problem(.conflict, "Registered Model (name=\(name)) already exists", target: "name")
            }
            let isPrompt = Self.isPrompt(tags)
            try announce(
                isPrompt ? "PROMPT.CREATED" : "REGISTERED_MODEL.CREATED",
                ["name": .string(name), "tags": Self.object(tags), "description": JSON(description)], in: workspace, tx)
            return try Self.model(name, in: workspace, tx)
        }
    }

    package func model(_ name: String, in workspace: WorkspaceID) async throws -> RegisteredModel {
        try await store.read { try Self.model(name, in: workspace, $0) }
    }

    package func update(_ name: String, description: String, in workspace: WorkspaceID) async throws -> RegisteredModel {
        try await change(name, in: workspace) { _, model in model.description = description }
    }

    /// Moves the model and its versions to another name. A model that is in use keeps its name.
    package func rename(_ name: String, to newName: String, in workspace: WorkspaceID) async throws -> RegisteredModel {
        try Self.check(name: newName, field: "new_name")
        let time = now().milliseconds
        return try await store.write { tx in
            let model = try Self.record(name, in: workspace, tx)
            guard try tx.registeredModel(newName, in: workspace) == nil else {
                throw Problem(.conflict, "Registered Model (name=\(newName)) already exists", target: "new_name")
            }
            for version in try Self.versions(of: name, in: workspace, tx) { try Self.checkUnused(version, in: workspace, tx) }
            try tx.renameRegisteredModel(model, to: newName, in: workspace, at: time)
            return try Self.model(newName, in: workspace, tx)
        }
    }

    /// Removes the model with its versions, unless a deployment uses one of them.
    package func delete(_ name: String, in workspace: WorkspaceID) async throws {
        let time = now().milliseconds
        try await store.write { tx in
            let model = try Self.record(name, in: workspace, tx)
            for version in try Self.versions(of: name, in: workspace, tx) { try Self.remove(version, in: workspace, at: time, tx) }
            try tx.deleteRegisteredModel(model)
        }
    }

    package func setTag(_ tag: LabelRecord, of name: String, in workspace: WorkspaceID) async throws {
        try FactRules.check(freeTags: [tag], limit: FactRules.registryValueLength)
        _ = try await change(name, in: workspace) { tx, model in
            try tx.saveLabels([tag], of: model.sequence, in: .registeredModelTag)
            guard Self.isPrompt(model.tags) else { return }
            try announce("PROMPT_TAG.SET", ["name": .string(name), "key": .string(tag.key), "value": .string(tag.value)], in: workspace, tx)
        }
    }

    /// Nothing happens when there is no such tag.
    package func deleteTag(_ key: String, of name: String, in workspace: WorkspaceID) async throws {
        _ = try await change(name, in: workspace) { tx, model in
            let isThere = try tx.deleteLabel(key, of: model.sequence, in: .registeredModelTag)
            guard isThere, Self.isPrompt(model.tags) else { return }
            try announce("PROMPT_TAG.DELETED", ["name": .string(name), "key": .string(key)], in: workspace, tx)
        }
    }

    package func search(
        filter: String?, orderBy: [String], maxResults: Int?, pageToken: String?, in workspace: WorkspaceID
    ) async throws -> Page<RegisteredModel> {
        var query = try SearchParser.query(filter: filter, orderBy: orderBy, vocabulary: .registeredModels)
        let prompts = try Self.takePromptCondition(from: &query) ?? false
        let limit = try PageOffset.limit(maxResults, standard: 100, maximum: 1000)
        let offset = try PageOffset.offset(of: pageToken)
        return try await store.read { [query] tx in
            let found = try tx.searchRegisteredModels(query, prompts: prompts, in: workspace, limit: limit + 1, offset: offset)
            let page = PageOffset.page(found, limit: limit, offset: offset)
            return Page(items: try page.items.map { try Self.model($0, in: workspace, tx) }, nextToken: page.nextToken)
        }
    }

    // MARK: Aliases

    package func setAlias(_ alias: String, version: String, of name: String, in workspace: WorkspaceID) async throws {
        try Self.check(alias: alias)
        _ = try await change(name, in: workspace) { tx, model in
            _ = try Self.version(version, of: name, in: workspace, tx)
            try tx.setAlias(alias, version: version, of: model)
            try announce(
                Self.isPrompt(model.tags) ? "PROMPT_ALIAS.CREATED" : "MODEL_VERSION_ALIAS.CREATED",
                ["name": .string(name), "alias": .string(alias), "version": .string(version)], in: workspace, tx)
        }
    }

    package func deleteAlias(_ alias: String, of name: String, in workspace: WorkspaceID) async throws {
        _ = try await change(name, in: workspace) { tx, model in
            try tx.deleteAlias(alias, of: model)
            try announce(
                Self.isPrompt(model.tags) ? "PROMPT_ALIAS.DELETED" : "MODEL_VERSION_ALIAS.DELETED",
                ["name": .string(name), "alias": .string(alias)], in: workspace, tx)
        }
    }

    package func version(alias: String, of name: String, in workspace: WorkspaceID) async throws -> ModelVersion {
        try await store.read { tx in
            let model = try Self.record(name, in: workspace, tx)
            if alias.lowercased() == "latest", let latest = try Self.versions(of: name, in: workspace, tx).first { return latest }
            guard let version = model.aliases.first(where: { $0.key.lowercased() == alias.lowercased() })?.value else {
                throw Problem(.invalidInput, "Registered model alias \(alias) not found.", target: "alias")
            }
            return try Self.version(version, of: name, in: workspace, tx)
        }
    }

    // MARK: Rules

    static func check(name: String, field: String = "name") throws(Problem) {
        guard !name.isEmpty else { throw Problem(.invalidInput, "Registered model name cannot be empty.", target: field) }
        guard ResourceName.isValidRegisteredModel(name) else {
            throw Problem(
                .invalidInput,
                "Invalid model name: \(FactRules.quoted(name)). A name has up to 255 bytes, is no path, and holds no '/', ':', '\\', '%', "
                    + "'#', '?', control or combining characters.",
                target: field)
        }
    }

    private static func check(alias: String) throws(Problem) {
        guard !alias.isEmpty else { throw FactRules.missing("alias") }
        let isWord =
            alias.utf8.count <= 255
            && alias.utf8.allSatisfy {
                0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
        guard isWord else {
            throw Problem(
                .invalidInput,
                "Invalid alias name: \(FactRules.quoted(alias)). Names may only contain alphanumerics, underscores (_), and "
                    + "dashes (-), up to 255.",
                target: "alias")
        }
        let lowered = alias.lowercased()
        guard lowered != "latest",
            !(lowered.hasPrefix("v") && lowered.count > 1 && lowered.dropFirst().utf8.allSatisfy { 0x30...0x39 ~= $0 })
        else {
            throw Problem(
                .invalidInput, "'\(alias)' alias name is reserved: 'latest' and 'v' with a number have a meaning of their own.",
                target: "alias")
        }
    }

    /// Takes the condition on the prompt tag out of a query: a missing tag counts as `false`.
    static func takePromptCondition(from query: inout SearchQuery) throws(Problem) -> Bool? {
        guard let index = query.conditions.firstIndex(where: { $0.subject == .tag(promptTag) }) else { return nil }
        let condition = query.conditions.remove(at: index)
        guard case .text(let text) = condition.operand, [.equal, .notEqual].contains(condition.comparison) else {
            throw Problem(.invalidInput, "the tag \(promptTag) is compared by = or != with 'true' or 'false'", target: "filter")
        }
        return (text.lowercased() == "true") == (condition.comparison == .equal)
    }

    // MARK: Pieces

    static func isPrompt(_ tags: [LabelRecord]) -> Bool { tags.contains { $0.key == promptTag && $0.value.lowercased() == "true" } }

    static func object(_ labels: [LabelRecord]) -> JSON { .object(JSONObject(labels.map { ($0.key, .string($0.value)) })) }

    /// Tells the webhooks that want to know.
    func announce(_ event: String, _ data: @autoclosure () -> JSON, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws {
        let date = now()
        try tx.announce(event, WebhookMessage.body(event, data(), at: date), in: workspace, at: date.milliseconds)
    }

    static func record(_ name: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> RegisteredModelRecord {
        guard let model = try tx.registeredModel(name, in: workspace) else {
            throw Problem(.notFound, "Registered Model with name=\(name.prefix(256)) not found", target: "name")
        }
        return model
    }

    private static func model(_ name: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> RegisteredModel {
        try model(record(name, in: workspace, tx), in: workspace, tx)
    }

    private static func model(
        _ record: RegisteredModelRecord, in workspace: WorkspaceID, _ tx: MetadataTransaction
    ) throws -> RegisteredModel {
        let versions = try versions(of: record.name, in: workspace, tx, aliases: record.aliases)
        var stages: Set<String> = []
        return RegisteredModel(record: record, latestVersions: versions.filter { stages.insert($0.stage).inserted })
    }

    private func change(
        _ name: String, in workspace: WorkspaceID,
        _ body: @escaping @Sendable (MetadataTransaction, inout RegisteredModelRecord) throws -> Void
    ) async throws -> RegisteredModel {
        let time = now().milliseconds
        return try await store.write { tx in
            var model = try Self.record(name, in: workspace, tx)
            try body(tx, &model)
            try tx.updateRegisteredModel(model, at: time)
            return try Self.model(name, in: workspace, tx)
        }
    }
}
