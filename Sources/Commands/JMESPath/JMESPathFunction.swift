import Foundation
import Resources

/// The built-in functions of JMESPath.
struct JMESPathFunction {
    let name: String
    private let arguments: [JMESPathNode]
    private let value: JSON

    /// Name → number of arguments; 0 means one or more.
    private static let arities: [String: Int] = [
        "abs": 1, "avg": 1, "ceil": 1, "contains": 2, "ends_with": 2, "floor": 1, "join": 2, "keys": 1, "length": 1, "map": 2, "max": 1,
        "max_by": 2, "merge": 0, "min": 1, "min_by": 2, "not_null": 0, "reverse": 1, "sort": 1, "sort_by": 2,
        "starts_with": 2, "sum": 1, "to_array": 1, "to_string": 1, "to_number": 1, "type": 1, "values": 1,
    ]

    static func call(_ name: String, _ arguments: [JMESPathNode], on value: JSON) throws(JMESPathError) -> JSON {
        guard let arity = arities[name] else { throw JMESPathError(.unknownFunction, "there is no function '\(name)'") }
        guard arity == 0 ? !arguments.isEmpty : arguments.count == arity else {
            let wanted = [0: "at least one argument", 1: "one argument"][arity] ?? "\(arity) arguments"
            throw JMESPathError(.invalidArity, "\(name)() takes \(wanted), not \(arguments.count)")
        }
        return try JMESPathFunction(name: name, arguments: arguments, value: value).result()
    }

    private func result() throws(JMESPathError) -> JSON {
        switch name {
        case "abs":
            let number = try self.number(0)
            if case .integer(let value) = number, value != .min { return .integer(Swift.abs(value)) }
            return .number(Swift.abs(number.doubleValue ?? 0))
        case "avg":
            let numbers = try self.numbers(0)
            return numbers.isEmpty ? .null : .number(numbers.reduce(0) { $0 + ($1.doubleValue ?? 0) } / Double(numbers.count))
        case "ceil": return Self.whole(try number(0), rounding: .up)
        case "floor": return Self.whole(try number(0), rounding: .down)
        case "sum": return Self.sum(try numbers(0))
        case "contains": return try contains()
        case "starts_with": return .bool(try string(0).hasPrefix(string(1)))
        case "ends_with": return .bool(try string(0).hasSuffix(string(1)))
        case "join": return .string(try strings(1).joined(separator: string(0)))
        case "keys": return .array(try object(0).keys.map { .string($0) })
        case "values": return .array(try object(0).map(\.value))
        case "length": return try length()
        case "reverse": return try reverse()
        case "merge": return try merge()
        case "not_null": return try notNull()
        case "map":
            let expression = try reference(0)
            var mapped: [JSON] = []
            for element in try array(1) { mapped.append(try expression.evaluate(element)) }
            return .array(mapped)
        case "sort": return .array(try ordered(array(0), keys: array(0)))
        case "sort_by": return .array(try ordered(array(0), keys: keys()))
        case "min": return try ordered(array(0), keys: array(0)).first ?? .null
        case "max": return try last(array(0), keys: array(0))
        case "min_by": return try ordered(array(0), keys: keys()).first ?? .null
        case "max_by": return try last(array(0), keys: keys())
        case "to_array":
            let value = try any(0)
            return value.arrayValue == nil ? .array([value]) : value
        case "to_string":
            let value = try any(0)
            return value.stringValue == nil ? .string(value.text()) : value
        case "to_number": return Self.toNumber(try any(0))
        default: return .string(Self.typeName(try any(0)))
        }
    }

    // MARK: Arguments

    private func any(_ index: Int) throws(JMESPathError) -> JSON {
        try arguments[index].evaluate(value)
    }

    private func mismatch(_ index: Int, wants wanted: String, _ found: JSON) -> JMESPathError {
        JMESPathError(.invalidType, "argument \(index + 1) of \(name)() must be \(wanted), not \(found.typeName)")
    }

    private func number(_ index: Int) throws(JMESPathError) -> JSON {
        let value = try any(index)
        guard value.doubleValue != nil else { throw mismatch(index, wants: "a number", value) }
        return value
    }

    private func string(_ index: Int) throws(JMESPathError) -> String {
        let value = try any(index)
        guard let text = value.stringValue else { throw mismatch(index, wants: "a string", value) }
        return text
    }

    private func array(_ index: Int) throws(JMESPathError) -> [JSON] {
        let value = try any(index)
        guard let elements = value.arrayValue else { throw mismatch(index, wants: "a list", value) }
        return elements
    }

    private func object(_ index: Int) throws(JMESPathError) -> JSONObject {
        let value = try any(index)
        guard let object = value.objectValue else { throw mismatch(index, wants: "an object", value) }
        return object
    }

