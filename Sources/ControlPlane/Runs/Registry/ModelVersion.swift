package import MetadataStore
internal import Resources

/// A registered model with the latest version of each stage.
package struct RegisteredModel: Sendable, Hashable {
    package var record: RegisteredModelRecord
    package var latestVersions: [ModelVersion]
}

/// A version of a registered model, read out of the properties of its resource.
package struct ModelVersion: Sendable, Hashable {
    package static let stages = ["None", "Staging", "Production", "Archived"]
    static let sourceKey = "mlflow.source"
    static let runLinkKey = "mlflow.runLink"
    static let modelKey = "mlflow.modelId"

    package var record: ModelVersionRecord
    package var aliases: [String]

    package var name: String { record.name }
    package var version: String { record.version }
    /// Where its files are, as stored for Azure's clients.
    package var uri: String { text("modelUri") ?? "" }
    /// The source as it was given to the registry; the stored URI for models of other doors.
    package var source: String { fact(Self.sourceKey) ?? uri }
    package var runID: String? { text("jobName") }
    package var runLink: String? { fact(Self.runLinkKey) }
    /// The logged model it was made of.
    package var modelID: String? { fact(Self.modelKey) }
    package var description: String { text("description") ?? "" }
    package var stage: String { text("stage") ?? Self.stages[0] }

    package var tags: [LabelRecord] {
        (record.properties["tags"]?.objectValue ?? [:]).compactMap { tag in tag.value.literalText.map { LabelRecord(tag.key, $0) } }
    }

    /// The place of its files in our own store; `nil` when they are elsewhere.
    package var place: ArtifactPlace? { DatastorePath(uri).map { ArtifactPlace($0) } }

    private func text(_ key: String) -> String? { record.properties[key]?.stringValue }
    private func fact(_ key: String) -> String? { record.properties["properties"]?[key]?.stringValue }
}
