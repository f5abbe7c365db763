internal import Resources

/// A request in GraphQL, read as far as MLflow's pages use the language: operations with variables, aliases, arguments,
/// fragments; directives are passed over.
struct GraphDocument {
    struct Field {
        var alias: String?
        var name: String
        var arguments: [String: Value] = [:]
        var selection: [Selection] = []
    }

    enum Selection {
        case field(Field)
        case spread(String)
        case inline([Selection])
    }

    indirect enum Value {
        case constant(JSON)
        case variable(String)
        case list([Value])
        case object([(String, Value)])
    }

    struct Operation {
        var name: String?
        var defaults: [String: Value] = [:]
        var selection: [Selection]
    }

    private(set) var operations: [Operation] = []
    private(set) var fragments: [String: [Selection]] = [:]

    private static let maximumLength = 100_000
    private static let maximumDepth = 20

    private var tokens: ArraySlice<String>

    init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Self.maximumLength else { throw Self.invalid("it is longer than \(Self.maximumLength) bytes") }
        tokens = try Self.tokens(of: text)[...]
        while let word = tokens.first {
            switch word {
            case "{": operations.append(Operation(selection: try selectionSet(0)))
            case "query", "mutation":
                tokens.removeFirst()
                operations.append(try operation())
            case "fragment":
                tokens.removeFirst()
                let name = try takeName()
                try take("on")
                _ = try takeName()
                try skipDirectives()
                fragments[name] = try selectionSet(0)
            default: throw Self.invalid("'\(word.prefix(50))' begins nothing that is known here")
            }
        }
    }

    // MARK: Pieces

    private mutating func operation() throws(Problem) -> Operation {
        var operation = Operation(selection: [])
        if let word = tokens.first, word != "{", word != "(", word != "@" { operation.name = try takeName() }
        if tokens.first == "(" {
            tokens.removeFirst()
            while tokens.first != ")" {
                try take("$")
                let name = try takeName()
                try take(":")
                while let word = tokens.first, word == "[" || word == "]" || word == "!" || Self.isName(word) {
                    tokens.removeFirst()
                }
                if tokens.first == "=" {
                    tokens.removeFirst()
                    operation.defaults[name] = try value(0)
                }
            }
            try take(")")
        }
        try skipDirectives()
        operation.selection = try selectionSet(0)
        return operation
    }

    private mutating func selectionSet(_ depth: Int) throws(Problem) -> [Selection] {
        guard depth < Self.maximumDepth else { throw Self.invalid("it is nested deeper than \(Self.maximumDepth) levels") }
        try take("{")
        var selections: [Selection] = []
        while tokens.first != "}" {
            if tokens.first == "..." {
                tokens.removeFirst()
                if let word = tokens.first, Self.isName(word), word != "on" {
                    selections.append(.spread(try takeName()))
                    try skipDirectives()
                } else {
                    if tokens.first == "on" {
                        tokens.removeFirst()
                        _ = try takeName()
                    }
                    try skipDirectives()
                    selections.append(.inline(try selectionSet(depth + 1)))
                }
                continue
            }
            var field = Field(name: try takeName())
            if tokens.first == ":" {
                tokens.removeFirst()
                field.alias = field.name
                field.name = try takeName()
            }
            if tokens.first == "(" { field.arguments = try arguments() }
            try skipDirectives()
            if tokens.first == "{" { field.selection = try selectionSet(depth + 1) }
            selections.append(.field(field))
        }
        try take("}")
        return selections
    }

    private mutating func arguments() throws(Problem) -> [String: Value] {
        try take("(")
        var arguments: [String: Value] = [:]
        while tokens.first != ")" {
            let name = try takeName()
            try take(":")
            arguments[name] = try value(0)
        }
        try take(")")
        return arguments
    }

    private mutating func skipDirectives() throws(Problem) {
        while tokens.first == "@" {
            tokens.removeFirst()
            _ = try takeName()
            if tokens.first == "(" { _ = try arguments() }
        }
    }

    private mutating func value(_ depth: Int) throws(Problem) -> Value {
        guard depth < Self.maximumDepth else { throw Self.invalid("a value is nested deeper than \(Self.maximumDepth) levels") }
        guard let word = tokens.popFirst() else { throw Self.invalid("it ends in the middle") }
        switch word {
        case "$": return .variable(try takeName())
        case "[":
            var items: [Value] = []
            while tokens.first != "]" { items.append(try value(depth + 1)) }
            try take("]")
            return .list(items)
        case "{":
            var members: [(String, Value)] = []
            while tokens.first != "}" {
                let name = try takeName()
                try take(":")
                members.append((name, try value(depth + 1)))
            }
            try take("}")
            return .object(members)
        default:
            if Self.isName(word), !["true", "false", "null"].contains(word) { return .constant(.string(word)) }
            guard let json = try? JSON(parsing: word) else { throw Self.invalid("'\(word.prefix(50))' is no value") }
            return .constant(json)
        }
    }

    // MARK: Tokens

    private mutating func takeName() throws(Problem) -> String {
        guard let word = tokens.popFirst(), Self.isName(word) else { throw Self.invalid("a name is missing") }
        return word
    }

    private mutating func take(_ text: String) throws(Problem) {
        guard tokens.popFirst() == text else { throw Self.invalid("'\(text)' is missing") }
    }

    private static func isName(_ word: String) -> Bool {
        guard let first = word.utf8.first else { return false }
        return first == UInt8(ascii: "_") || 0x41...0x5A ~= first || 0x61...0x7A ~= first
    }

    static func invalid(_ why: String) -> Problem { Problem(.invalidInput, "Invalid GraphQL document: \(why)", target: "query") }

    private static func tokens(of text: String) throws(Problem) -> [String] {
        var tokens: [String] = []
        var rest = Array(text.utf8)[...]
        func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: ","), 0x09, 0x0A, 0x0D: rest.removeFirst()
            case UInt8(ascii: "#"): rest = rest.drop { $0 != 0x0A }
            case UInt8(ascii: "\""):
                var end = rest.startIndex + 1
                while end < rest.endIndex, rest[end] != byte { end += rest[end] == UInt8(ascii: "\\") ? 2 : 1 }
                guard end < rest.endIndex else { throw invalid("a text is not closed") }
                tokens.append(string(rest[...end]))
                rest = rest[(end + 1)...]
            case UInt8(ascii: "."):
                guard rest.starts(with: "...".utf8) else { throw invalid("a dot stands alone") }
                tokens.append("...")
                rest = rest.dropFirst(3)
            default:
                let word = rest.prefix {
                    0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || "_-.+".utf8.contains($0)
                }
                tokens.append(string(word.isEmpty ? rest.prefix(1) : word))
                rest = rest.dropFirst(max(1, word.count))
            }
        }
        return tokens
    }
}
