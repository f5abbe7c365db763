internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import Resources

/// Workspaces, the template deployment through which the SDK creates one, and what surrounds them in Azure.
extension ARMRoutes {
    func listWorkspaces(subscription: String, resourceGroup: String?) async throws -> Response {
        let all = try await resources.workspaces().filter {
            $0.subscription.lowercased() == subscription.lowercased()
                && (resourceGroup == nil || $0.resourceGroup.lowercased() == resourceGroup?.lowercased())
        }
        return .json(["value": .array(all.map(workspaces.body(of:))), "nextLink": nil])
    }

    func workspace(_ id: WorkspaceID, _ request: Request) async throws -> Response {
        switch request.method {
        case .get, .head: return .json(workspaces.body(of: try await resources.workspace(id)))
        case .put, .patch:
            let isNew = try await !resources.workspaces().contains(id)
            if request.method == .patch, isNew { _ = try await resources.workspace(id) }
            try await create(id)
            return .json(workspaces.body(of: try await resources.workspace(id)), status: isNew ? .created : .ok)
        case .delete:
            if id == workspaces.home {
                throw Problem(
                    .conflict, "the workspace '\(id.name)' is the one this server was started with; stop the server and remove its data folder instead")
            }
            try await resources.deleteWorkspace(id)
            return Response(status: .ok)
        default: throw Problem(.methodNotAllowed, "\(request.method.rawValue) is not offered on a workspace")
        }
    }

    func workspaceAction(_ id: WorkspaceID, _ action: String) async throws -> Response {
        let workspace = try await resources.workspace(id)
        switch action.lowercased() {
        case "listkeys":
            return .json([
                "userStorageKey": .string(workspaces.accountKey), "userStorageResourceId": .string(workspaces.storageAccountID(of: workspace)),
            ])
        case "diagnose": return .json(["value": ["userDefinedRouteResults": [], "storageAccountResults": [], "otherResults": []]])
        case "resynckeys": return Response(status: .ok)
        default: throw Problem(.notFound, "there is no action '\(action)' on a workspace")
        }
    }

    /// `begin_create` of the SDK sends a template; its parameters say which workspace is meant (azure-wire.md 2.1).
    func templateDeployment(
        subscription: String, resourceGroup: String, name: String, rest: [String], _ request: Request
    ) async throws -> Response {
        if rest.first?.lowercased() == "operations" { return .json(["value": []]) }
        if request.method == .put {
            let parameters = try await request.json(limit: 16 * 1024 * 1024).value(at: "properties", "parameters")
            guard let workspace = parameters?.value(at: "workspaceName", "value")?.stringValue else {
                throw Problem(.unsupported, "Martlet runs no ARM templates but the one that creates a workspace (parameter workspaceName)")
            }
            try await create(WorkspaceID(subscription: subscription, resourceGroup: resourceGroup, name: workspace))
        }
        return .json([
            "id": .string("/subscriptions/\(subscription)/resourceGroups/\(resourceGroup)/providers/Microsoft.Resources/deployments/\(name)"),
            "name": .string(name), "properties": ["provisioningState": "Succeeded"],
        ])
    }

    func subscriptionReply(_ subscription: String, _ rest: [String]) throws -> Response {
        if rest.isEmpty {
            return .json([
                "id": .string("/subscriptions/\(subscription)"), "subscriptionId": .string(subscription), "displayName": "Martlet",
                "state": "Enabled", "tenantId": .string(WorkspaceID.standard.subscription),
            ])
        }
        if rest.count == 2, rest[0].lowercased() == "resourcegroups" {
            return .json([
                "id": .string("/subscriptions/\(subscription)/resourceGroups/\(rest[1])"), "name": .string(rest[1]),
                "location": .string(WorkspaceDescription.location), "properties": ["provisioningState": "Succeeded"],
            ])
        }
        throw Problem(.notFound, "Martlet has nothing at /subscriptions/\(subscription)/\(rest.joined(separator: "/"))")
    }

    private func create(_ id: WorkspaceID) async throws {
        guard ResourceName.isValidAsset(id.name) else {
            throw Problem(.invalidInput, "'\(id.name)' cannot name a workspace: use letters, digits, '-', '_' and '.'", target: "name")
        }
        try await workspaces.create(id)
    }
}
