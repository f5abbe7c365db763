package import ControlPlane
internal import Foundation
internal import Kinds
internal import Resources

/// The POST actions of monitoring.
package enum MonitoringActions {
    package static func register(in actions: inout ActionRegistry, monitors: MonitorService, schedules: ScheduleController) {
        actions.register("martletMonitor", of: "onlineEndpoints") { call in
            let job = try await monitors.start(MonitorRequest(endpoint: call.id, body: call.body), by: call.principal)
            return ["jobName": .string(job.name)]
        }
        actions.register("trigger", of: "schedules") { call in try await schedules.trigger(call.id, body: call.body, by: call.principal) }
    }
}
