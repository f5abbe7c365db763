/// Reads JSON (RFC 8259) from bytes, front to back, in one pass and without building a tree: label files reach hundreds of
/// megabytes, most of it outlines that we skip. Takes `NaN` and `Infinity` as numbers because Python writes them.
struct JSONScanner {
    let bytes: FileBytes
    /// Where the next token is looked for.
    private(set) var position: Int
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private var depth = 0

    /// - Parameter end: where the JSON ends at the latest.
    init(_ bytes: FileBytes, at offset: Int = 0, to end: Int = .max) {
        self.bytes = bytes
        base = bytes.base
        count = min(end, bytes.count)
        position = min(max(offset, 0), bytes.count)
        if offset == 0, count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { position = 3 }
    }

    func failure(_ message: String) -> DatasetError {
        DatasetError(file: bytes.path, line: bytes.line(at: position), column: bytes.column(at: position), message: message)
    }

    /// The next byte that is not white space, not consumed; 0 at the end.
    @inline(__always)
    private mutating func peek() -> UInt8 {
        while position < count {
            switch base[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return base[position]
            }
        }
        return 0
    }

    private mutating func unexpected(wanted: String) -> DatasetError {
        _ = peek()
        guard position < count else { return failure("the JSON ends where \(wanted) should be; the file seems cut short") }
        return failure("broken JSON: found \"\(Character(UnicodeScalar(base[position])))\" where \(wanted) should be")
    }

    private mutating func expect(_ character: Unicode.Scalar, _ wanted: StaticString) throws(DatasetError) {
        guard peek() == UInt8(ascii: character) else { throw unexpected(wanted: "\(wanted)") }
        position += 1
    }

    var isAtObject: Bool { mutating get { peek() == UInt8(ascii: "{") } }
    var isAtArray: Bool { mutating get { peek() == UInt8(ascii: "[") } }
    var isAtText: Bool { mutating get { peek() == UInt8(ascii: "\"") } }
    /// The place of the next token.
    var place: Int {
        mutating get {
            _ = peek()
            return position
        }
    }

    /// Only white space may follow the document.
    mutating func finish() throws(DatasetError) {
        _ = peek()
        if position < count { throw unexpected(wanted: "the end of the file") }
    }

    // MARK: Objects and lists

