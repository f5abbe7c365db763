package import Resources

/// A compiled JMESPath query, the language of `--query` (jmespath.org specification).
package struct JMESPath: Sendable {
    private let root: JMESPathNode

    /// Throws a `syntax` error for text that is not an expression.
    package init(_ text: String) throws(JMESPathError) {
        root = try JMESPathParser.parse(text)
    }

    /// The result of the query on `value`; `null` where nothing matches.
    package func search(_ value: JSON) throws(JMESPathError) -> JSON {
        try root.evaluate(value)
    }
}

extension JMESPathNode {
    func evaluate(_ value: JSON) throws(JMESPathError) -> JSON {
        switch self {
        case .current: return value
        case .field(let name): return value[name] ?? .null
        case .literal(let literal): return literal
        case .index(let index): return Self.element(index, of: value)
        case .slice(let start, let stop, let step): return try Self.slice(value, start, stop, step ?? 1)
        case .chain(let left, let right), .pipe(let left, let right): return try right.evaluate(left.evaluate(value))
        case .or(let left, let right):
            let first = try left.evaluate(value)
            return first.isTruthy ? first : try right.evaluate(value)
        case .and(let left, let right):
            let first = try left.evaluate(value)
            return first.isTruthy ? try right.evaluate(value) : first
        case .not(let node): return .bool(!(try node.evaluate(value).isTruthy))
        case .comparison(let comparator, let left, let right):
            return Self.compare(comparator, try left.evaluate(value), try right.evaluate(value))
        case .listProjection(let left, let right):
            guard let elements = try left.evaluate(value).arrayValue else { return .null }
            return try Self.project(elements, right)
        case .valueProjection(let left, let right):
            guard let object = try left.evaluate(value).objectValue else { return .null }
            return try Self.project(object.map(\.value), right)
        case .filterProjection(let left, let condition, let right):
            guard let elements = try left.evaluate(value).arrayValue else { return .null }
            var kept: [JSON] = []
            for element in elements where try condition.evaluate(element).isTruthy { kept.append(element) }
            return try Self.project(kept, right)
        case .flatten(let node):
            guard let elements = try node.evaluate(value).arrayValue else { return .null }
            return .array(elements.flatMap { $0.arrayValue ?? [$0] })
        case .list(let nodes):
            if value.isNull { return .null }
            var result: [JSON] = []
            for node in nodes { result.append(try node.evaluate(value)) }
            return .array(result)
        case .hash(let members):
            if value.isNull { return .null }
            var result = JSONObject()
            for member in members { result[member.name] = try member.value.evaluate(value) }
            return .object(result)
        case .call(let name, let arguments): return try JMESPathFunction.call(name, arguments, on: value)
        case .reference: throw JMESPathError(.invalidType, "'&' is allowed only where a function asks for an expression")
        }
    }

    private static func project(_ elements: [JSON], _ right: JMESPathNode) throws(JMESPathError) -> JSON {
        var result: [JSON] = []
        for element in elements {
            let value = try right.evaluate(element)
            if !value.isNull { result.append(value) }
        }
        return .array(result)
    }

    private static func element(_ index: Int, of value: JSON) -> JSON {
        guard let elements = value.arrayValue else { return .null }
        let (position, overflow) = index < 0 ? elements.count.addingReportingOverflow(index) : (index, false)
        return !overflow && elements.indices.contains(position) ? elements[position] : .null
    }

    private static func slice(_ value: JSON, _ start: Int?, _ stop: Int?, _ step: Int) throws(JMESPathError) -> JSON {
        guard step != 0 else { throw JMESPathError(.invalidValue, "the step of a slice cannot be 0") }
        guard let elements = value.arrayValue else { return .null }
        let count = elements.count
        let (lowest, highest) = step > 0 ? (0, count) : (-1, count - 1)
        func bound(_ bound: Int?, default: Int) -> Int {
            guard let bound else { return `default` }
            if bound < 0 { return bound < -count ? lowest : max(bound + count, lowest) }
            return min(bound, highest)
        }
        var index = bound(start, default: step > 0 ? lowest : highest)
        let end = bound(stop, default: step > 0 ? highest : lowest)
        var result: [JSON] = []
        while step > 0 ? index < end : index > end {
            result.append(elements[index])
            let (next, overflow) = index.addingReportingOverflow(step)
            if overflow { break }
            index = next
        }
        return .array(result)
    }

    private static func compare(_ comparator: Comparator, _ left: JSON, _ right: JSON) -> JSON {
        switch comparator {
        case .equal: return .bool(left.isEqual(to: right))
        case .notEqual: return .bool(!left.isEqual(to: right))
        default: break
        }
        guard let first = left.doubleValue, let second = right.doubleValue else { return .null }
        switch comparator {
        case .less: return .bool(first < second)
        case .lessOrEqual: return .bool(first <= second)
        case .greater: return .bool(first > second)
        default: return .bool(first >= second)
        }
    }
}

extension JSON {
    /// JMESPath's truth: everything but null, false and what is empty.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.isEmpty
        case .integer, .number: true
        }
    }

    /// Equality in which `1` and `1.0` are the same number.
    package func isEqual(to other: JSON) -> Bool {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): a == b
        case (.integer, .number), (.number, .integer), (.number, .number): doubleValue == other.doubleValue
        case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isEqual(to: $1) }
        case (.object(let a), .object(let b)): a.count == b.count && a.allSatisfy { key, value in b[key].map(value.isEqual) ?? false }
        default: self == other
        }
    }
}
