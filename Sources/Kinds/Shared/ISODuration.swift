/// ISO 8601 durations as ARM writes them: `PT2M`, `PT1H30M`, `P1D`.
package enum ISODuration {
    /// Seconds of a duration in weeks, days, hours, minutes and seconds; `nil` for other texts, months and years, and overflow.
    package static func seconds(_ text: String) -> Int64? { total(text).map { Int64($0) } }

    /// As `seconds`, with three digits more: `PT1.5S` is 1500.
    package static func milliseconds(_ text: String) -> Int64? { total(text).map { Int64(($0 * 1000).rounded()) } }

    private static func total(_ text: String) -> Double? {
        guard text.hasPrefix("P"), text.count > 2, text.count < 40 else { return nil }
        var total = 0.0
        var number = ""
        var isTime = false
        for character in text.dropFirst() {
            switch character {
            case "T": isTime = true
            case "0"..."9", ".": number.append(character)
            default:
                guard let value = Double(number) else { return nil }
                number = ""
                switch (character, isTime) {
                case ("W", false): total += value * 604_800
                case ("D", false): total += value * 86_400
                case ("H", true): total += value * 3600
                case ("M", true): total += value * 60
                case ("S", true): total += value
                default: return nil
                }
            }
        }
        return number.isEmpty && total < 1e12 ? total : nil
    }

    package static func text(seconds: Int64) -> String {
        guard seconds > 0 else { return "PT0S" }
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        var text = "P" + (days > 0 ? "\(days)D" : "")
        guard rest > 0 else { return text }
        text += "T"
        if rest / 3600 > 0 { text += "\(rest / 3600)H" }
        if rest % 3600 / 60 > 0 { text += "\(rest % 3600 / 60)M" }
        if rest % 60 > 0 { text += "\(rest % 60)S" }
        return text
    }
}
