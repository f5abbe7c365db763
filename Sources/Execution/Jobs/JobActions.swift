package import ControlPlane
internal import Kinds
internal import MetadataStore
internal import Resources

/// The POST actions of jobs.
package enum JobActions {
    package static func register(in actions: inout ActionRegistry, services: JobServices) {
        actions.register("cancel", of: "jobs") { call in
            let job = try await services.resources.get(call.id)
            // Cancelling what has ended is no error: two people may press the button.
            if !job.jobStatus.isTerminal { try await services.move(call.id, to: .cancelRequested) }
            return [:]
        }
        for (action, state) in [("start", "Running"), ("stop", "Stopped"), ("restart", "Running")] {
            actions.register(action, of: "computes") { call in
                try await services.resources.report(["properties": ["state": .string(state)]], of: call.id)
                return nil
            }
        }
        actions.register("listNodes", of: "computes") { _ in ["nodes": [["nodeId": "local", "privateIpAddress": "127.0.0.1", "nodeState": "running"]]] }
    }
}