    private func numbers(_ index: Int) throws(JMESPathError) -> [JSON] {
        let elements = try array(index)
        if let other = elements.first(where: { $0.doubleValue == nil }) { throw mismatch(index, wants: "a list of numbers", other) }
        return elements
    }

    private func strings(_ index: Int) throws(JMESPathError) -> [String] {
        var result: [String] = []
        for element in try array(index) {
            guard let text = element.stringValue else { throw mismatch(index, wants: "a list of strings", element) }
            result.append(text)
        }
        return result
    }

    private func reference(_ index: Int) throws(JMESPathError) -> JMESPathNode {
        guard case .reference(let node) = arguments[index] else {
            throw JMESPathError(.invalidType, "argument \(index + 1) of \(name)() must be an expression, written &expression")
        }
        return node
    }

    /// The key of each element of argument 0 by the expression in argument 1.
    private func keys() throws(JMESPathError) -> [JSON] {
        let expression = try reference(1)
        var keys: [JSON] = []
        for element in try array(0) { keys.append(try expression.evaluate(element)) }
        return keys
    }

    // MARK: Functions

    /// `elements` in the order of their keys, which must be all numbers or all strings; strings go by code point.
    private func ordered(_ elements: [JSON], keys: [JSON]) throws(JMESPathError) -> [JSON] {
        let pairs = zip(keys, elements)
        if keys.allSatisfy({ $0.doubleValue != nil }) {
            return pairs.sorted { ($0.0.doubleValue ?? 0) < ($1.0.doubleValue ?? 0) }.map(\.1)
        }
        if keys.allSatisfy({ $0.stringValue != nil }) {
            return pairs.sorted { ($0.0.stringValue ?? "").utf8.lexicographicallyPrecedes(($1.0.stringValue ?? "").utf8) }.map(\.1)
        }
        throw JMESPathError(.invalidType, "\(name)() can compare numbers with numbers or strings with strings, nothing else")
    }

    /// The first of the elements with the greatest key.
    private func last(_ elements: [JSON], keys: [JSON]) throws(JMESPathError) -> JSON {
        try ordered(elements.reversed(), keys: keys.reversed()).last ?? .null
    }

    private func contains() throws(JMESPathError) -> JSON {
        let subject = try any(0)
        let search = try any(1)
        switch subject {
        case .array(let elements): return .bool(elements.contains { $0.isEqual(to: search) })
        case .string(let text): return .bool(search.stringValue.map { $0.isEmpty || text.contains($0) } ?? false)
        default: throw mismatch(0, wants: "a list or a string", subject)
        }
    }

    private func length() throws(JMESPathError) -> JSON {
        switch try any(0) {
        case .string(let text): .integer(Int64(text.unicodeScalars.count))
        case .array(let elements): .integer(Int64(elements.count))
        case .object(let object): .integer(Int64(object.count))
        case let other: throw mismatch(0, wants: "a string, a list or an object", other)
        }
    }

    private func reverse() throws(JMESPathError) -> JSON {
        switch try any(0) {
        case .string(let text):
            var reversed = String.UnicodeScalarView()
            reversed.append(contentsOf: text.unicodeScalars.reversed())
            return .string(String(reversed))
        case .array(let elements): return .array(elements.reversed())
        case let other: throw mismatch(0, wants: "a list or a string", other)
        }
    }

    private func merge() throws(JMESPathError) -> JSON {
        var result = JSONObject()
        for index in arguments.indices {
            for (key, value) in try object(index) { result[key] = value }
        }
        return .object(result)
    }

    private func notNull() throws(JMESPathError) -> JSON {
        for index in arguments.indices {
            let value = try any(index)
            if !value.isNull { return value }
        }
        return .null
    }

    private static func whole(_ number: JSON, rounding rule: FloatingPointRoundingRule) -> JSON {
        guard case .number(let value) = number else { return number }
        let rounded = value.rounded(rule)
        return Int64(exactly: rounded).map { .integer($0) } ?? .number(rounded)
    }

    private static func sum(_ numbers: [JSON]) -> JSON {
        var total: Int64 = 0
        for number in numbers {
            guard case .integer(let value) = number, case (let next, false) = total.addingReportingOverflow(value) else {
                return .number(numbers.reduce(0) { $0 + ($1.doubleValue ?? 0) })
            }
            total = next
        }
        return .integer(total)
    }

    private static func toNumber(_ value: JSON) -> JSON {
        if value.doubleValue != nil { return value }
        guard let text = value.stringValue, let number = try? JSON(parsing: text), number.doubleValue != nil else { return .null }
        return number
    }

    private static func typeName(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
