package import MetadataStore
package import Resources

/// Reads MLflow's search language: comparisons joined by AND, and orders. Everything wrong is `.invalidInput` in the
/// words of stock MLflow, which its clients and their users know.
package struct SearchParser {
    private static let maximumLength = 100_000
    private static let maximumConditions = 200

    private let vocabulary: SearchVocabulary
    private var tokens: ArraySlice<SearchLexer.Token>

    private init(_ text: String, _ vocabulary: SearchVocabulary) throws(Problem) {
        guard text.utf8.count <= Self.maximumLength else {
            throw Problem(.invalidInput, "Invalid filter string: it is longer than \(Self.maximumLength) bytes", target: "filter")
        }
        self.vocabulary = vocabulary
        tokens = try SearchLexer.tokens(of: text)[...]
    }

    /// The query of a filter and its orders (`metrics.loss DESC`).
    package static func query(filter: String?, orderBy: [String], vocabulary: SearchVocabulary) throws(Problem) -> SearchQuery {
        var query = SearchQuery()
        if let filter {
            var parser = try SearchParser(filter, vocabulary)
            query.conditions = try parser.conditions()
        }
        for text in orderBy {
            var parser = try SearchParser(text, vocabulary)
            let order = try parser.order(text)
            guard !query.order.contains(where: { $0.subject == order.subject }) else {
                throw Problem(.invalidInput, "`order_by` contains duplicate fields: \(orderBy)", target: "order_by")
            }
            query.order.append(order)
        }
        return query
    }

    /// One order given as a field name and a direction (logged models).
    package static func order(field: String, isAscending: Bool, vocabulary: SearchVocabulary) throws(Problem) -> SearchQuery.Order {
        var parser = try SearchParser(field, vocabulary)
        var order = try parser.order(field)
        order.isAscending = isAscending
        return order
    }

    // MARK: Filter

    private mutating func conditions() throws(Problem) -> [SearchQuery.Condition] {
        var conditions: [SearchQuery.Condition] = []
        while !tokens.isEmpty {
            conditions.append(try condition())
            guard conditions.count <= Self.maximumConditions else {
                throw Problem(.invalidInput, "Invalid filter string: more than \(Self.maximumConditions) comparisons", target: "filter")
            }
            guard let joint = tokens.popFirst() else { break }
            guard Self.keyword(joint) == "AND", !tokens.isEmpty else { throw invalid(joint) }
        }
        return conditions
    }

    private mutating func condition() throws(Problem) -> SearchQuery.Condition {
        let (subject, attribute) = try subject()
        guard let first = tokens.popFirst() else {
            throw Problem(
                .invalidInput, "Invalid clause(s) in filter string: \(Self.describe(subject)) is compared with nothing", target: "filter")
        }
        let comparison = try comparison(first)
        guard Self.allowed(for: subject, attribute).contains(comparison) else {
            let names = Self.allowed(for: subject, attribute).map(\.rawValue).sorted()
            throw Problem(
                .invalidInput, "Invalid comparator '\(comparison.rawValue)' for \(Self.describe(subject)); not one of \(names)",
                target: "filter")
        }
        if let attribute, !attribute.isFilter {
            throw Problem(
                .invalidInput, "Invalid attribute key '\(attribute.name)' specified. Valid keys are \(filterNames)", target: "filter")
        }
        let operand = try operand(of: comparison, subject: subject, attribute: attribute)
        return SearchQuery.Condition(subject, comparison, operand)
    }

    private mutating func comparison(_ token: SearchLexer.Token) throws(Problem) -> SearchQuery.Comparison {
        if case .sign(let sign) = token, let comparison = SearchQuery.Comparison(rawValue: sign) { return comparison }
        switch Self.keyword(token) {
        case "LIKE": return .like
        case "ILIKE": return .ilike
        case "IN": return .isIn
        case "NOT" where take("IN"): return .isNotIn
        case "IS" where take("NULL"): return .isNull
        case "IS" where take("NOT") && take("NULL"): return .isNotNull
        default: throw invalid(token)
        }
    }

    private mutating func operand(
        of comparison: SearchQuery.Comparison, subject: SearchQuery.Subject, attribute: SearchVocabulary.Attribute?
    ) throws(Problem) -> SearchQuery.Operand {
        switch comparison {
        case .isNull, .isNotNull: return .nothing
        case .isIn, .isNotIn: return .list(try list(subject))
        default: break
        }
        guard let token = tokens.popFirst() else {
            throw Problem(
                .invalidInput, "Invalid clause(s) in filter string: \(Self.describe(subject)) is compared with nothing", target: "filter")
        }
        var isNumeric = attribute?.isNumeric ?? false
        if case .metric = subject { isNumeric = true }
        if isNumeric {
            guard case .word(let word) = token, let number = Double(word), number.isFinite else {
                throw Problem(
                    .invalidInput, "Expected numeric value type for \(Self.describe(subject)). Found \(token.spelling)", target: "filter")
            }
            return .number(number)
        }
        guard case .quoted(let text) = token else {
            throw Problem(
                .invalidInput,
                "Expected a quoted string value for \(Self.describe(subject)) (e.g. 'my-value'). Got value \(token.spelling)",
                target: "filter")
        }
        return .text(text)
    }

    private mutating func list(_ subject: SearchQuery.Subject) throws(Problem) -> [String] {
        let wrong = Problem(
            .invalidInput,
            "Expected a list of quoted string values for \(Self.describe(subject)), such as ('a', 'b'); the list must be "
                + "non-empty and hold only strings",
            target: "filter")
        guard tokens.popFirst() == .sign("(") else { throw wrong }
        var items: [String] = []
        while true {
            guard case .quoted(let text) = tokens.popFirst() else { throw wrong }
            items.append(text)
            switch tokens.popFirst() {
            case .sign(","): continue
            case .sign(")"): return items
            default: throw wrong
            }
        }
    }

    // MARK: Order

    private mutating func order(_ text: String) throws(Problem) -> SearchQuery.Order {
        guard !tokens.isEmpty else {
            throw Problem(.invalidInput, "Invalid order_by clause '\(text)'. Could not be parsed.", target: "order_by")
        }
        let (subject, _) = try subject()
        var isAscending = true
        if take("DESC") {
            isAscending = false
        } else {
            _ = take("ASC")
        }
        guard tokens.isEmpty else {
            throw Problem(
                .invalidInput, "Invalid order_by clause '\(text)'. Write an identifier and, after it, ASC or DESC.", target: "order_by")
        }
        return SearchQuery.Order(subject, isAscending: isAscending)
    }

    // MARK: Identifiers

    private mutating func subject() throws(Problem) -> (SearchQuery.Subject, SearchVocabulary.Attribute?) {
        let token = tokens.popFirst() ?? .word("")
        let text: String
        switch token {
        case .word(let word): text = word
        case .quoted(let name): text = name
        case .sign: throw invalid(token)
        }
        if let attribute = vocabulary.attributes[text] { return (.attribute(attribute.name), attribute) }
        guard let dot = text.firstIndex(of: ".") else {
            throw Problem(
                .invalidInput, "Invalid attribute key '\(text)' specified. Valid keys are \(filterNames)", target: "filter")
        }
        let (prefix, key) = (String(text[..<dot]), String(text[text.index(after: dot)...]))
        guard let entity = vocabulary.entities[prefix] else {
            throw Problem(
                .invalidInput, "Invalid entity type '\(prefix)'. Valid values are \(vocabulary.entities.keys.sorted())", target: "filter")
        }
        guard !key.isEmpty else {
            throw Problem(.invalidInput, "Invalid identifier '\(text)': there is no key after the dot", target: "filter")
        }
        switch entity {
        case .metric: return (.metric(key), nil)
        case .parameter: return (.parameter(key), nil)
        case .tag: return (.tag(key), nil)
        case .dataset:
            guard ["name", "digest", "context"].contains(key) else {
                throw Problem(
                    .invalidInput, "Invalid dataset key '\(key)' specified. Valid keys are name, digest and context", target: "filter")
            }
            return (.dataset(key), nil)
        case .attribute:
            guard let attribute = vocabulary.attributes[key] else {
                throw Problem(.invalidInput, "Invalid attribute key '\(key)' specified. Valid keys are \(filterNames)", target: "filter")
            }
            return (.attribute(attribute.name), attribute)
        }
    }

    private static func allowed(for subject: SearchQuery.Subject, _ attribute: SearchVocabulary.Attribute?) -> Set<SearchQuery.Comparison> {
        let numeric: Set<SearchQuery.Comparison> = [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]
        let text: Set<SearchQuery.Comparison> = [.equal, .notEqual, .like, .ilike]
        switch subject {
        case .metric: return numeric
        case .parameter, .tag: return text.union([.isNull, .isNotNull])
        case .dataset: return text.union([.isIn, .isNotIn])
        case .attribute:
            guard let attribute, !attribute.isNumeric else { return numeric }
            return attribute.takesLists ? text.union([.isIn, .isNotIn]) : text
        }
    }

    private var filterNames: [String] { Set(vocabulary.attributes.values.filter(\.isFilter).map(\.name)).sorted() }

    private static func describe(_ subject: SearchQuery.Subject) -> String {
        switch subject {
        case .attribute(let name): "attribute '\(name)'"
        case .metric(let key): "metric '\(key)'"
        case .parameter(let key): "param '\(key)'"
        case .tag(let key): "tag '\(key)'"
        case .dataset(let key): "dataset '\(key)'"
        }
    }

    // MARK: Tokens

    private static func keyword(_ token: SearchLexer.Token) -> String? {
        guard case .word(let word) = token else { return nil }
        return word.uppercased()
    }

    private mutating func take(_ keyword: String) -> Bool {
        guard let token = tokens.first, Self.keyword(token) == keyword else { return false }
        tokens.removeFirst()
        return true
    }

    private func invalid(_ token: SearchLexer.Token) -> Problem {
        let rest = ([token] + tokens).map(\.spelling).joined(separator: " ")
        return Problem(.invalidInput, "Invalid clause(s) in filter string: '\(rest.prefix(200))'", target: "filter")
    }
}
