/// The address of a workspace in Azure's hierarchy. Azure compares these names without regard to case, so does equality.
package struct WorkspaceID: Sendable, Codable {
    package var subscription: String
    package var resourceGroup: String
    package var name: String

    package init(subscription: String, resourceGroup: String, name: String) {
        self.subscription = subscription
        self.resourceGroup = resourceGroup
        self.name = name
    }

    /// The workspace that `martlet serve` makes in a new data folder.
    package static let standard = WorkspaceID(
        subscription: "00000000-0000-0000-0000-000000000000", resourceGroup: "martlet", name: "default")

    /// The ARM path, without a trailing slash.
    package var path: String {
        "/subscriptions/\(subscription)/resourceGroups/\(resourceGroup)/providers/Microsoft.MachineLearningServices/workspaces/\(name)"
    }

    /// The lower-cased form that storage compares.
    package var key: String { "\(subscription)/\(resourceGroup)/\(name)".lowercased() }
}

extension WorkspaceID: Hashable {
    package static func == (a: WorkspaceID, b: WorkspaceID) -> Bool { a.key == b.key }
    package func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
