package import Foundation
package import Kinds
package import Resources

/// When a trigger fires. Pure: the same trigger and moment give the same answer.
///
/// A wall-clock time that a change to summer time leaves out fires as long after the gap as it would have been after its
/// start; one that comes twice fires the first time. A cron expression with every hour fires by the clock that runs, through
/// both.
package struct NextFire: Sendable {
    private enum Plan: Sendable {
        case every(seconds: Double, from: Date)
        case days(DayPlan)
    }

    private let plan: Plan
    private let start: Date?
    private let end: Date?
    /// A length of time that holds a few fires at most.
    package let period: TimeInterval

    /// - Parameter created: where a recurrence without a start is counted from; it does not fire then.
    /// - Throws: `.invalidInput` naming the part of the trigger.
    package init(_ trigger: ScheduleProperties.Trigger, created: Date) throws(Problem) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try ScheduleTime.zone(trigger.timeZone)
        start = try ScheduleTime.date(trigger.startTime, "startTime", in: calendar)
        end = try ScheduleTime.date(trigger.endTime, "endTime", in: calendar)
        if trigger.triggerType == "Cron" {
            plan = .days(DayPlan(cron: try CronFields(trigger.expression ?? ""), calendar: calendar))
            period = 7 * 86_400
            return
        }
        let interval = min(max(1, trigger.interval ?? 1), 1_000_000)
        switch trigger.frequency?.lowercased() {
        case "minute": (plan, period) = (.every(seconds: Double(interval) * 60, from: start ?? created), 86_400)
        case "hour": (plan, period) = (.every(seconds: Double(interval) * 3600, from: start ?? created), 86_400)
        case "day":
            plan = .days(DayPlan(unit: .day, interval, trigger.schedule, anchor: start ?? created, calendar: calendar))
            period = Double(interval) * 86_400
        case "week":
            plan = .days(DayPlan(unit: .week, interval, trigger.schedule, anchor: start ?? created, calendar: calendar))
            period = Double(interval) * 7 * 86_400
        case "month":
            plan = .days(DayPlan(unit: .month, interval, trigger.schedule, anchor: start ?? created, calendar: calendar))
            period = Double(interval) * 30 * 86_400
        default:
            throw Problem(.invalidInput, "'trigger.frequency' must be Minute, Hour, Day, Week or Month", target: "trigger.frequency")
        }
    }

    /// The first fire after a moment; `nil` when there is none (within ten years).
    package func after(_ moment: Date) -> Date? {
        // A fire at the start itself counts.
        let moment = max(moment, start?.addingTimeInterval(-0.001) ?? .distantPast)
        let fire: Date? =
            switch plan {
            case .days(let days): days.first(after: moment)
            case .every(let seconds, let anchor):
                moment < anchor
                    ? (start == nil ? anchor.addingTimeInterval(seconds) : anchor)
                    : anchor.addingTimeInterval(((moment.timeIntervalSince(anchor) / seconds).rounded(.down) + 1) * seconds)
            }
        guard let fire, end.map({ fire <= $0 }) ?? true else { return nil }
        return fire
    }

    /// The latest fire in `(moment, limit]`: of those that a server slept through, the one that is made up for.
    package func latest(after moment: Date, upTo limit: Date) -> Date? {
        guard var fire = after(moment), fire <= limit else { return nil }
        // From short to long, so that a minute's trigger is not counted through a year.
        for span in [3600.0, 86_400, 31 * 86_400, 366 * 86_400, .infinity] {
            var found: Date?
            var place = max(moment, limit.addingTimeInterval(-span))
            while let next = after(place), next <= limit { (found, place) = (next, next) }
            if let found {
                fire = found
                break
            }
        }
        return fire
    }
}
