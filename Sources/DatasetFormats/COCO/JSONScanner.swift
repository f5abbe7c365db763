/// Reads JSON (RFC 8259) from bytes, front to back, in one pass and without building a tree: label files reach hundreds of
/// megabytes, most of it outlines that we skip. Knows its line, and takes `NaN` and `Infinity` as numbers because Python
/// writes them.
struct JSONScanner {
    private let file: String
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var countedTo = 0
    private var countedLine = 1

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The line being read, from 1.
    mutating func line() -> Int {
        for index in countedTo..<max(countedTo, min(position, bytes.count)) where bytes[index] == UInt8(ascii: "\n") { countedLine += 1 }
        countedTo = max(countedTo, min(position, bytes.count))
        return countedLine
    }

    mutating func failure(_ message: String) -> DatasetError {
        let lineStart = bytes[..<min(position, bytes.count)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return DatasetError(file: file, line: line(), column: position - lineStart + 1, message: message)
    }

    /// The next byte that is not white space, not consumed; 0 at the end.
    private mutating func peek() -> UInt8 {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return bytes[position]
            }
        }
        return 0
    }

    private mutating func unexpected(wanted: String) -> DatasetError {
        _ = peek()
        guard position < bytes.count else { return failure("the JSON ends where \(wanted) should be; the file seems cut short") }
        return failure("broken JSON: found \"\(Character(UnicodeScalar(bytes[position])))\" where \(wanted) should be")
    }

    private mutating func expect(_ character: Unicode.Scalar, _ wanted: String) throws(DatasetError) {
        guard peek() == UInt8(ascii: character) else { throw unexpected(wanted: wanted) }
        position += 1
    }

    var isAtObject: Bool { mutating get { peek() == UInt8(ascii: "{") } }
    var isAtArray: Bool { mutating get { peek() == UInt8(ascii: "[") } }

    /// Only white space may follow the document.
    mutating func finish() throws(DatasetError) {
        _ = peek()
        if position < bytes.count { throw unexpected(wanted: "the end of the file") }
    }

    /// Calls `body` with each key; `body` must read the value.
    mutating func object(_ body: (inout JSONScanner, String) throws(DatasetError) -> Void) throws(DatasetError) {
        try expect("{", "an object")
        try enter()
        if peek() == UInt8(ascii: "}") { position += 1; depth -= 1; return }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw unexpected(wanted: "a key in quotes") }
            let key = try string()
            try expect(":", "\":\"")
            try body(&self, key)
            if peek() == UInt8(ascii: ",") { position += 1; continue }
            try expect("}", "\",\" or \"}\"")
            depth -= 1
            return
        }
    }

    /// Calls `body` before each element; `body` must read it.
    mutating func array(_ body: (inout JSONScanner) throws(DatasetError) -> Void) throws(DatasetError) {
        try expect("[", "a list")
        try enter()
        if peek() == UInt8(ascii: "]") { position += 1; depth -= 1; return }
        while true {
            try body(&self)
            if peek() == UInt8(ascii: ",") { position += 1; continue }
            try expect("]", "\",\" or \"]\"")
            depth -= 1
            return
        }
    }

    private mutating func enter() throws(DatasetError) {
        depth += 1
        if depth > 256 { throw failure("the JSON is nested deeper than 256 levels") }
    }

    /// Reads past any value.
    mutating func skip() throws(DatasetError) { _ = try scalar() }

    /// A number, or a string that holds one; nil for any other value, which is read past.
    mutating func number() throws(DatasetError) -> Double? {
        switch try scalar() {
        case .number(let value): value
        case .text(let text): Double(text)
        case .flag(let flag): flag ? 1 : 0
        case .other: nil
        }
    }

    /// A string, or a number as text (whole numbers without a fraction); nil for any other value, which is read past.
    mutating func text() throws(DatasetError) -> String? {
        switch try scalar() {
        case .text(let text): text
        case .number(let value): Int(exactly: value).map(String.init) ?? String(value)
        case .flag, .other: nil
        }
    }

    private enum Scalar {
        case number(Double), text(String), flag(Bool), other
    }

    private mutating func scalar() throws(DatasetError) -> Scalar {
        switch peek() {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "{"):
            try object { (scanner, _) throws(DatasetError) in try scanner.skip() }
            return .other
        case UInt8(ascii: "["):
            try array { (scanner) throws(DatasetError) in try scanner.skip() }
            return .other
        default:
            let start = position
            while position < bytes.count, Self.isWordByte(bytes[position]) { position += 1 }
            let word = String(decoding: bytes[start..<position], as: UTF8.self)
            switch word {
            case "true": return .flag(true)
            case "false": return .flag(false)
            case "null": return .other
            case "": throw unexpected(wanted: "a value")
            default:
                // "NaN", "Infinity" and "-Infinity" are spelled as Swift spells them.
                if let value = Double(word) { return .number(value) }
                position = start
                throw unexpected(wanted: "a value")
            }
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private mutating func string() throws(DatasetError) -> String {
        try expect("\"", "a string")
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") { position += 1 }
        guard position < bytes.count else { throw unexpected(wanted: "the end of a string") }
        var text = bytes[start..<position]
        while bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                position += 1
                try text.append(contentsOf: escape())
            } else {
                text.append(bytes[position])
                position += 1
            }
            guard position < bytes.count else { throw unexpected(wanted: "the end of a string") }
        }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape() throws(DatasetError) -> [UInt8] {
        guard position < bytes.count else { throw unexpected(wanted: "an escape") }
        defer { position += 1 }
        switch bytes[position] {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case let same where same == UInt8(ascii: "\"") || same == UInt8(ascii: "\\") || same == UInt8(ascii: "/"): return [same]
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]), position + 2 < bytes.count, bytes[position + 1] == UInt8(ascii: "\\"),
                bytes[position + 2] == UInt8(ascii: "u")
            {
                position += 2
                units.append(try codeUnit())
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: throw unexpected(wanted: "an escape such as \\n")
        }
    }

    /// Four hexadecimal digits after the `u` at the position; leaves the position on the last one.
    private mutating func codeUnit() throws(DatasetError) -> UInt16 {
        let digits = bytes[min(position + 1, bytes.count)..<min(position + 5, bytes.count)]
        guard digits.count == 4, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw unexpected(wanted: "four hexadecimal digits")
        }
        position += 4
        return unit
    }
}
