internal import Foundation
internal import Kinds

/// Times of day on the days that match: what cron expressions and recurrences of days, weeks and months come down to.
struct DayPlan: Sendable {
    enum Unit: Sendable { case day, week, month }

    private enum Days: Sendable {
        case cron(CronFields)
        case counted(Unit, every: Int, weekDays: Set<Int>, monthDays: Set<Int>)
    }

    private enum Times: Sendable {
        case fixed([(hour: Int, minute: Int)])
        /// Every hour, by the clock that runs.
        case minutes(Set<Int>)
    }

    private let calendar: Calendar
    private let days: Days
    private let times: Times
    /// The day that is counted from.
    private let anchor: Date

    init(cron: CronFields, calendar: Calendar) {
        self.calendar = calendar
        days = .cron(cron)
        anchor = .distantPast
        times =
            cron.hours.count == 24
            ? .minutes(cron.minutes) : .fixed(cron.hours.sorted().flatMap { hour in cron.minutes.sorted().map { (hour, $0) } })
    }

    init(unit: Unit, _ interval: Int, _ schedule: ScheduleProperties.Times?, anchor: Date, calendar: Calendar) {
        self.calendar = calendar
        self.anchor = calendar.startOfDay(for: anchor)
        let parts = calendar.dateComponents([.hour, .minute, .day, .weekday], from: anchor)
        let names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        var weekDays = Set((schedule?.weekDays ?? []).compactMap { names.firstIndex(of: $0.lowercased()) })
        var monthDays = Set(schedule?.monthDays ?? [])
        if unit == .week, weekDays.isEmpty { weekDays = [(parts.weekday ?? 1) - 1] }
        if unit == .month, monthDays.isEmpty, weekDays.isEmpty { monthDays = [parts.day ?? 1] }
        days = .counted(unit, every: interval, weekDays: weekDays, monthDays: monthDays)
        if let schedule, !schedule.hours.isEmpty, !schedule.minutes.isEmpty {
            times = .fixed(schedule.hours.sorted().flatMap { hour in schedule.minutes.sorted().map { (hour, $0) } })
        } else {
            times = .fixed([(parts.hour ?? 0, parts.minute ?? 0)])
        }
    }

    /// The first time after `moment`, within ten years.
    func first(after moment: Date) -> Date? {
        // What a gap in the night moved from yesterday's evening would be found too: begin a day early.
        guard moment > Date(timeIntervalSince1970: -1e10), moment < Date(timeIntervalSince1970: 1e11),
            var day = calendar.date(byAdding: .day, value: -1, to: calendar.startOfDay(for: moment))
        else { return nil }
        for _ in 0..<3660 {
            let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: day)
            guard let tomorrow = calendar.date(byAdding: .day, value: 1, to: day).map({ calendar.startOfDay(for: $0) }), tomorrow > day else { return nil }
            if matches(day, parts), let time = firstTime(on: day, parts, before: tomorrow, after: moment) { return time }
            day = tomorrow
        }
        return nil
    }

    private func matches(_ day: Date, _ parts: DateComponents) -> Bool {
        guard let month = parts.month, let number = parts.day, let weekDay = parts.weekday.map({ $0 - 1 }) else { return false }
        switch days {
        case .cron(let fields):
            guard fields.months.contains(month) else { return false }
            let (inMonth, inWeek) = (fields.days.contains(number), fields.weekDays.contains(weekDay))
            return fields.restrictsDays && fields.restrictsWeekDays ? inMonth || inWeek : inMonth && inWeek
        case .counted(let unit, let interval, let weekDays, let monthDays):
            guard weekDays.isEmpty || weekDays.contains(weekDay), monthDays.isEmpty || monthDays.contains(number) else { return false }
            return distance(to: day, in: unit).map { $0 >= 0 && $0 % interval == 0 } ?? false
        }
    }

    /// Whole days, weeks (from Monday) or months from the anchor's.
    private func distance(to day: Date, in unit: Unit) -> Int? {
        let passed = calendar.dateComponents([.day], from: anchor, to: day).day
        switch unit {
        case .day: return passed
        case .week:
            let anchorDay = (calendar.component(.weekday, from: anchor) + 5) % 7
            return passed.flatMap { $0 < 0 ? nil : ($0 + anchorDay) / 7 }
        case .month:
            let (from, to) = (calendar.dateComponents([.year, .month], from: anchor), calendar.dateComponents([.year, .month], from: day))
            guard let y0 = from.year, let m0 = from.month, let y1 = to.year, let m1 = to.month else { return nil }
            return (y1 - y0) * 12 + m1 - m0
        }
    }

    private func firstTime(on day: Date, _ parts: DateComponents, before tomorrow: Date, after moment: Date) -> Date? {
        switch times {
        case .fixed(let times):
            let candidates = times.compactMap { time in
                calendar.date(
                    from: DateComponents(year: parts.year, month: parts.month, day: parts.day, hour: time.hour, minute: time.minute))
            }
            return candidates.filter { $0 > moment }.min()
        case .minutes(let minutes):
            var time = day
            if moment >= day { time = day.addingTimeInterval(((moment.timeIntervalSince(day) / 60).rounded(.down) + 1) * 60) }
            while time < tomorrow {
                if minutes.contains(calendar.component(.minute, from: time)) { return time }
                time += 60
            }
            return nil
        }
    }
}
