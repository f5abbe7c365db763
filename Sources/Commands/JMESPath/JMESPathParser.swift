import Resources

/// A top-down operator-precedence parser of the JMESPath grammar.
struct JMESPathParser {
    private let tokens: [JMESPathToken]
    private var index = 0
    private var depth = 0

    /// Bounds the recursion of parser and interpreter; no honest query comes near.
    private static let maximumTokens = 2000
    private static let maximumDepth = 100

    static func parse(_ text: String) throws(JMESPathError) -> JMESPathNode {
        let tokens = try JMESPathLexer.tokens(of: text)
        guard tokens.count <= maximumTokens else { throw JMESPathError(.syntax, "the expression is too long") }
        var parser = JMESPathParser(tokens: tokens)
        let node = try parser.expression(0)
        guard parser.current == .end else { throw parser.unexpected() }
        return node
    }

    private init(tokens: [JMESPathToken]) { self.tokens = tokens }

    private var current: JMESPathToken.Kind { tokens[index].kind }
    private var following: JMESPathToken.Kind { tokens[min(index + 1, tokens.count - 1)].kind }

    private mutating func advance() { index = min(index + 1, tokens.count - 1) }

    private mutating func take(_ kind: JMESPathToken.Kind) throws(JMESPathError) {
        guard current == kind else { throw unexpected() }
        advance()
    }

    private func unexpected() -> JMESPathError {
        if current == .end { return JMESPathError(.syntax, "the expression ends too early") }
        return JMESPathError(.syntax, "unexpected '\(Self.spelling(current))' at position \(tokens[index].position + 1)")
    }

    private static func spelling(_ kind: JMESPathToken.Kind) -> String {
        switch kind {
        case .identifier(let name): name
        case .quoted(let name): "\"\(name)\""
        case .literal(let value): value.text()
        case .number(let value): String(value)
        case .comparator(let comparator): comparator.rawValue
        case .dot: "."
        case .star: "*"
        case .flatten: "[]"
        case .filter: "[?"
        case .leftBracket: "["
        case .rightBracket: "]"
        case .leftBrace: "{"
        case .rightBrace: "}"
        case .leftParenthesis: "("
        case .rightParenthesis: ")"
        case .comma: ","
        case .colon: ":"
        case .current: "@"
        case .reference: "&"
        case .not: "!"
        case .and: "&&"
        case .or: "||"
        case .pipe: "|"
        case .end: "end"
        }
    }

    /// How strongly a token binds to what stands at its left; 0 ends an expression.
    private static func power(_ kind: JMESPathToken.Kind) -> Int {
        switch kind {
        case .pipe: 1
        case .or: 2
        case .and: 3
        case .comparator: 5
        case .flatten: 9
        case .star: 20
        case .filter: 21
        case .dot: 40
        case .not: 45
        case .leftBracket: 55
        case .leftParenthesis: 60
        default: 0
        }
    }

    /// Tokens that bind weaker end a projection.
    private static let projectionPower = 10

