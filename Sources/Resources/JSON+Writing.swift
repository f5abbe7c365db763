extension JSON {
    /// The value as JSON text: compact, or indented by two spaces. Keys stand in their own order unless `sortedKeys`.
    package func text(pretty: Bool = false, sortedKeys: Bool = false) -> String {
        String(decoding: bytes(pretty: pretty, sortedKeys: sortedKeys), as: UTF8.self)
    }

    /// `text` as UTF-8.
    package func bytes(pretty: Bool = false, sortedKeys: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty, sortedKeys: sortedKeys)
        writer.write(self, indent: 0)
        return writer.output
    }
}

private struct JSONWriter {
    let pretty: Bool
    let sortedKeys: Bool
    var output: [UInt8] = []

    init(pretty: Bool, sortedKeys: Bool) {
        self.pretty = pretty
        self.sortedKeys = sortedKeys
        output.reserveCapacity(256)
    }

    mutating func write(_ value: JSON, indent: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .integer(let number): append(String(number))
        case .number(let number): append(spelling(of: number))
        case .string(let text): write(text)
        case .array(let elements):
            writeBrackets("[", "]", isEmpty: elements.isEmpty, indent: indent) { writer in
                for (index, element) in elements.enumerated() {
                    writer.separate(index, indent: indent + 1)
                    writer.write(element, indent: indent + 1)
                }
            }
        case .object(let object):
            let keys = sortedKeys ? object.keys.sorted() : object.keys
            writeBrackets("{", "}", isEmpty: keys.isEmpty, indent: indent) { writer in
                for (index, key) in keys.enumerated() {
                    writer.separate(index, indent: indent + 1)
                    writer.write(key)
                    writer.append(writer.pretty ? ": " : ":")
                    writer.write(object[key] ?? .null, indent: indent + 1)
                }
            }
        }
    }

    mutating func writeBrackets(
        _ open: StaticString, _ close: StaticString, isEmpty: Bool, indent: Int, _ body: (inout JSONWriter) -> Void
    ) {
        append(open.description)
        body(&self)
        if !isEmpty { newLine(indent) }
        append(close.description)
    }

    mutating func separate(_ index: Int, indent: Int) {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        newLine(indent)
    }

    mutating func newLine(_ indent: Int) {
        guard pretty else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * 2))
    }

    /// JSON has no spelling for NaN and infinities; MLflow's strings are used, which its clients read back.
    func spelling(of number: Double) -> String {
        if number.isNaN { return "\"NaN\"" }
        if number.isInfinite { return number < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
        return "\(number)"
    }

    mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    mutating func write(_ text: String) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0..<0x20, 0x7F:
                let hex = String(byte, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
