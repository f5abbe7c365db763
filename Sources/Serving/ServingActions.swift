package import ControlPlane
internal import Foundation
internal import Kinds
internal import Resources

/// The POST actions of endpoints and deployments (azure-wire.md 2.8).
package enum ServingActions {
    package static func register(in actions: inout ActionRegistry, services: ServingServices, scoring: ScoringService, rollouts: RolloutController) {
        actions.register("rollout", of: OnlineEndpoint.path) { call in try await rollouts.start(call.id, call.body, by: call.principal) }
        actions.register("listKeys", of: OnlineEndpoint.path) { call in
            try await requireMode(call.id, services, isKey: true)
            let keys = try await services.access.endpointKeys(of: call.id)
            return ["primaryKey": .string(keys.primary), "secondaryKey": .string(keys.secondary)]
        }
        actions.register("regenerateKeys", of: OnlineEndpoint.path) { call in
            try await requireMode(call.id, services, isKey: true)
            try await services.access.regenerateEndpointKey(
                of: call.id, type: call.body["keyType"]?.stringValue ?? "Primary", value: call.body["keyValue"]?.stringValue)
            let keys = try await services.access.endpointKeys(of: call.id)
            // The old key is worth nothing as soon as the caller has the answer.
            scoring.setAuthentication(.keys(primary: keys.primary, secondary: keys.secondary), of: services.address(of: call.id))
            return nil
        }
        actions.register("token", of: OnlineEndpoint.path) { call in
            try await requireMode(call.id, services, isKey: false)
            let resource = services.access.names(of: .machineLearning)[0]
            let lifetime: TimeInterval = 12 * 3600
            let (token, expires) = try await services.access.issueToken(for: call.principal, resource: resource, lifetime: lifetime)
            let expiry = Int64(expires.timeIntervalSince1970)
            return [
                "accessToken": .string(token), "tokenType": "Bearer", "expiryTimeUtc": .integer(expiry),
                "refreshAfterTimeUtc": .integer(expiry - Int64(lifetime / 2)),
            ]
        }
        actions.register("getLogs", of: OnlineDeployment.path) { call in
            _ = try await services.resources.get(call.id)
            let log = DeploymentLog(folder: services.folder.deployment(call.id))
            let lines = Int(clamping: min(10_000, max(0, call.body["tail"]?.integerValue ?? 50)))
            let isPreparation = call.body["containerType"]?.stringValue?.lowercased() == "storageinitializer"
            let text = DeploymentLog.tail(of: isPreparation ? log.preparation : log.console, lines: lines)
            return ["content": .string(text.joined(separator: "\n"))]
        }
    }

    private static func requireMode(_ id: ResourceID, _ services: ServingServices, isKey: Bool) async throws {
        let mode = try await services.resources.get(id).properties["authMode"]?.stringValue ?? "Key"
        guard (mode.lowercased() == "key") == isKey else {
            throw Problem(
                .invalidInput,
                "the endpoint '\(id.name)' has the auth mode \(mode); it gives out \(isKey ? "tokens, not keys" : "keys, not tokens")",
                target: "authMode")
        }
    }
}
