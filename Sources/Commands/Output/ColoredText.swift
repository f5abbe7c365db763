/// Colours for `jsonc` and `yamlc` on a terminal.
enum ColoredText {
    private static let key = "\u{1B}[34m"
    private static let string = "\u{1B}[32m"
    private static let literal = "\u{1B}[33m"
    private static let reset = "\u{1B}[0m"

    /// `text` is JSON of our own writer: one member or element per line.
    static func json(_ text: String) -> String {
        line(by: text) { line in
            let margin = line.prefix { $0 == " " }
            var rest = line.dropFirst(margin.count)
            var result = String(margin)
            if rest.hasPrefix("\""), let end = endOfString(rest), rest[end...].hasPrefix(": ") {
                result += key + rest[..<end] + reset + ": "
                rest = rest[end...].dropFirst(2)
            }
            let comma = rest.hasSuffix(",") ? "," : ""
            let value = rest.dropLast(comma.count)
            if ["", "{", "}", "[", "]", "{}", "[]"].contains(value) { return result + value + comma }
            return result + (value.hasPrefix("\"") ? string : literal) + value + reset + comma
        }
    }

    static func yaml(_ text: String) -> String {
        line(by: text) { line in
            let margin = line.prefix { $0 == " " || $0 == "-" }
            let rest = line.dropFirst(margin.count)
            guard let colon = rest.firstIndex(of: ":"), rest[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || "_-.".contains($0) })
            else {
                return String(line)
            }
            return margin + key + rest[..<colon] + reset + rest[colon...]
        }
    }

    private static func line(by text: String, _ color: (Substring) -> String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(color).joined(separator: "\n")
    }

    /// The index after the closing quote of the string that begins `text`.
    private static func endOfString(_ text: Substring) -> Substring.Index? {
        var index = text.index(after: text.startIndex)
        while index < text.endIndex {
            if text[index] == "\\" {
                index = text.index(index, offsetBy: 2, limitedBy: text.endIndex) ?? text.endIndex
                continue
            }
            index = text.index(after: index)
            if text[text.index(before: index)] == "\"" { return index }
        }
        return nil
    }
}
