package import Resources

/// Every kind of Martlet: the only line that a new kind adds outside its folder.
package enum AllKinds {
    package static let list: [any YAMLKind.Type] = [
        WorkspaceKind.self,
        Datastore.self,
        Compute.self,
        DataAsset.self,
        ModelAsset.self,
        EnvironmentAsset.self,
        CodeAsset.self,
        ComponentAsset.self,
        Job.self,
        OnlineEndpoint.self,
        OnlineDeployment.self,
        BatchEndpoint.self,
        BatchDeployment.self,
        Schedule.self,
    ]

    package static let registry = KindRegistry(list)

    /// The kind of a CLI noun, with its YAML face.
    package static func kind(noun: String) -> (any YAMLKind.Type)? { list.first { $0.noun == noun } }
    /// The kind of an ARM collection, with its YAML face.
    package static func kind(path: String) -> (any YAMLKind.Type)? { list.first { $0.path.lowercased() == path.lowercased() } }
}
