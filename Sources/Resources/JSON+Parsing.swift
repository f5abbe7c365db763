extension JSON {
    /// Parses one JSON text (RFC 8259). Duplicate keys, nesting over `maximumDepth`, invalid UTF-8 and anything after
    /// the value are refused with line and column. `NaN` and infinities are accepted only as MLflow's strings.
    package init(parsing bytes: some Collection<UInt8>, maximumDepth: Int = 128) throws(Problem) {
        let contiguous = Array(bytes)
        var parser = JSONParser(bytes: contiguous, maximumDepth: maximumDepth)
        self = try parser.parseDocument()
    }

    package init(parsing text: String, maximumDepth: Int = 128) throws(Problem) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }
}

/// A recursive-descent reader over bytes; the depth limit bounds its stack.
private struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    var position = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func parseDocument() throws(Problem) -> JSON {
        skipWhitespace()
        let value = try parseValue(depth: 0)
        skipWhitespace()
        guard position == bytes.count else { throw problem("unexpected text after the JSON value") }
        return value
    }

    func problem(_ message: String, at offset: Int? = nil) -> Problem {
        let end = min(offset ?? position, bytes.count)
        var line = 1
        var column = 1
        for byte in bytes[..<end] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return Problem(.invalidInput, "not valid JSON: \(message)", location: .init(line: line, column: column))
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func parseValue(depth: Int) throws(Problem) -> JSON {
        guard depth <= maximumDepth else { throw problem("nested deeper than \(maximumDepth) levels") }
        switch current {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case nil: throw problem(bytes.isEmpty ? "the text is empty" : "the text ends too early")
        default: return try parseNumber()
        }
    }

    mutating func parseWord(_ word: StaticString, _ value: JSON) throws(Problem) -> JSON {
        let count = word.utf8CodeUnitCount
        let matches =
            position + count <= bytes.count
            && word.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + count]) }
        guard matches else { throw problem("expected \(word)") }
        position += count
        return value
    }

    mutating func parseObject(depth: Int) throws(Problem) -> JSON {
        position += 1
        var object = JSONObject()
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object(object)
        }
        while true {
            skipWhitespace()
            guard current == UInt8(ascii: "\"") else { throw problem("expected a key in quotes") }
            let start = position
            let key = try parseString()
            guard object[key] == nil else { throw problem("the key '\(key)' stands twice", at: start) }
            skipWhitespace()
            guard current == UInt8(ascii: ":") else { throw problem("expected ':' after the key '\(key)'") }
            position += 1
            skipWhitespace()
            object[key] = try parseValue(depth: depth + 1)
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(object)
            default: throw problem("expected ',' or '}'")
            }
        }
    }

    mutating func parseArray(depth: Int) throws(Problem) -> JSON {
        position += 1
        var array: [JSON] = []
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array(array)
        }
        while true {
            skipWhitespace()
            array.append(try parseValue(depth: depth + 1))
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(array)
            default: throw problem("expected ',' or ']'")
            }
        }
    }

    mutating func parseString() throws(Problem) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position], from: start)
        }
        var buffer = Array(bytes[start..<position])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(buffer, from: start)
            case UInt8(ascii: "\\"):
                position += 1
                try parseEscape(into: &buffer)
            case 0..<0x20: throw problem("control characters must be escaped in a string")
            default:
                buffer.append(byte)
                position += 1
            }
        }
        throw problem("a string is not closed", at: start - 1)
    }

    func text(_ buffer: some Collection<UInt8>, from start: Int) throws(Problem) -> String {
        guard let text = String(validating: buffer, as: UTF8.self) else { throw problem("a string is not valid UTF-8", at: start) }
        return text
    }

    mutating func parseEscape(into buffer: inout [UInt8]) throws(Problem) {
        guard let byte = current else { throw problem("the text ends too early") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try parseHex()
            if 0xD800..<0xDC00 ~= unit, current == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u") {
                let mark = position
                position += 2
                let low = try parseHex()
                if 0xDC00..<0xE000 ~= low {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    position = mark
                }
            }
            // A lone surrogate has no character; RFC 8259 leaves it to the reader.
            let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
            buffer.append(contentsOf: String(Character(scalar)).utf8)
        default: throw problem("unknown escape in a string")
        }
    }

    mutating func parseHex() throws(Problem) -> UInt32 {
        guard position + 4 <= bytes.count else { throw problem("\\u needs four hexadecimal digits") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw problem("\\u needs four hexadecimal digits") }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    mutating func parseNumber() throws(Problem) -> JSON {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        let digitsStart = position
        try skipDigits(orThrowAt: start)
        if bytes[digitsStart] == UInt8(ascii: "0"), position - digitsStart > 1 { throw problem("a number must not begin with 0", at: start) }
        var isWhole = true
        if current == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try skipDigits(orThrowAt: start)
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits(orThrowAt: start)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw problem("the number is out of range", at: start) }
        return .number(value)
    }

    mutating func skipDigits(orThrowAt start: Int) throws(Problem) {
        guard let byte = current, 0x30...0x39 ~= byte else {
            throw problem(position == start ? "unexpected character" : "malformed number", at: start)
        }
        while let byte = current, 0x30...0x39 ~= byte { position += 1 }
    }
}
