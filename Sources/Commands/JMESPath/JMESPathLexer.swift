import Resources

/// One word of a JMESPath expression and where it begins, as a count of bytes.
struct JMESPathToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case identifier(String)
        case quoted(String)
        case literal(JSON)
        case number(Int)
        case dot, star, flatten, filter, leftBracket, rightBracket, leftBrace, rightBrace, leftParenthesis, rightParenthesis
        case comma, colon, current, reference, not, and, or, pipe, end
        case comparator(JMESPathNode.Comparator)
    }

    let kind: Kind
    let position: Int
}

/// Cuts an expression into tokens.
struct JMESPathLexer {
    private let bytes: [UInt8]
    private var position = 0

    static func tokens(of text: String) throws(JMESPathError) -> [JMESPathToken] {
        var lexer = JMESPathLexer(bytes: Array(text.utf8))
        var tokens: [JMESPathToken] = []
        while let token = try lexer.next() { tokens.append(token) }
        tokens.append(JMESPathToken(kind: .end, position: lexer.bytes.count))
        return tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ offset: Int = 0) -> UInt8? { position + offset < bytes.count ? bytes[position + offset] : nil }

    private mutating func next() throws(JMESPathError) -> JMESPathToken? {
        while let byte = byte(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
        guard let first = byte() else { return nil }
        let start = position
        return JMESPathToken(kind: try kind(startingWith: first), position: start)
    }

    private mutating func kind(startingWith first: UInt8) throws(JMESPathError) -> JMESPathToken.Kind {
        switch first {
        case UInt8(ascii: "\""): return .quoted(try quotedIdentifier())
        case UInt8(ascii: "'"): return .literal(.string(try rawString()))
        case UInt8(ascii: "`"): return .literal(try jsonLiteral())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case _ where Self.isIdentifierStart(first): return .identifier(identifier())
        default: break
        }
        if let second = byte(1), let kind = Self.pairs[[first, second]] {
            position += 2
            return kind
        }
        guard let kind = Self.singles[first] else {
            throw JMESPathError(.syntax, "unexpected character at position \(position + 1)")
        }
        position += 1
        return kind
    }

    private static let pairs: [[UInt8]: JMESPathToken.Kind] = [
        Array("[]".utf8): .flatten, Array("[?".utf8): .filter, Array("&&".utf8): .and, Array("||".utf8): .or,
        Array("==".utf8): .comparator(.equal), Array("!=".utf8): .comparator(.notEqual),
        Array("<=".utf8): .comparator(.lessOrEqual), Array(">=".utf8): .comparator(.greaterOrEqual),
    ]

    private static let singles: [UInt8: JMESPathToken.Kind] = [
        UInt8(ascii: "."): .dot, UInt8(ascii: "*"): .star, UInt8(ascii: "["): .leftBracket, UInt8(ascii: "]"): .rightBracket,
        UInt8(ascii: "{"): .leftBrace, UInt8(ascii: "}"): .rightBrace, UInt8(ascii: "("): .leftParenthesis,
        UInt8(ascii: ")"): .rightParenthesis, UInt8(ascii: ","): .comma, UInt8(ascii: ":"): .colon, UInt8(ascii: "@"): .current,
        UInt8(ascii: "&"): .reference, UInt8(ascii: "!"): .not, UInt8(ascii: "|"): .pipe,
        UInt8(ascii: "<"): .comparator(.less), UInt8(ascii: ">"): .comparator(.greater),
    ]

    private static func isIdentifierStart(_ byte: UInt8) -> Bool {
        0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "_")
    }

    private mutating func identifier() -> String {
        let start = position
        while let byte = byte(), Self.isIdentifierStart(byte) || 0x30...0x39 ~= byte { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func number() throws(JMESPathError) -> Int {
        let start = position
        position += 1
        while let byte = byte(), 0x30...0x39 ~= byte { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Int(text) else {
            throw JMESPathError(.syntax, "'\(text)' at position \(start + 1) is not a number that can index a list")
        }
        return value
    }

    /// The bytes up to the closing `delimiter`, backslashes still in place.
    private mutating func delimited(by delimiter: UInt8, name: String) throws(JMESPathError) -> ArraySlice<UInt8> {
        let start = position
        position += 1
        while let byte = byte() {
            if byte == delimiter {
                position += 1
                return bytes[(start + 1)..<(position - 1)]
            }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        throw JMESPathError(.syntax, "the \(name) that begins at position \(start + 1) is never closed")
    }

    private mutating func quotedIdentifier() throws(JMESPathError) -> String {
        let start = position
        let quote = UInt8(ascii: "\"")
        let inside = try delimited(by: quote, name: "quoted name")
        guard let text = (try? JSON(parsing: [quote] + inside + [quote]))?.stringValue else {
            throw JMESPathError(.syntax, "the quoted name at position \(start + 1) is not a valid JSON string")
        }
        return text
    }

    /// `\'` stands for a quote; any other backslash stays.
    private mutating func rawString() throws(JMESPathError) -> String {
        let inside = try delimited(by: UInt8(ascii: "'"), name: "string")
        return String(decoding: Self.unescaping(inside, UInt8(ascii: "'")), as: UTF8.self)
    }

    private mutating func jsonLiteral() throws(JMESPathError) -> JSON {
        let start = position
        let inside = try delimited(by: UInt8(ascii: "`"), name: "literal")
        let text = Self.unescaping(inside, UInt8(ascii: "`"))
        guard let value = try? JSON(parsing: text) else {
            throw JMESPathError(.syntax, "the literal at position \(start + 1) is not valid JSON; write text as '…' or `\"…\"`")
        }
        return value
    }

    private static func unescaping(_ bytes: ArraySlice<UInt8>, _ delimiter: UInt8) -> [UInt8] {
        let backslash = UInt8(ascii: "\\")
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == backslash, index + 1 < bytes.endIndex {
                let next = bytes[index + 1]
                if next != delimiter { result.append(backslash) }
                result.append(next)
                index += 2
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
