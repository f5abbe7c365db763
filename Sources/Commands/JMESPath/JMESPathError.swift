/// What is wrong with a JMESPath expression or with applying it, with the specification's five categories.
package struct JMESPathError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Category: String, Sendable {
        case syntax
        case invalidType = "invalid-type"
        case invalidArity = "invalid-arity"
        case invalidValue = "invalid-value"
        case unknownFunction = "unknown-function"
    }

    package var category: Category
    package var message: String

    init(_ category: Category, _ message: String) {
        self.category = category
        self.message = message
    }

    package var description: String { message }
}
