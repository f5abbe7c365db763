internal import Resources

/// Cuts a search text into words, quoted texts and signs.
struct SearchLexer {
    enum Token: Equatable {
        /// Anything bare: a keyword, a number, `metrics.loss`; quoted parts of an identifier are joined to it.
        case word(String)
        /// A value in single or double quotes.
        case quoted(String)
        /// A comparison sign, a parenthesis or a comma.
        case sign(String)

        /// As it stood in the text, for messages.
        var spelling: String {
            switch self {
            case .word(let text), .sign(let text): text
            case .quoted(let text): "'\(text)'"
            }
        }
    }

    private let characters: [Character]
    private var position = 0

    private init(_ text: String) { characters = Array(text) }

    /// The tokens of `text`; an unclosed quote is a problem.
    static func tokens(of text: String) throws(Problem) -> [Token] {
        var lexer = SearchLexer(text)
        var tokens: [Token] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens
    }

    private mutating func next() throws(Problem) -> Token? {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
        guard position < characters.count else { return nil }
        let start = characters[position]
        if "=<>!".contains(start) {
            position += 1
            if position < characters.count, characters[position] == "=" {
                position += 1
                return .sign("\(start)=")
            }
            return .sign(String(start))
        }
        if "(),;".contains(start) {
            position += 1
            return .sign(String(start))
        }
        if start == "'" || start == "\"" {
            let text = try quotedText()
            // A quoted name is the beginning of an identifier only when a dot follows.
            guard position < characters.count, characters[position] == "." else { return .quoted(text) }
            return .word(text + (try bareText()))
        }
        return .word(try bareText())
    }

    /// Runs to the next blank or sign; parts in backticks or double quotes may hold anything.
    private mutating func bareText() throws(Problem) -> String {
        var text = ""
        while position < characters.count {
            let character = characters[position]
            if character == "`" || character == "\"" || (character == "'" && text.hasSuffix(".")) {
                text += try quotedText()
            } else if character.isWhitespace || "=<>!(),;'".contains(character) {
                break
            } else {
                text.append(character)
                position += 1
            }
        }
        return text
    }

    /// The text between quotes; the quote doubled stands for itself.
    private mutating func quotedText() throws(Problem) -> String {
        let quote = characters[position]
        position += 1
        var text = ""
        while position < characters.count {
            let character = characters[position]
            position += 1
            guard character == quote else {
                text.append(character)
                continue
            }
            guard position < characters.count, characters[position] == quote else { return text }
            text.append(quote)
            position += 1
        }
        throw Problem(.invalidInput, "Invalid filter string: a \(quote) is not closed", target: "filter")
    }
}
