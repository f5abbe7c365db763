package import ControlPlane
package import Foundation
internal import Kinds
internal import MetadataStore
package import Resources

/// Makes schedules true: at each of a schedule's times one job or one look at production, never two, also when the server
/// is killed in between. Times that were slept through are made up for by one job.
package struct ScheduleController: Sendable {
    private let resources: ResourceService
    private let monitors: MonitorService
    private let feed: ChangeFeed
    private let now: @Sendable () -> Date

    package init(resources: ResourceService, monitors: MonitorService, feed: ChangeFeed, now: @escaping @Sendable () -> Date = { Date() }) {
        self.resources = resources
        self.monitors = monitors
        self.feed = feed
        self.now = now
    }

    /// Up to which moment each enabled schedule has been looked after by this process.
    package struct Watch: Sendable {
        fileprivate var seen: [ResourceID: Date] = [:]
        /// When to look again, whatever changes before.
        package var next = Date.distantPast

        package init() {}
    }

    /// Runs until cancelled.
    package func run() async throws {
        let changes = await feed.follow(kinds: ["schedules"])
        let (wakes, bell) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(8))
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in changes { bell.yield(true) } }
            group.addTask {
                while !Task.isCancelled {
                    bell.yield(false)
                    try? await Task.sleep(for: .seconds(1))
                }
                bell.finish()
            }
            var watch = Watch()
            for await isChange in wakes where isChange || now() >= watch.next {
                do {
                    try await look(&watch)
                } catch {
                    FileHandle.standardError.write(Data("the schedules could not be read: \(error)\n".utf8))
                    watch.next = now().addingTimeInterval(5)
                }
            }
        }
    }

    /// Fires what is due now.
    package func look(_ watch: inout Watch) async throws {
        let time = now()
        let schedules = try await resources.all(ResourceFilter(kind: "schedules"))
        let enabled = schedules.filter { $0.properties["isEnabled"]?.boolValue ?? true }
        let ids = Set(enabled.map(\.id))
        watch.seen = watch.seen.filter { ids.contains($0.key) }
        var next = Date.distantFuture
        for schedule in enabled {
            // What was due while it was disabled or did not exist is not made up for.
            let since = max(watch.seen[schedule.id] ?? schedule.systemData.lastModifiedAt, schedule.lastFire ?? .distantPast)
            do {
                let properties: ScheduleProperties = try schedule.properties.decoded()
                let times = try NextFire(properties.trigger, created: schedule.systemData.createdAt)
                if let due = times.latest(after: since, upTo: time) {
                    try await fire(schedule, properties, at: due, period: times.period)
                }
                if let coming = times.after(time) { next = min(next, coming) }
                watch.seen[schedule.id] = time
            } catch let problem as Problem {
                if schedule.observed["lastError"]?.stringValue != problem.description {
                    try await resources.report(["lastError": .string(problem.description)], of: schedule.id)
                }
            }
        }
        watch.next = next
    }

    private func fire(_ schedule: Resource, _ properties: ScheduleProperties, at due: Date, period: TimeInterval) async throws {
        var observed: JSON = ["lastFireTime": .string(due.iso8601), "lastError": nil]
        do {
            let job = try await act(schedule, properties, at: due, period: period, by: .owner(named: schedule.systemData.createdBy))
            observed["lastJob"] = .string(job.name)
        } catch let problem as Problem {
            // It would fail the same way again; other errors are the store's, and the fire is tried again.
            observed["lastError"] = .string(problem.description)
        }
        try await resources.report(observed, of: schedule.id)
    }

    /// The job of one fire. Its name is made of the schedule's and the time, so a second call finds it.
    private func act(
        _ schedule: Resource, _ properties: ScheduleProperties, at due: Date, period: TimeInterval, by principal: Principal
    ) async throws -> ResourceID {
        let name = "\(schedule.id.name.prefix(200))_\(due.stamp)"
        let id = ResourceID(workspace: schedule.id.workspace, kind: "jobs", name: name)
        guard try await resources.find(id) == nil else { return id }
        if let definition = properties.action.monitorDefinition {
            return try await monitors.start(MonitorRequest(definition, period: Int64(period)), jobName: name, by: principal)
        }
        guard let definition = schedule.properties.value(at: "action", "jobDefinition") else {
            throw Problem(.invalidInput, "the schedule '\(schedule.id.name)' says neither which job nor which monitor to run", target: "action")
        }
        let said: JSON = ["properties": ["azureml.scheduleName": .string(schedule.id.name), "azureml.scheduleTime": .string(due.iso8601)]]
        return try await resources.put(id, body: ["properties": definition.merging(said)], by: principal).resource.id
    }

    /// The action `trigger`: fires now, or as for `{"scheduleTime": ISO 8601}`.
    package func trigger(_ id: ResourceID, body: JSON, by principal: Principal) async throws -> JSON {
        let schedule = try await resources.get(id)
        let properties: ScheduleProperties = try schedule.properties.decoded()
        let times = try NextFire(properties.trigger, created: schedule.systemData.createdAt)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let due = try ScheduleTime.date(body["scheduleTime"]?.stringValue, "scheduleTime", in: calendar) ?? now()
        let job = try await act(schedule, properties, at: due, period: times.period, by: principal)
        return ["jobName": .string(job.name), "scheduleActionType": .string(properties.action.actionType)]
    }
}

extension Resource {
    /// The latest time a schedule has fired for.
    fileprivate var lastFire: Date? {
        observed["lastFireTime"]?.stringValue.flatMap { try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
    }
}
