/// The expressions of Azure ML's documents: `${{ inputs.x }}` and the optional block `$[[ … ]]`.
package struct Expression: Sendable, Hashable {
    /// What stands between the braces, split at dots: `["parent", "inputs", "epochs"]`.
    package var path: [String]

    package init(_ path: [String]) { self.path = path }

    /// What an expression points at.
    package enum Meaning: Sendable, Hashable {
        case input(String)
        case output(String)
        case searchSpace(String)
        case parentInput(String)
        case parentOutput(String)
        case parentJobInput(job: String, name: String)
        case parentJobOutput(job: String, name: String)
        /// `name`, `output_name`, `default_datastore`: filled in by the server in output paths.
        case word(String)
        case unknown
    }

    package var meaning: Meaning {
        switch path.count {
        case 1: return ["name", "output_name", "default_datastore"].contains(path[0]) ? .word(path[0]) : .unknown
        case 2:
            switch path[0] {
            case "inputs": return .input(path[1])
            case "outputs": return .output(path[1])
            case "search_space": return .searchSpace(path[1])
            default: return .unknown
            }
        case 3 where path[0] == "parent":
            switch path[1] {
            case "inputs": return .parentInput(path[2])
            case "outputs": return .parentOutput(path[2])
            default: return .unknown
            }
        // Azure's inputs may be grouped: ${{inputs.group.field}}.
        case 3 where path[0] == "inputs": return .input(path[1...].joined(separator: "."))
        case 5 where path[0] == "parent" && path[1] == "jobs":
            switch path[3] {
            case "inputs": return .parentJobInput(job: path[2], name: path[4])
            case "outputs": return .parentJobOutput(job: path[2], name: path[4])
            default: return .unknown
            }
        default: return .unknown
        }
    }

    package var text: String { "${{\(path.joined(separator: "."))}}" }

    /// A text cut into plain stretches and expressions; an opened `${{` without end is a plain stretch.
    package enum Piece: Sendable, Hashable {
        case text(String)
        case expression(Expression)
    }

    package static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var plain = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "${{") {
            let inside = rest[open.upperBound...]
            guard let close = inside.firstRange(of: "}}") else { break }
            let path = inside[..<close.lowerBound].split(separator: ".", omittingEmptySubsequences: false)
                .map { String($0.trimmed) }
            plain += rest[..<open.lowerBound]
            if !plain.isEmpty { pieces.append(.text(plain)) }
            plain = ""
            pieces.append(.expression(Expression(path)))
            rest = inside[close.upperBound...]
        }
        plain += rest
        if !plain.isEmpty { pieces.append(.text(plain)) }
        return pieces
    }

    /// The one expression that is the whole text, as bindings are.
    package static func whole(_ text: String) -> Expression? {
        let pieces = pieces(of: String(text[...].trimmed))
        guard pieces.count == 1, case .expression(let expression) = pieces[0] else { return nil }
        return expression
    }

    /// All expressions of a text in order.
    package static func all(in text: String) -> [Expression] {
        pieces(of: text).compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
