/// A JSON value: what travels on every wire of Martlet and what is stored for a resource.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// The member `key` of an object; `nil` for other values. Setting creates the object and removes on `nil`.
    package subscript(key: String) -> JSON? {
        get { objectValue?[key] }
        set {
            var object = objectValue ?? JSONObject()
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The value reached by walking objects along `path`.
    package func value(at path: String...) -> JSON? {
        var current: JSON? = self
        for key in path { current = current?[key] }
        return current
    }

    package var isNull: Bool { self == .null }

    package var stringValue: String? {
        if case .string(let value) = self { return value }
        return nil
    }

    package var boolValue: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// A whole number, also when written with a fraction of zero.
    package var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    package var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    package var arrayValue: [JSON]? {
        if case .array(let value) = self { return value }
        return nil
    }

    package var objectValue: JSONObject? {
        if case .object(let value) = self { return value }
        return nil
    }

    /// The scalar as Azure writes literals: strings as they are, numbers and booleans in their JSON spelling.
    package var literalText: String? {
        switch self {
        case .string(let value): value
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number: text()
        default: nil
        }
    }

    /// What to call the value in a sentence.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// `self` with the members of `other` laid over it, objects merged member by member (RFC 7396: null removes).
    package func merging(_ other: JSON) -> JSON {
        guard case .object(let patch) = other else { return other }
        var result = objectValue ?? JSONObject()
        for (key, value) in patch {
            if value.isNull {
                result[key] = nil
            } else {
                result[key] = (result[key] ?? .null).merging(value)
            }
        }
        return .object(result)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements))
    }

    /// `.string` of a present text, `.null` of an absent one.
    package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
}

/// The members of a JSON object in the order they were written; equality ignores the order.
///
/// Most objects are small: their keys are compared one by one, which is quicker than hashing them. Large ones keep an index.
package struct JSONObject: Sendable {
    private static let indexedFrom = 12

    package private(set) var keys: [String] = []
    private var values: [JSON] = []
    private var index: [String: Int] = [:]

    package init() {}

    /// Later pairs replace earlier ones of the same key.
    package init(_ pairs: some Sequence<(String, JSON)>) {
        self.init()
        for (key, value) in pairs { self[key] = value }
    }

    package var count: Int { keys.count }
    package var isEmpty: Bool { keys.isEmpty }

    package subscript(key: String) -> JSON? {
        get { position(of: key).map { values[$0] } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): values[position] = value
            case (nil, let value?):
                keys.append(key)
                values.append(value)
                if keys.count > Self.indexedFrom {
                    index[key] = keys.count - 1
                } else if keys.count == Self.indexedFrom {
                    buildIndex()
                }
            case (let position?, nil):
                keys.remove(at: position)
                values.remove(at: position)
                buildIndex()
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        keys.count < Self.indexedFrom ? keys.firstIndex(of: key) : index[key]
    }

    private mutating func buildIndex() {
        index.removeAll()
        guard keys.count >= Self.indexedFrom else { return }
        for (position, key) in keys.enumerated() { index[key] = position }
    }
}

extension JSONObject: Hashable {
    package static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.count == b.count && a.allSatisfy { b[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        var members = 0
        for (key, value) in self {
            var own = Hasher()
            own.combine(key)
            own.combine(value)
            members ^= own.finalize()
        }
        hasher.combine(members)
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> AnyIterator<(key: String, value: JSON)> {
        var members = zip(keys, values).makeIterator()
        return AnyIterator { members.next().map { (key: $0.0, value: $0.1) } }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
