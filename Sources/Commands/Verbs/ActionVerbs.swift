import APIClient
package import ArgumentParser
import Foundation
import Kinds
package import Resources

/// A verb that is one POST on a resource.
package protocol PostedAction: Sendable {
    static var verb: String { get }
    static var abstract: String { get }
    static var kind: any ResourceKind.Type { get }
    static var path: String { get }
    static func body() -> JSON
}

extension PostedAction {
    package static func body() -> JSON { [:] }
}

/// `martlet compute start` and its like.
package struct Posted<Action: PostedAction>: ServerCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Action.verb, abstract: Action.abstract)
    }

    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name.") package var name: String?
    @Flag(help: "Do not wait for the end of the operation.") package var noWait = false

    package init() {}

    package func target(_ workspace: WorkspaceID) throws -> ResourceID {
        try ResourceID(Action.kind, workspace: workspace, name: name)
    }

    package func validate() throws { _ = try target(.standard) }

    package func result(_ session: Session) async throws -> JSON {
        try await session.client.post(target(session.workspace).armPath + "/" + Action.path, Action.body(), wait: !noWait)
    }
}

package enum ComputeStart: PostedAction {
    package static let (verb, abstract, path) = ("start", "Start a compute.", "start")
    package static let kind: any ResourceKind.Type = Compute.self
}

package enum ComputeStop: PostedAction {
    package static let (verb, abstract, path) = ("stop", "Stop a compute.", "stop")
    package static let kind: any ResourceKind.Type = Compute.self
}

package enum ComputeRestart: PostedAction {
    package static let (verb, abstract, path) = ("restart", "Restart a compute.", "restart")
    package static let kind: any ResourceKind.Type = Compute.self
}

package enum WorkspaceKeys: PostedAction {
    package static let (verb, abstract, path) = ("list-keys", "Show the keys of a workspace's storage.", "listKeys")
    package static let kind: any ResourceKind.Type = WorkspaceKind.self
}

package enum ScheduleTrigger: PostedAction {
    package static let (verb, abstract, path) = ("trigger", "Run a schedule once, now.", "trigger")
    package static let kind: any ResourceKind.Type = Schedule.self
    package static func body() -> JSON { ["scheduleTime": .string(Date().iso8601)] }
}

/// `martlet schedule enable` and `disable`.
package struct ScheduleEnable: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "enable", abstract: "Switch a schedule on.")
    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the schedule.") package var name: String
    @Flag(help: "Do not wait for the end of the operation.") package var noWait = false
    package init() {}
    package func result(_ session: Session) async throws -> JSON { try await session.setSchedule(name, isEnabled: true, wait: !noWait) }
}

package struct ScheduleDisable: ServerCommand {
    package static let configuration = CommandConfiguration(commandName: "disable", abstract: "Switch a schedule off.")
    @OptionGroup package var common: CommonOptions
    @Option(name: .shortAndLong, help: "Name of the schedule.") package var name: String
    @Flag(help: "Do not wait for the end of the operation.") package var noWait = false
    package init() {}
    package func result(_ session: Session) async throws -> JSON { try await session.setSchedule(name, isEnabled: false, wait: !noWait) }
}

extension Session {
    fileprivate func setSchedule(_ name: String, isEnabled: Bool, wait: Bool) async throws(Problem) -> JSON {
        let path = ResourceID(workspace: workspace, kind: Schedule.path, name: name).path
        var body = try await client.get(path).withoutReadOnlyMembers
        body.set(.bool(isEnabled), at: ["properties", "isEnabled"])
        return Schedule.face(of: try await client.put(path, body, wait: wait))
    }
}