    /// Calls `body` with each key; `body` must read the value.
    mutating func object(_ body: (inout JSONScanner, String) throws(DatasetError) -> Void) throws(DatasetError) {
        try expect("{", "an object")
        try enter()
        if peek() == UInt8(ascii: "}") { return leave() }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw unexpected(wanted: "a key in quotes") }
            let key = try string()
            try expect(":", "\":\"")
            try body(&self, key)
            if peek() == UInt8(ascii: ",") { position += 1; continue }
            guard peek() == UInt8(ascii: "}") else { throw unexpected(wanted: "\",\" or \"}\"") }
            return leave()
        }
    }

    /// Calls `body` before each element; `body` must read it.
    mutating func array(_ body: (inout JSONScanner) throws(DatasetError) -> Void) throws(DatasetError) {
        try expect("[", "a list")
        try enter()
        if peek() == UInt8(ascii: "]") { return leave() }
        while true {
            try body(&self)
            if peek() == UInt8(ascii: ",") { position += 1; continue }
            guard peek() == UInt8(ascii: "]") else { throw unexpected(wanted: "\",\" or \"]\"") }
            return leave()
        }
    }

    private mutating func enter() throws(DatasetError) {
        depth += 1
        if depth > 256 { throw failure("the JSON is nested deeper than 256 levels") }
    }

    private mutating func leave() {
        position += 1
        depth -= 1
    }

    // MARK: Values

    /// Reads past any value, checking that it is whole.
    mutating func skip() throws(DatasetError) {
        switch peek() {
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "["): try array { (scanner) throws(DatasetError) in try scanner.skip() }
        case UInt8(ascii: "{"):
            position += 1
            try enter()
            if peek() == UInt8(ascii: "}") { return leave() }
            while true {
                guard peek() == UInt8(ascii: "\"") else { throw unexpected(wanted: "a key in quotes") }
                try skipString()
                try expect(":", "\":\"")
                try skip()
                if peek() == UInt8(ascii: ",") { position += 1; continue }
                guard peek() == UInt8(ascii: "}") else { throw unexpected(wanted: "\",\" or \"}\"") }
                return leave()
            }
        default: _ = try word()
        }
    }

    /// A number, or a string that holds one; nil for any other value, which is read past.
    mutating func number() throws(DatasetError) -> Double? {
        switch peek() {
        case UInt8(ascii: "\""): return Double(try string())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try skip()
            return nil
        default:
            switch try word() {
            case .number(let value): return value
            case .flag(let flag): return flag ? 1 : 0
            case .null: return nil
            }
        }
    }

    /// A number; nil for any other value, which is read past.
    mutating func numberOrNil() throws(DatasetError) -> Double? {
        if isAtText || isAtObject || isAtArray {
            try skip()
            return nil
        }
        guard case .number(let value) = try word() else { return nil }
        return value
    }

    /// Whether a value is true, a number other than 0 or the text of one of these.
    mutating func flag() throws(DatasetError) -> Bool {
        if isAtText {
            let text = try string().lowercased()
            return text == "true" || text == "yes" || (Double(text) ?? 0) != 0
        }
        return try number() ?? 0 != 0
    }

    /// A string, or a number as text (whole numbers without a fraction); nil for any other value, which is read past.
    mutating func text() throws(DatasetError) -> String? {
        switch peek() {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try skip()
            return nil
        default:
            guard case .number(let value) = try word() else { return nil }
            return Int(exactly: value).map(String.init) ?? String(value)
        }
    }

    /// A list of numbers, with NaN for what is none; nil for any other value, which is read past.
    mutating func numbers() throws(DatasetError) -> [Double]? {
        guard isAtArray else {
            try skip()
            return nil
        }
        var numbers: [Double] = []
        try array { (scanner) throws(DatasetError) in numbers.append(try scanner.number() ?? .nan) }
        return numbers
    }

    private enum Word {
        case number(Double), flag(Bool), null
    }

    private mutating func word() throws(DatasetError) -> Word {
        _ = peek()
        let start = position
        while position < count, Self.isWordByte(base[position]) { position += 1 }
        let word = UnsafeBufferPointer(start: base + start, count: position - start)
        if let value = DecimalText.value(of: word) { return .number(value) }
        switch String(decoding: word, as: UTF8.self) {
        case "true": return .flag(true)
        case "false": return .flag(false)
        case "null": return .null
        case "": throw unexpected(wanted: "a value")
        // "NaN", "Infinity" and "-Infinity" are spelled as Swift spells them.
        case let text:
            if let value = Double(text) { return .number(value) }
            position = start
            throw unexpected(wanted: "a value")
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

    // MARK: Strings

    private mutating func string() throws(DatasetError) -> String {
        try expect("\"", "a string")
        let start = position
        while position < count, base[position] != UInt8(ascii: "\""), base[position] != UInt8(ascii: "\\") { position += 1 }
        guard position < count else { throw unexpected(wanted: "the end of a string") }
        let plain = UnsafeBufferPointer(start: base + start, count: position - start)
        if base[position] == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: plain, as: UTF8.self)
        }
        var text = Array(plain)
        while base[position] != UInt8(ascii: "\"") {
            if base[position] == UInt8(ascii: "\\") {
                position += 1
                try text.append(contentsOf: escape())
            } else {
                text.append(base[position])
                position += 1
            }
            guard position < count else { throw unexpected(wanted: "the end of a string") }
        }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func skipString() throws(DatasetError) {
        position += 1
        while position < count {
            if base[position] == UInt8(ascii: "\"") { position += 1; return }
            if base[position] == UInt8(ascii: "\\") {
                position += 1
                _ = try escape()
            } else {
                position += 1
            }
        }
        throw unexpected(wanted: "the end of a string")
    }

    private mutating func escape() throws(DatasetError) -> [UInt8] {
        guard position < count else { throw unexpected(wanted: "an escape") }
        defer { position += 1 }
        switch base[position] {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case let same where same == UInt8(ascii: "\"") || same == UInt8(ascii: "\\") || same == UInt8(ascii: "/"): return [same]
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]), position + 2 < count, base[position + 1] == UInt8(ascii: "\\"),
                base[position + 2] == UInt8(ascii: "u")
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
        let first = min(position + 1, count)
        let digits = UnsafeBufferPointer(start: base + first, count: min(position + 5, count) - first)
        guard digits.count == 4, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw unexpected(wanted: "four hexadecimal digits")
        }
        position += 4
        return unit
    }
}
