/// What engines read of a model.
package struct ModelProperties: Codable, Sendable, Hashable {
    package var modelUri: String
    /// `custom_model`, `mlflow_model`, `triton_model`.
    package var modelType: String
    package var description: String?
    package var tags: [String: String]?
    /// Facts such as mAP.
    package var properties: [String: String]?
    /// The run that made it.
    package var jobName: String?
    package var stage: String?
}
