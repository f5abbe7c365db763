import Foundation

extension JSON {
    /// The JSON of an encodable value; dates as ISO 8601.
    package init(encoding value: some Encodable) throws(Problem) {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            self = try JSON(parsing: encoder.encode(value))
        } catch {
            throw Problem(.internalFault, "cannot encode \(type(of: value)): \(error)")
        }
    }

    /// Reads `type` out of the value; the problem names the field that does not fit.
    package func decoded<T: Decodable>(as type: T.Type = T.self) throws(Problem) -> T {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(type, from: Data(bytes()))
        } catch let error as DecodingError {
            throw Problem(decoding: error)
        } catch {
            throw Problem(.invalidInput, "cannot read \(type): \(error)")
        }
    }
}

extension Problem {
    /// A decoding error said with the path of the field.
    package init(decoding error: DecodingError) {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + (last.map { [$0] } ?? [])).map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            let name = path(context, key)
            self.init(.invalidInput, "'\(name)' is missing", target: name)
        case .typeMismatch(let type, let context):
            self.init(.invalidInput, "'\(path(context))' must be \(JSON.name(of: type))", target: path(context))
        case .valueNotFound(let type, let context):
            self.init(.invalidInput, "'\(path(context))' must be \(JSON.name(of: type)), not null", target: path(context))
        case .dataCorrupted(let context):
            self.init(.invalidInput, "'\(path(context))' is not valid: \(context.debugDescription)", target: path(context))
        @unknown default:
            self.init(.invalidInput, "the value is not valid: \(error)")
        }
    }
}

extension JSON {
    fileprivate static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type, is Double.Type: "a number"
        case is [String: JSON].Type: "an object"
        default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
        }
    }
}

extension JSON: Codable {
    package init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: AnyKey.self) {
            self = .object(JSONObject(try container.allKeys.map { ($0.stringValue, try container.decode(JSON.self, forKey: $0)) }))
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var elements: [JSON] = []
            while !container.isAtEnd { elements.append(try container.decode(JSON.self)) }
            self = .array(elements)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .integer(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .number(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .string(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let object):
            var container = encoder.container(keyedBy: AnyKey.self)
            for (key, value) in object { try container.encode(value, forKey: AnyKey(stringValue: key)) }
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        init(stringValue: String) { self.stringValue = stringValue }
        var intValue: Int? { nil }
        init?(intValue: Int) { nil }
    }
}
