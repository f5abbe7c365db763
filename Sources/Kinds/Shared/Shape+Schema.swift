package import Resources

extension Shape {
    /// JSON schema of the mapping.
    package var schema: JSON {
        var properties = JSONObject()
        properties["$schema"] = ["type": "string"]
        for field in fields {
            var schema = field.type.schema
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
            schema[path: ["properties", key]] = ["const": .string(variant.name)]
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
        case .string: ["type": "string"]
        case .asset, .named, .path: ["type": "string"]
        case .integer(let range):
            range.upperBound == .max
                ? ["type": "integer", "minimum": .integer(range.lowerBound)]
                : ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .choice(let choices): ["enum": .array(choices.map { .string($0.yaml) })]
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
