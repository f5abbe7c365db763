/// The little XML that the blob service answers with: elements without attributes, found by name.
package enum XMLText {
    /// The inside of each `<name>…</name>`, in order.
    package static func all(_ name: String, in text: some StringProtocol) -> [Substring] {
        var found: [Substring] = []
        var rest = Substring(text)
        while let open = range(of: "<\(name)>", in: rest), let close = range(of: "</\(name)>", in: rest[open.upperBound...]) {
            found.append(rest[open.upperBound..<close.lowerBound])
            rest = rest[close.upperBound...]
        }
        return found
    }

    /// The text of the first element of that name, entities resolved.
    package static func first(_ name: String, in text: some StringProtocol) -> String? {
        let rest = Substring(text)
        guard let open = range(of: "<\(name)>", in: rest), let close = range(of: "</\(name)>", in: rest[open.upperBound...]) else {
            return nil
        }
        return unescaped(rest[open.upperBound..<close.lowerBound])
    }

    private static func range(of needle: String, in text: Substring) -> Range<String.Index>? {
        text.utf8.firstRange(of: needle.utf8)
    }

    private static func unescaped(_ text: Substring) -> String {
        if !text.utf8.contains(UInt8(ascii: "&")) { return String(text) }
        var result = ""
        var rest = text
        while let ampersand = rest.firstIndex(of: "&") {
            result += rest[..<ampersand]
            let after = rest[rest.index(after: ampersand)...]
            guard let end = after.firstIndex(of: ";") else {
                result += rest[ampersand...]
                return result
            }
            result += character(after[..<end]).map(String.init) ?? "&\(after[..<end]);"
            rest = after[after.index(after: end)...]
        }
        return result + rest
    }

    private static func character(_ entity: Substring) -> Character? {
        switch entity {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard entity.hasPrefix("#") else { return nil }
        let digits = entity.dropFirst()
        let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap(Unicode.Scalar.init).map(Character.init)
    }
}
