internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import Resources

/// Azure's provisioning states, folded to what a poller has to know.
enum ProvisioningState: String {
    case inProgress = "InProgress"
    case succeeded = "Succeeded"
    case failed = "Failed"

    init(_ state: String) {
        switch state.lowercased() {
        case "creating", "updating", "deleting", "provisioning": self = .inProgress
        case "failed", "canceled": self = .failed
        default: self = .succeeded
        }
    }
}

/// Long-running operations (azure-wire.md 3), sizes and usage of this "location".
extension ARMRoutes {
    /// The poller's address carries the resource's path, so operations survive a restart without being stored.
    func operationHeaders(for id: ResourceID) -> HTTPFields {
        var headers = HTTPFields()
        let token = Data(id.path.utf8).base64EncodedString().replacing("/", with: "_").replacing("+", with: "-").replacing("=", with: "")
        let url =
            "\(workspaces.baseURL)/subscriptions/\(id.workspace.subscription)/providers/Microsoft.MachineLearningServices"
            + "/locations/\(WorkspaceDescription.location)/mfeOperationsStatus/\(token)"
        if let name = HTTPField.Name("Azure-AsyncOperation") { headers[name] = url }
        headers[.retryAfter] = "1"
        return headers
    }

    func location(_ rest: [String]) async throws -> Response {
        switch rest.first?.lowercased() {
        case "mfeoperationsstatus" where rest.count == 2, "operations" where rest.count == 2: return try await operation(rest[1])
        case "vmsizes": return .json(["value": .array([workspaces.machineSize])])
        case "usages", "quotas": return .json(["value": []])
        default: throw Problem(.notFound, "Martlet has nothing at locations/\(rest.joined(separator: "/"))")
        }
    }

    private func operation(_ token: String) async throws -> Response {
        var text = token.replacing("_", with: "/").replacing("-", with: "+")
        while text.utf8.count % 4 != 0 { text += "=" }
        guard let data = Data(base64Encoded: text), let id = ResourceID(path: String(decoding: data, as: UTF8.self)) else {
            throw Problem(.notFound, "there is no operation '\(token)'")
        }
        guard let resource = try await resources.find(id) else { return .json(["status": "Succeeded"]) }
        let state = ProvisioningState(resource.observed["provisioningState"]?.stringValue ?? "Succeeded")
        var reply: JSON = ["id": .string(token), "name": .string(token), "status": .string(state.rawValue)]
        if state == .failed {
            reply["error"] = [
                "code": "DeploymentFailed", "message": resource.observed.value(at: "provisioningError") ?? "the deployment failed",
            ]
        }
        return .json(reply, headers: [.retryAfter: "1"])
    }
}
