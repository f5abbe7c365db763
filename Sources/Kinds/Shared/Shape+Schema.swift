package import Resources

extension Shape {
    /// JSON schema of the mapping.
    package var schema: JSON {
        var properties = JSONObject()
        properties["$schema"] = ["type": "string"]
        for field in fields {
            var schema = field.isRequired ? field.type.schema : field.type.schema.nullable
            schema["description"] = .string(field.doc)
            if let value = field.defaultValue, value.objectValue == nil {
                schema["default"] = field.type.print(value, Printing(workspace: nil)) ?? value
            }
            if case .readOnly = field.destination { schema["readOnly"] = true }
            properties[field.key] = schema
        }
        var schema: JSON = [
            "type": "object", "description": .string(doc), "properties": .object(properties), "additionalProperties": false,
        ]
        let required = fields.filter { $0.isRequired }.map { JSON.string($0.key) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return schema
    }
}

extension Union {
    package var schema: JSON {
        if variants.count == 1 { return variants[0].shape.schema }
        let schemas = variants.map { variant in
            var schema = variant.shape.schema
            let names = [variant.name] + variant.shape.constants.compactMap { $0.value.stringValue }
            schema[path: ["properties", key]] = .spellings(of: names.filter { Choice.fold($0) == Choice.fold(variant.name) })
            if variant.name != defaultName { schema["required"] = .array((schema["required"]?.arrayValue ?? []) + [.string(key)]) }
            return schema
        }
        return ["oneOf": .array(schemas)]
    }
}

extension FieldType {
    var schema: JSON {
        switch self {
        case .text: ["type": ["string", "number", "boolean"]]
        case .string: ["type": ["string", "number", "boolean"]]
        case .asset, .named, .path: ["type": "string"]
        case .integer(let range):
            range.upperBound == .max
                ? ["type": "integer", "minimum": .integer(range.lowerBound)]
                : ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .number: ["type": "number"]
        case .boolean: ["enum": [true, false, "true", "false", "True", "False"]]
        case .choice(let choices): .spellings(of: choices.flatMap { [$0.yaml, $0.arm] })
        case .duration: ["type": ["integer", "string"]]
        case .textMap: ["type": "object", "additionalProperties": ["type": ["string", "number", "boolean", "null"]]]
        case .map(let type): ["type": "object", "additionalProperties": type.schema]
        case .list(let type): ["type": "array", "items": type.schema]
        case .shape(let shape): shape.schema
        case .union(let union): union.schema
        case .any: [:]
        case .custom(let type): type.schema()
        }
    }
}

extension JSON {
    /// The words, and any other spelling that loaders take for them: without regard to case, `_` and `-`.
    fileprivate static func spellings(of words: [String]) -> JSON {
        var seen: Set<String> = []
        let distinct = words.filter { seen.insert($0).inserted }
        let patterns = Set(
            words.map { word in
                Choice.fold(word).map { $0.isLetter ? "[\($0.lowercased())\($0.uppercased())]" : "\($0)" }.joined(separator: "[_-]*")
            })
        return [
            "anyOf": [
                ["enum": .array(distinct.map { .string($0) })],
                ["type": "string", "pattern": .string("^(\(patterns.sorted().joined(separator: "|")))$")],
            ]
        ]
    }

    /// The schema, or nothing: an absent value may be written as an empty one.
    fileprivate var nullable: JSON {
        var schema = self
        if let types = self["type"] {
            schema["type"] = .array((types.arrayValue ?? [types]) + ["null"])
        } else if let values = self["enum"]?.arrayValue {
            schema["enum"] = .array(values + [.null])
        } else {
            for key in ["oneOf", "anyOf"] {
                if let choices = self[key]?.arrayValue { schema[key] = .array(choices + [["type": "null"]]) }
            }
        }
        return schema
    }
}
