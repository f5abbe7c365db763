import Resources

/// A parsed JMESPath expression.
indirect enum JMESPathNode: Hashable, Sendable {
    enum Comparator: String, Hashable, Sendable {
        case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    }

    struct Member: Hashable, Sendable {
        let name: String
        let value: JMESPathNode
    }

    case current
    case field(String)
    case literal(JSON)
    case index(Int)
    case slice(start: Int?, stop: Int?, step: Int?)
    /// The right side applied to the result of the left: `a.b`, `a[0]`.
    case chain(JMESPathNode, JMESPathNode)
    /// As `chain`, and the end of a projection.
    case pipe(JMESPathNode, JMESPathNode)
    case or(JMESPathNode, JMESPathNode)
    case and(JMESPathNode, JMESPathNode)
    case not(JMESPathNode)
    case comparison(Comparator, JMESPathNode, JMESPathNode)
    /// `left[*].right`: `right` of every element, without the nulls.
    case listProjection(JMESPathNode, JMESPathNode)
    /// `left.*.right`
    case valueProjection(JMESPathNode, JMESPathNode)
    /// `left[?condition].right`
    case filterProjection(JMESPathNode, condition: JMESPathNode, JMESPathNode)
    case flatten(JMESPathNode)
    case list([JMESPathNode])
    case hash([Member])
    case call(String, [JMESPathNode])
    /// `&expression`, an argument of functions only.
    case reference(JMESPathNode)
}