    private mutating func expression(_ power: Int) throws(JMESPathError) -> JMESPathNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw JMESPathError(.syntax, "the expression is nested too deeply") }
        var left = try prefix()
        while power < Self.power(current) { left = try infix(left) }
        return left
    }

    private mutating func prefix() throws(JMESPathError) -> JMESPathNode {
        let kind = current
        switch kind {
        case .identifier(let name):
            advance()
            return current == .leftParenthesis ? try call(name) : .field(name)
        case .quoted(let name):
            advance()
            if current == .leftParenthesis { throw unexpected() }
            return .field(name)
        case .literal(let value):
            advance()
            return .literal(value)
        case .current:
            advance()
            return .current
        case .star:
            advance()
            return .valueProjection(.current, try projected(Self.power(.star)))
        case .flatten:
            advance()
            return .listProjection(.flatten(.current), try projected(Self.power(.flatten)))
        case .filter:
            advance()
            return try filter(.current)
        case .not:
            advance()
            return .not(try expression(Self.power(.not)))
        case .leftParenthesis:
            advance()
            let inside = try expression(0)
            try take(.rightParenthesis)
            return inside
        case .leftBrace:
            advance()
            return try hash()
        case .leftBracket:
            advance()
            return try isIndex ? bracket(.current) : list()
        default: throw unexpected()
        }
    }

    private mutating func infix(_ left: JMESPathNode) throws(JMESPathError) -> JMESPathNode {
        let kind = current
        advance()
        switch kind {
        case .dot:
            if current == .star {
                advance()
                return .valueProjection(left, try projected(Self.power(.star)))
            }
            return .chain(left, try memberOfChain(Self.power(.dot)))
        case .pipe: return .pipe(left, try expression(Self.power(.pipe)))
        case .or: return .or(left, try expression(Self.power(.or)))
        case .and: return .and(left, try expression(Self.power(.and)))
        case .comparator(let comparator): return .comparison(comparator, left, try expression(Self.power(kind)))
        case .flatten: return .listProjection(.flatten(left), try projected(Self.power(.flatten)))
        case .filter: return try filter(left)
        case .leftBracket where isIndex: return try bracket(left)
        default:
            index -= 1
            throw unexpected()
        }
    }

    /// What a projection applies to each element.
    private mutating func projected(_ power: Int) throws(JMESPathError) -> JMESPathNode {
        if Self.power(current) < Self.projectionPower { return .current }
        switch current {
        case .leftBracket, .filter: return try expression(power)
        case .dot:
            advance()
            if current == .star { return try expression(power) }
            return try memberOfChain(power)
        default: throw unexpected()
        }
    }

    /// What may follow a dot: a name, a function, `[…]` of expressions or `{…}`.
    private mutating func memberOfChain(_ power: Int) throws(JMESPathError) -> JMESPathNode {
        switch current {
        case .identifier, .quoted: return try expression(power)
        case .leftBracket:
            advance()
            return try list()
        case .leftBrace:
            advance()
            return try hash()
        default: throw unexpected()
        }
    }

    private var isIndex: Bool {
        switch current {
        case .number, .colon: true
        case .star: following == .rightBracket
        default: false
        }
    }

    /// After `[`: an index, a slice or `*`.
    private mutating func bracket(_ left: JMESPathNode) throws(JMESPathError) -> JMESPathNode {
        if current == .star {
            advance()
            try take(.rightBracket)
            return .listProjection(left, try projected(Self.power(.star)))
        }
        var parts: [Int?] = [nil]
        while current != .rightBracket {
            switch current {
            case .number(let value) where parts[parts.count - 1] == nil: parts[parts.count - 1] = value
            case .colon where parts.count < 3: parts.append(nil)
            default: throw unexpected()
            }
            advance()
        }
        advance()
        if parts.count == 1, let index = parts[0] { return .chain(left, .index(index)) }
        let slice = JMESPathNode.slice(start: parts[0], stop: parts[1], step: parts.count > 2 ? parts[2] : nil)
        return .listProjection(.chain(left, slice), try projected(Self.power(.star)))
    }

    private mutating func filter(_ left: JMESPathNode) throws(JMESPathError) -> JMESPathNode {
        let condition = try expression(0)
        try take(.rightBracket)
        let right = current == .flatten ? .current : try projected(Self.power(.filter))
        return .filterProjection(left, condition: condition, right)
    }

    private mutating func list() throws(JMESPathError) -> JMESPathNode {
        var elements = [try expression(0)]
        while current == .comma {
            advance()
            elements.append(try expression(0))
        }
        try take(.rightBracket)
        return .list(elements)
    }

    private mutating func hash() throws(JMESPathError) -> JMESPathNode {
        var members: [JMESPathNode.Member] = []
        repeat {
            if !members.isEmpty { advance() }
            switch current {
            case .identifier(let name), .quoted(let name):
                advance()
                try take(.colon)
                members.append(.init(name: name, value: try expression(0)))
            default: throw unexpected()
            }
        } while current == .comma
        try take(.rightBrace)
        return .hash(members)
    }

    private mutating func call(_ name: String) throws(JMESPathError) -> JMESPathNode {
        advance()
        var arguments: [JMESPathNode] = []
        while current != .rightParenthesis {
            if !arguments.isEmpty { try take(.comma) }
            if current == .reference {
                advance()
                arguments.append(.reference(try expression(0)))
            } else {
                arguments.append(try expression(0))
            }
        }
        advance()
        return .call(name, arguments)
    }
}
