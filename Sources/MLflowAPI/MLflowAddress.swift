internal import Resources

/// A path of this façade taken apart: whose workspace, which API, and the rest as it came (still percent-encoded).
struct MLflowAddress: Equatable {
    enum API: String {
        case mlflow = "mlflow"
        case artifacts = "mlflow-artifacts"
    }

    /// `nil`: the server's default workspace, asked for by a plain client.
    var workspace: WorkspaceID?
    var api: API
    var rest: String

    /// `/api/2.0/mlflow/REST`, `/ajax-api/3.0/mlflow/REST`, `/api/2.0/mlflow-artifacts/REST`; the same below
    /// `/mlflow/v1.0{workspace}` and `/mlflow/v2.0{workspace}`, whose parts are compared without regard to case.
    init?(path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)[...]
        while parts.first?.isEmpty == true { parts.removeFirst() }
        if parts.first?.lowercased() == "mlflow" {
            guard parts.count > 10, let id = Self.workspace(Array(parts.dropFirst(2).prefix(8))) else { return nil }
            workspace = id
            parts = parts.dropFirst(10)
        }
        guard let prefix = parts.popFirst()?.lowercased(), ["api", "ajax-api"].contains(prefix), let version = parts.popFirst(),
            ["2.0", "3.0"].contains(version), let api = parts.popFirst().flatMap({ API(rawValue: $0.lowercased()) })
        else { return nil }
        self.api = api
        rest = parts.joined(separator: "/")
    }

    /// `subscriptions/S/resourceGroups/G/providers/P/workspaces/W`.
    static func workspace(_ parts: [String]) -> WorkspaceID? {
        guard parts.count == 8, parts[0].lowercased() == "subscriptions", parts[2].lowercased() == "resourcegroups",
            parts[4].lowercased() == "providers", parts[6].lowercased() == "workspaces"
        else { return nil }
        return WorkspaceID(subscription: parts[1], resourceGroup: parts[3], name: parts[7])
    }
}
