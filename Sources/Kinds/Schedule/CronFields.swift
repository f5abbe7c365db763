package import Resources

/// A cron expression of five fields: minute, hour, day of the month, month, day of the week (0 or 7 is Sunday).
package struct CronFields: Sendable, Hashable {
    package var minutes: Set<Int>
    package var hours: Set<Int>
    package var days: Set<Int>
    package var months: Set<Int>
    package var weekDays: Set<Int>
    /// As in cron: when both days and week days are restricted, either may match.
    package var restrictsDays: Bool
    package var restrictsWeekDays: Bool

    package init(_ text: String) throws(Problem) {
        let parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard parts.count == 5 else {
            throw Problem(.invalidInput, "'\(text)' has \(parts.count) fields; a cron expression has five: minute hour day month weekday")
        }
        minutes = try Self.field(parts[0], 0...59, "minute")
        hours = try Self.field(parts[1], 0...23, "hour")
        days = try Self.field(parts[2], 1...31, "day of the month")
        months = try Self.field(
            parts[3], 1...12, "month", names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])
        let week = try Self.field(parts[4], 0...7, "day of the week", names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])
        weekDays = Set(week.map { $0 % 7 })
        restrictsDays = !parts[2].hasPrefix("*")
        restrictsWeekDays = !parts[4].hasPrefix("*")
    }

    package static func fault(in text: String) -> String? {
        do {
            _ = try CronFields(text)
            return nil
        } catch {
            return error.message
        }
    }

    private static func field(_ text: String, _ range: ClosedRange<Int>, _ title: String, names: [String] = []) throws(Problem) -> Set<Int> {
        var values: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let step = pieces.count == 2 ? Int(pieces[1]) : 1
            let bounds = pieces[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            func number(_ text: String) -> Int? {
                Int(text) ?? names.firstIndex(of: text.uppercased()).map { $0 + (range.lowerBound == 1 ? 1 : 0) }
            }
            let lower = pieces[0] == "*" ? range.lowerBound : number(bounds[0])
            let upper =
                pieces[0] == "*" || (pieces.count == 2 && bounds.count == 1)
                ? range.upperBound : bounds.count == 2 ? number(bounds[1]) : lower
            guard let lower, let upper, let step, step > 0, step <= range.upperBound, range.contains(lower), range.contains(upper),
                lower <= upper
            else {
                throw Problem(
                    .invalidInput,
                    "'\(text)' is not a \(title); use \(range.lowerBound) to \(range.upperBound), '*', lists, ranges and steps")
            }
            values.formUnion(stride(from: lower, through: upper, by: step))
        }
        return values
    }
}
