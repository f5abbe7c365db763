import Foundation
import Kinds
import Monitoring
import Resources
import Testing

@Suite("When schedules fire")
struct NextFireTests {
    /// The first fires after a moment, as UTC texts.
    private func fires(_ trigger: JSON, after moment: String, _ count: Int = 3, created: String = "2026-01-01T00:00:00Z") throws -> [String] {
        let times = try NextFire(trigger.decoded(), created: try Date(created, strategy: .iso8601))
        var moment = try Date(moment, strategy: .iso8601)
        var result: [String] = []
        while result.count < count, let next = times.after(moment) {
            #expect(next > moment)
            result.append(next.formatted(.iso8601))
            moment = next
        }
        return result
    }

    private func cron(_ expression: String, zone: String? = nil) -> JSON {
        ["triggerType": "Cron", "expression": .string(expression), "timeZone": JSON(zone)]
    }

    @Test("cron: minutes, weekdays, months, days or weekdays, the 29th of February, never")
    func cronFields() throws {
        #expect(try fires(cron("*/20 * * * *"), after: "2026-03-01T10:05:00Z") == ["2026-03-01T10:20:00Z", "2026-03-01T10:40:00Z", "2026-03-01T11:00:00Z"])
        #expect(try fires(cron("30 9 * * MON-FRI"), after: "2026-03-06T09:30:00Z", 2) == ["2026-03-09T09:30:00Z", "2026-03-10T09:30:00Z"])
        #expect(try fires(cron("0 0 13 * FRI"), after: "2026-03-05T12:00:00Z", 3) == ["2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z"])
        #expect(try fires(cron("0 12 29 2 *"), after: "2026-01-01T00:00:00Z", 1) == ["2028-02-29T12:00:00Z"])
        #expect(try fires(cron("0 0 31 2 *"), after: "2026-01-01T00:00:00Z", 1) == [])
        #expect(try fires(cron("5 3,15 * 12 *"), after: "2026-12-31T15:05:00Z", 1) == ["2027-12-01T03:05:00Z"])
    }

    @Test("a time zone by its Windows or IANA name, and no other")
    func zones() throws {
        #expect(try fires(cron("0 8 * * *", zone: "Taipei Standard Time"), after: "2026-03-01T00:00:00Z", 1) == ["2026-03-02T00:00:00Z"])
        #expect(try fires(cron("0 8 * * *", zone: "Asia/Taipei"), after: "2026-02-28T23:59:59Z", 1) == ["2026-03-01T00:00:00Z"])
        #expect(try fires(cron("0 8 * * *", zone: "Eastern Standard Time"), after: "2026-07-01T00:00:00Z", 1) == ["2026-07-01T12:00:00Z"])
        #expect(throws: Problem.self) { try fires(cron("0 8 * * *", zone: "Mars/Olympus"), after: "2026-03-01T00:00:00Z") }
    }

    @Test("through both changes of the clock each day has its one fire, and every hour its minutes")
    func daylight() throws {
        // Berlin: 2026-03-29 has no 02:30; 2026-10-25 has it twice.
        let night = cron("30 2 * * *", zone: "Europe/Berlin")
        #expect(try fires(night, after: "2026-03-28T00:00:00Z") == ["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"])
        #expect(try fires(night, after: "2026-10-24T12:00:00Z", 2) == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
        let hourly = cron("0 * * * *", zone: "Europe/Berlin")
        #expect(
            try fires(hourly, after: "2026-10-24T23:00:00Z", 4) == [
                "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z",
            ])
        #expect(try fires(hourly, after: "2026-03-29T00:00:00Z", 2) == ["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"])
        // The day itself begins at one o'clock where the clock changes at midnight.
        #expect(try fires(cron("15 0 * * *", zone: "America/Santiago"), after: "2026-09-05T12:00:00Z", 2) == ["2026-09-06T04:15:00Z", "2026-09-07T03:15:00Z"])
    }

    @Test("recurrences: counted from the start, or from the day they were made")
    func recurrences() throws {
        func every(_ frequency: String, _ interval: Int64, _ more: JSON = [:]) -> JSON {
            (["triggerType": "Recurrence", "frequency": .string(frequency), "interval": .integer(interval)] as JSON).merging(more)
        }
        #expect(try fires(every("Minute", 45), after: "2026-01-01T00:00:00Z", 2) == ["2026-01-01T00:45:00Z", "2026-01-01T01:30:00Z"])
        #expect(
            try fires(every("Hour", 6, ["startTime": "2026-01-01T05:00:00"]), after: "2025-12-01T00:00:00Z", 2) == [
                "2026-01-01T05:00:00Z", "2026-01-01T11:00:00Z",
            ])
        #expect(
            try fires(every("Day", 2, ["schedule": ["hours": [8, 20], "minutes": [15]]]), after: "2026-01-01T09:00:00Z", 3)
                == ["2026-01-01T20:15:00Z", "2026-01-03T08:15:00Z", "2026-01-03T20:15:00Z"])
        #expect(
            try fires(every("Week", 2, ["schedule": ["hours": [9], "minutes": [0], "weekDays": ["Monday", "Thursday"]]]), after: "2026-01-01T10:00:00Z", 3)
                == ["2026-01-12T09:00:00Z", "2026-01-15T09:00:00Z", "2026-01-26T09:00:00Z"])
        #expect(
            try fires(every("Month", 1, ["schedule": ["hours": [0], "minutes": [30], "monthDays": [31]]]), after: "2026-01-31T00:30:00Z", 2)
                == ["2026-03-31T00:30:00Z", "2026-05-31T00:30:00Z"])
        #expect(try fires(every("Day", 1), after: "2026-02-01T00:00:00Z", 1, created: "2026-01-05T13:20:40Z") == ["2026-02-01T13:20:00Z"])
        #expect(
            try fires(
                every("Day", 1, ["endTime": "2026-02-02T00:00:00Z", "startTime": "2026-01-31T07:00:00", "timeZone": "Asia/Taipei"]),
                after: "2020-01-01T00:00:00Z", 9)
                == ["2026-01-30T23:00:00Z", "2026-01-31T23:00:00Z", "2026-02-01T23:00:00Z"])
        #expect(throws: Problem.self) { try fires(every("Year", 1), after: "2026-01-01T00:00:00Z") }
        #expect(throws: Problem.self) { try fires(every("Day", 1, ["startTime": "tomorrow"]), after: "2026-01-01T00:00:00Z") }
        #expect(throws: Problem.self) { try fires(every("Day", 1, ["startTime": "2026-99-01"]), after: "2026-01-01T00:00:00Z") }
    }

    @Test("of the times that were slept through the latest is made up for")
    func latest() throws {
        let times = try NextFire(cron("*/5 * * * *").decoded(), created: .now)
        let (from, to) = (try Date("2025-01-01T00:01:00Z", strategy: .iso8601), try Date("2026-03-01T10:07:00Z", strategy: .iso8601))
        #expect(times.latest(after: from, upTo: to)?.formatted(.iso8601) == "2026-03-01T10:05:00Z")
        #expect(times.latest(after: to, upTo: to.addingTimeInterval(170)) == nil)
        let yearly = try NextFire(cron("0 0 1 1 *").decoded(), created: .now)
        #expect(yearly.latest(after: from, upTo: to)?.formatted(.iso8601) == "2026-01-01T00:00:00Z")
    }
}
