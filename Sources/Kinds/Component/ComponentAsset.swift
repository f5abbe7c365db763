package import Resources

/// What engines read of a component's `componentSpec`, which is its YAML as JSON.
package struct ComponentSpec: Codable, Sendable, Hashable {
    package var type: String?
    package var command: String?
    /// `azureml:` and an ARM id.
    package var code: String?
    package var environment: String?
    package var inputs: [String: Input]?
    package var outputs: [String: Output]?
    package var distribution: Distribution?
    package var resources: JobResources?
    package var environmentVariables: [String: String]?
    package var isDeterministic: Bool?
    package var displayName: String?

    package struct Input: Codable, Sendable, Hashable {
        package var type: String?
        /// A text, whatever the type.
        package var defaultValue: JSON?
        package var optional: JSON?

        package var isOptional: Bool { optional?.boolValue ?? (optional?.stringValue?.lowercased() == "true") }

        enum CodingKeys: String, CodingKey {
            case type, optional
            case defaultValue = "default"
        }
    }

    package struct Output: Codable, Sendable, Hashable {
        package var type: String?
        package var mode: String?
    }

    enum CodingKeys: String, CodingKey {
        case type, command, code, environment, inputs, outputs, distribution, resources
        case environmentVariables = "environment_variables"
        case isDeterministic = "is_deterministic"
        case displayName = "display_name"
    }
}
