package import Foundation

/// How protobuf's JSON writes moments and durations.
extension Date {
    /// `2026-01-31T12:00:00.250Z`.
    package var protobufText: String {
        formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    }

    /// Reads a moment with any number of digits after the second, in UTC or with an offset; `nil` for anything else.
    package init?(protobufText text: String) {
        guard text.utf8.count <= 40 else { return nil }
        let plain = text.replacing(/\.\d+/, with: "")
        guard let whole = try? Date(plain, strategy: .iso8601) else { return nil }
        let fraction = text.firstMatch(of: /\.\d{1,9}/).flatMap { Double("0" + $0.output) } ?? 0
        self = whole.addingTimeInterval(fraction)
    }
}

package enum ProtobufDuration {
    /// Milliseconds as `1.250s`.
    package static func text(milliseconds: Int64) -> String {
        let rest = String(abs(milliseconds % 1000))
        let sign = milliseconds < 0 ? "-" : ""
        return "\(sign)\(abs(milliseconds / 1000)).\(String(repeating: "0", count: 3 - rest.count))\(rest)s"
    }

    /// `1.25s` in milliseconds; `nil` for anything else.
    package static func milliseconds(_ text: String) -> Int64? {
        guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), abs(seconds) < 1e12 else { return nil }
        return Int64((seconds * 1000).rounded())
    }
}
