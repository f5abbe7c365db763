internal import Foundation
package import Resources

/// What a workspace says of itself, and how one is furnished.
package struct WorkspaceDescription: Sendable {
    /// The only "region" there is.
    package static let location = "local"

    /// `https://127.0.0.1:8443`, without a trailing slash.
    package let baseURL: String
    /// The workspace of the data folder.
    package let home: WorkspaceID
    let accountKey: String
    /// ARM's description of this machine as a VM size.
    let machineSize: JSON
    /// Stores the workspace and its standard datastores and computes; harmless when they are there.
    let create: @Sendable (WorkspaceID) async throws -> Void

    package init(
        baseURL: String, home: WorkspaceID, accountKey: String, machineSize: JSON,
        create: @escaping @Sendable (WorkspaceID) async throws -> Void
    ) {
        self.baseURL = baseURL
        self.home = home
        self.accountKey = accountKey
        self.machineSize = machineSize
        self.create = create
    }

    func storageAccountID(of id: WorkspaceID) -> String {
        "/subscriptions/\(id.subscription)/resourceGroups/\(id.resourceGroup)/providers/Microsoft.Storage/storageAccounts/martlet"
    }

    func body(of id: WorkspaceID) -> JSON {
        let authority = baseURL.replacing("https://", with: "")
        let group = "/subscriptions/\(id.subscription)/resourceGroups/\(id.resourceGroup)/providers"
        return [
            "id": .string(id.path), "name": .string(id.name), "type": "Microsoft.MachineLearningServices/workspaces",
            "location": .string(Self.location), "kind": "Default", "tags": [:], "sku": ["name": "Basic", "tier": "Basic"],
            "identity": [
                "type": "SystemAssigned", "principalId": .string(WorkspaceID.standard.subscription), "tenantId": .string(WorkspaceID.standard.subscription),
            ],
            "properties": [
                "friendlyName": .string(id.name), "description": "", "workspaceId": .string(guid(of: id)), "provisioningState": "Succeeded",
                "discoveryUrl": .string("\(baseURL)/discovery"), "mlFlowTrackingUri": .string("azureml://\(authority)/mlflow/v1.0\(id.path)"),
                "storageAccount": .string(storageAccountID(of: id)), "keyVault": .string("\(group)/Microsoft.KeyVault/vaults/martlet"),
                "applicationInsights": .string("\(group)/Microsoft.Insights/components/martlet"), "hbiWorkspace": false,
                "publicNetworkAccess": "Disabled",
            ],
        ]
    }

    /// A stable GUID made from the address (FNV-1a over two seeds).
    private func guid(of id: WorkspaceID) -> String {
        let halves = [UInt64(0xcbf2_9ce4_8422_2325), 0x9e37_79b9_7f4a_7c15].map { seed in
            id.key.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        let digits = halves.map { half in
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        var groups: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return groups.joined(separator: "-")
    }
}
