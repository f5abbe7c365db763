internal import GRDB
internal import Resources

/// How a search over one table is written in SQL.
struct SearchTable {
    /// One searchable column, or an expression over the table's row.
    struct Attribute {
        let sql: String
        var isNullable = false
        /// Compared as a number.
        var isNumeric = false
    }

    /// Rows of facts that belong to the table's row: a `FROM … WHERE` that ends in the comparison of the key, whose
    /// arguments are `arguments` and the key, and the column with the value.
    struct Facts {
        let from: String
        var arguments: [String] = []
        var value = "f.value"
        /// Holds where the value can be compared.
        var guardCondition: String?
    }

    var attributes: [String: Attribute] = [:]
    var metrics: Facts?
    var parameters: Facts?
    var tags: Facts?
    /// Columns of datasets, by their name in a search.
    var datasets: [String: Facts] = [:]
    /// Ends every order, so that pages never overlap.
    let finalOrder: String

    /// The conditions as `a AND b`, or `1` when there are none.
    func conditions(_ query: SearchQuery) throws(Problem) -> SQLText {
        var text = SQLText("1")
        for condition in query.conditions {
            text.append(" AND ")
            text.append(try self.sql(of: condition))
        }
        return text
    }

    /// The terms of an ORDER BY, complete with the final ones.
    func order(_ terms: [SearchQuery.Order]) throws(Problem) -> SQLText {
        var text = SQLText("")
        for term in terms {
            let direction = term.isAscending ? "ASC" : "DESC"
            switch term.subject {
            case .attribute(let name):
                let attribute = try attribute(name)
                text.append("\(attribute.sql) \(direction)\(attribute.isNullable ? " NULLS LAST" : ""), ")
            case .metric(let key), .parameter(let key), .tag(let key), .dataset(let key):
                let facts = try facts(of: term.subject)
                let value = facts.guardCondition.map { "iif(\($0), \(facts.value), NULL)" } ?? facts.value
                text.append(
                    "(SELECT \(value) \(facts.from) LIMIT 1) \(direction) NULLS LAST, ", StatementArguments(facts.arguments + [key]))
            }
        }
        text.append(finalOrder)
        return text
    }

    private func attribute(_ name: String) throws(Problem) -> Attribute {
        guard let attribute = attributes[name] else {
            throw Problem(.invalidInput, "Invalid attribute key '\(name)' specified. Valid keys are \(attributes.keys.sorted())")
        }
        return attribute
    }

    private func facts(of subject: SearchQuery.Subject) throws(Problem) -> Facts {
        let facts: Facts? =
            switch subject {
            case .attribute: nil
            case .metric: metrics
            case .parameter: parameters
            case .tag: tags
            case .dataset(let column): datasets[column]
            }
        guard let facts else { throw Problem(.invalidInput, "Invalid search expression: \(subject) cannot be searched for here") }
        return facts
    }

    private func sql(of condition: SearchQuery.Condition) throws(Problem) -> SQLText {
        let key: String
        switch condition.subject {
        case .attribute(let name):
            let attribute = try attribute(name)
            return Self.comparison(of: attribute.sql, condition)
        case .metric(let name), .parameter(let name), .tag(let name): key = name
        case .dataset(let column): key = column
        }
        let facts = try facts(of: condition.subject)
        var text = SQLText(
            "\(condition.comparison == .isNull ? "NOT " : "")EXISTS (SELECT 1 \(facts.from)", StatementArguments(facts.arguments + [key]))
        if condition.comparison != .isNull, condition.comparison != .isNotNull {
            if let guardCondition = facts.guardCondition { text.append(" AND \(guardCondition)") }
            text.append(" AND ")
            text.append(Self.comparison(of: facts.value, condition))
        }
        text.append(")")
        return text
    }

    private static func comparison(of value: String, _ condition: SearchQuery.Condition) -> SQLText {
        switch (condition.comparison, condition.operand) {
        case (.isNull, _), (.isNotNull, _): SQLText("\(value) \(condition.comparison.rawValue)")
        case (.like, .text(let pattern)): SQLText("\(value) GLOB ?", [glob(pattern)])
        case (.ilike, .text(let pattern)): SQLText("\(value) LIKE ?", [pattern])
        case (.isIn, .list(let items)), (.isNotIn, .list(let items)):
            SQLText(
                "\(value) \(condition.comparison.rawValue) (SELECT value FROM json_each(?))", [JSON.array(items.map { .string($0) }).text()]
            )
        case (_, .number(let number)): SQLText("\(value) \(condition.comparison.rawValue) ?", [number])
        case (_, .text(let text)): SQLText("\(value) \(condition.comparison.rawValue) ?", [text])
        default: SQLText("0")
        }
    }

    /// A LIKE pattern as one of GLOB, which is case sensitive in SQLite.
    static func glob(_ pattern: String) -> String {
        var glob = ""
        for character in pattern {
            switch character {
            case "%": glob += "*"
            case "_": glob += "?"
            case "*", "?", "[": glob += "[\(character)]"
            default: glob.append(character)
            }
        }
        return glob
    }
}

/// SQL and the values of its question marks.
struct SQLText {
    private(set) var sql: String
    private(set) var arguments: StatementArguments

    init(_ sql: String, _ arguments: StatementArguments = []) {
        self.sql = sql
        self.arguments = arguments
    }

    mutating func append(_ sql: String, _ arguments: StatementArguments = []) {
        self.sql += sql
        self.arguments += arguments
    }

    mutating func append(_ other: SQLText) { append(other.sql, other.arguments) }
}
