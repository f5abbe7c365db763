package import Resources

/// One value of a YAML document with the place where it stands.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        /// A scalar: its text as written and the JSON it means (YAML 1.2 core schema; `yes` and `on` are strings).
        case scalar(text: String, value: JSON)
        case list([YAMLNode])
        case map([Entry])
    }

    package struct Entry: Sendable {
        package var key: String
        package var keyLocation: Problem.Location
        package var value: YAMLNode
    }

    package var content: Content
    package var location: Problem.Location

    package init(_ content: Content, at location: Problem.Location) {
        self.content = content
        self.location = location
    }

    package subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

    package var entries: [Entry]? {
        if case .map(let entries) = content { return entries }
        return nil
    }

    package var elements: [YAMLNode]? {
        if case .list(let elements) = content { return elements }
        return nil
    }

    /// The text of a scalar that is not null, as written: `1.10` stays `1.10`.
    package var text: String? {
        if case .scalar(let text, let value) = content, !value.isNull { return text }
        return nil
    }

    package var isNull: Bool {
        if case .scalar(_, .null) = content { return true }
        return false
    }

    /// The scalar when it is a string, not a number, boolean or null.
    package var string: String? {
        if case .scalar(_, .string(let text)) = content { return text }
        return nil
    }

    /// The whole value as JSON.
    package var json: JSON {
        switch content {
        case .scalar(_, let value): value
        case .list(let elements): .array(elements.map(\.json))
        case .map(let entries): .object(JSONObject(entries.map { ($0.key, $0.value.json) }))
        }
    }

    /// What to call the value in a sentence: `the number 3`, `a list`.
    package var described: String {
        switch content {
        case .list: "a list"
        case .map: "a mapping"
        case .scalar(let text, let value):
            switch value {
            case .null: "nothing"
            case .bool: "the boolean \(text)"
            case .integer, .number: "the number \(text)"
            default: "'\(text.count > 60 ? text.prefix(57) + "..." : text[...])'"
            }
        }
    }

    /// The scalar that plain (unquoted) text means in YAML's core schema.
    package static func meaning(ofPlain text: String) -> JSON {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || "+-.".utf8.contains(first) else { return .string(text) }
        let unsigned = text.drop { $0 == "+" || $0 == "-" }
        guard text.utf8.count - unsigned.utf8.count <= 1 else { return .string(text) }
        if unsigned.hasPrefix("0x"), let value = Int64(unsigned.dropFirst(2), radix: 16) { return .integer(value) }
        if unsigned.hasPrefix("0o"), let value = Int64(unsigned.dropFirst(2), radix: 8) { return .integer(value) }
        if unsigned.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(text.hasPrefix("+") ? String(unsigned) : text).map { .integer($0) } ?? .string(text)
        }
        let isDecimal =
            unsigned.utf8.allSatisfy { (0x30...0x39).contains($0) || ".eE+-".utf8.contains($0) }
            && unsigned.utf8.contains { (0x30...0x39).contains($0) }
        if isDecimal, let value = Double(text), value.isFinite { return .number(value) }
        return .string(text)
    }
}
