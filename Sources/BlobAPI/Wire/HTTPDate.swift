internal import Foundation

/// `Tue, 24 Nov 2026 20:24:13 GMT`, the dates of HTTP (RFC 9110, 5.6.7). Written by hand because a list has ten thousand of them.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func text(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let day = (seconds - (seconds % 86400 + 86400) % 86400) / 86400
        let time = seconds - day * 86400
        let (year, month, dayOfMonth) = civil(day)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let clock = "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
        return "\(days[(day % 7 + 7) % 7]), \(two(dayOfMonth)) \(months[month - 1]) \(year) \(clock) GMT"
    }

    static func date(_ text: String) -> Date? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == ":" })
        guard parts.count == 8, parts[7] == "GMT", let month = months.firstIndex(of: String(parts[2])) else { return nil }
        let numbers = [1, 3, 4, 5, 6].compactMap { parts[$0].utf8.count <= 4 ? Int(parts[$0]) : nil }
        guard numbers.count == 5, (1...31).contains(numbers[0]), (0...9999).contains(numbers[1]), (0...23).contains(numbers[2]),
            (0...59).contains(numbers[3]), (0...60).contains(numbers[4])
        else { return nil }
        let day = dayNumber(year: numbers[1], month: month + 1, day: numbers[0])
        return Date(timeIntervalSince1970: Double(day * 86400 + numbers[2] * 3600 + numbers[3] * 60 + numbers[4]))
    }

    // Days since 1970 and the Gregorian calendar, in years that begin in March so that the leap day comes last.

    private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ number: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }
}
