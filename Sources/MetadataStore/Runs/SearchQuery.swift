/// What a search asks for, after its text was understood: conditions that all hold, and an order. The same form serves
/// experiments, runs, logged models, registered models and model versions.
package struct SearchQuery: Sendable, Hashable {
    /// What is compared. Attribute names are the canonical ones of MLflow (`start_time`).
    package enum Subject: Sendable, Hashable {
        case attribute(String)
        case metric(String)
        case parameter(String)
        case tag(String)
        /// `name`, `digest` or `context` of a dataset the run read.
        case dataset(String)
    }

    package enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        /// Case sensitive, `%` and `_` as wildcards.
        case like = "LIKE"
        case ilike = "ILIKE"
        case isIn = "IN"
        case isNotIn = "NOT IN"
        case isNull = "IS NULL"
        case isNotNull = "IS NOT NULL"
    }

    package enum Operand: Sendable, Hashable {
        case text(String)
        case number(Double)
        case list([String])
        case nothing
    }

    package struct Condition: Sendable, Hashable {
        package var subject: Subject
        package var comparison: Comparison
        package var operand: Operand

        package init(_ subject: Subject, _ comparison: Comparison, _ operand: Operand) {
            self.subject = subject
            self.comparison = comparison
            self.operand = operand
        }
    }

    package struct Order: Sendable, Hashable {
        package var subject: Subject
        package var isAscending: Bool

        package init(_ subject: Subject, isAscending: Bool) {
            self.subject = subject
            self.isAscending = isAscending
        }
    }

    package var conditions: [Condition]
    /// Missing values and NaN come last, whatever the direction.
    package var order: [Order]

    package init(conditions: [Condition] = [], order: [Order] = []) {
        self.conditions = conditions
        self.order = order
    }
}
