import ControlPlane
import Foundation
import MetadataStore
import Monitoring
import Resources
import Testing

@Suite("Schedules")
struct ScheduleTests {
    private let job: JSON = ["actionType": "CreateJob", "jobDefinition": ["jobType": "Command", "command": "echo tick"]]

    private func schedule(_ house: MonitoringHouse, _ action: JSON, at expression: String = "0 * * * *", enabled: Bool = true) async throws -> Resource {
        try await house.put(
            "schedules", "hourly", ["trigger": ["triggerType": "Cron", "expression": .string(expression)], "action": action, "isEnabled": .bool(enabled)])
    }

    @Test("each time has one job, through restarts and clocks that run on")
    func once() async throws {
        let house = try await MonitoringHouse()
        try house.set("2026-03-01T10:30:00Z")
        _ = try await schedule(house, job)
        var watch = ScheduleController.Watch()
        try await house.schedules.look(&watch)
        #expect(try await house.jobNames() == [])
        #expect(watch.next.formatted(.iso8601) == "2026-03-01T11:00:00Z")
        try house.set("2026-03-01T11:00:00Z")
        for _ in 0..<3 { try await house.schedules.look(&watch) }
        #expect(try await house.jobNames() == ["hourly_20260301T110000"])
        let made = try await house.resources.get(house.job("hourly_20260301T110000"))
        #expect(made.properties.value(at: "properties", "azureml.scheduleName") == "hourly")
        house.advance(1)
        var restarted = ScheduleController.Watch()
        try await house.schedules.look(&restarted)
        #expect(try await house.jobNames().count == 1)
        try house.set("2026-03-01T12:00:00Z")
        try await house.schedules.look(&watch)
        try await house.schedules.look(&restarted)
        #expect(try await house.jobNames() == ["hourly_20260301T110000", "hourly_20260301T120000"])
    }

    @Test("a server that died after the job and before its note makes no second job")
    func killed() async throws {
        let house = try await MonitoringHouse()
        try house.set("2026-03-01T10:30:00Z")
        let schedule = try await schedule(house, job)
        try house.set("2026-03-01T11:00:00Z")
        var watch = ScheduleController.Watch()
        try await house.schedules.look(&watch)
        try await house.resources.report(["lastFireTime": nil, "lastJob": nil], of: schedule.id)
        var restarted = ScheduleController.Watch()
        try await house.schedules.look(&restarted)
        let names = try await house.jobNames()
        #expect(names == ["hourly_20260301T110000"])
        #expect(try await house.resources.get(house.job(names[0])).revision == 1)
        #expect(try await house.resources.get(schedule.id).observed["lastJob"]?.stringValue == names[0])
    }

    @Test("what was slept through runs once; what was due while disabled does not run")
    func missed() async throws {
        let house = try await MonitoringHouse()
        try house.set("2026-03-01T10:30:00Z")
        _ = try await schedule(house, job)
        try house.set("2026-03-03T10:30:00Z")
        var watch = ScheduleController.Watch()
        try await house.schedules.look(&watch)
        #expect(try await house.jobNames() == ["hourly_20260303T100000"])
        _ = try await schedule(house, job, enabled: false)
        house.advance(86_400)
        try await house.schedules.look(&watch)
        #expect(try await house.jobNames().count == 1)
        _ = try await schedule(house, job)
        try await house.schedules.look(&watch)
        #expect(try await house.jobNames().count == 1)
        house.advance(3600)
        try await house.schedules.look(&watch)
        #expect(try await house.jobNames().last == "hourly_20260304T110000")
    }

    @Test("what cannot be started is told on the schedule, and the next time is tried again")
    func failing() async throws {
        let house = try await MonitoringHouse()
        try house.set("2026-03-01T10:30:00Z")
        let schedule = try await schedule(house, job)
        var watch = ScheduleController.Watch()
        try await house.schedules.look(&watch)
        // A name that something else took.
        try await house.put("jobs", "hourly_20260301T110000", ["jobType": "Command", "command": "other"])
        try house.set("2026-03-01T11:00:00Z")
        try await house.schedules.look(&watch)
        #expect(try await house.jobNames().count == 1)
        let odd = try await house.put(
            "schedules", "odd", ["trigger": ["triggerType": "Cron", "expression": "* * * * *", "timeZone": "Mars/Olympus"], "action": job])
        try house.set("2026-03-01T12:00:00Z")
        try await house.schedules.look(&watch)
        #expect(try await house.resources.get(odd.id).observed["lastError"]?.stringValue?.contains("Mars/Olympus") == true)
        #expect(try await house.resources.get(schedule.id).observed["lastJob"] == "hourly_20260301T120000")
    }

    @Test("a monitor's schedule looks at production in the words of its definition")
    func monitor() async throws {
        let house = try await MonitoringHouse()
        try house.set("2026-03-01T10:30:00Z")
        try await house.record(2, secondsAgo: 60)
        let action: JSON = [
            "actionType": "CreateMonitor",
            "monitorDefinition": [
                "monitoringTarget": ["taskType": "Classification", "deploymentId": .string(house.deployment("blue").path)],
                "signals": [
                    "looks": [
                        "signalType": "DataDrift", "productionData": ["inputDataType": "Trailing", "windowSize": "P2D"],
                        "referenceData": ["inputDataType": "Fixed", "uri": "azureml:photos:1", "jobInputType": "uri_folder"],
                        "features": ["filterType": "FeatureSubset", "features": ["brightness"]],
                        "metricThresholds": [["dataType": "Numerical", "metric": "jensenShannonDistance", "threshold": ["value": 0.2]]],
                    ]
                ],
            ],
        ]
        let schedule = try await schedule(house, action)
        try house.set("2026-03-01T11:00:00Z")
        var watch = ScheduleController.Watch()
        try await house.schedules.look(&watch)
        #expect(try await house.resources.get(schedule.id).observed["lastError"] == nil)
        let job = try await house.resources.get(house.job("hourly_20260301T110000"))
        #expect(try await house.lines(job.properties.value(at: "inputs", "production", "uri")?.stringValue).count == 2)
        #expect(
            try await house.lines(job.properties.value(at: "inputs", "settings", "uri")?.stringValue) == [
                [
                    "monitoring_signals": [
                        "looks": ["type": "data_drift", "features": ["brightness"], "metric_thresholds": ["numerical": ["jensen_shannon_distance": 0.2]]]
                    ]
                ]
            ])
        #expect(job.properties.value(at: "inputs", "baseline", "uri")?.stringValue?.hasSuffix("photos/versions/1") == true)
    }

    @Test("a trigger by hand fires for now or for a time, and that time once")
    func trigger() async throws {
        let house = try await MonitoringHouse()
        try house.set("2026-03-01T10:30:00Z")
        let schedule = try await schedule(house, job)
        let now = try await house.schedules.trigger(schedule.id, body: [:], by: house.owner)
        #expect(now == ["jobName": "hourly_20260301T103000", "scheduleActionType": "CreateJob"])
        for _ in 0..<2 {
            let then = try await house.schedules.trigger(schedule.id, body: ["scheduleTime": "2026-03-01T09:00:00Z"], by: house.owner)
            #expect(then["jobName"] == "hourly_20260301T090000")
        }
        #expect(try await house.jobNames().count == 2)
        await #expect(throws: Problem.self) { try await house.schedules.trigger(schedule.id, body: ["scheduleTime": "soon"], by: house.owner) }
    }
}
