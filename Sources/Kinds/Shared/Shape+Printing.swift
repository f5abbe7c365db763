package import Resources

extension Shape {
    /// Prints an ARM object as the mapping that a person would write; absent members stay absent.
    package func print(_ arm: JSON, _ printing: Printing) -> JSON {
        var face = JSONObject()
        for field in fields {
            switch field.destination {
            case .body(let path), .readOnly(let path):
                guard let value = arm[path: path], !value.isNull, let printed = field.type.print(value, printing) else { continue }
                face[field.key] = printed
            case .name, .version, .parent, .dropped: break
            }
        }
        return .object(face)
    }

    /// Whether the object carries this shape's discriminators.
    package func fits(_ arm: JSON) -> Bool {
        constants.allSatisfy { constant in
            guard let value = arm[path: constant.path]?.stringValue, let expected = constant.value.stringValue else { return false }
            return Choice.fold(value) == Choice.fold(expected)
        }
    }
}

extension Union {
    package func print(_ arm: JSON, _ printing: Printing) -> JSON {
        guard let variant = variants.first(where: { !$0.shape.constants.isEmpty && $0.shape.fits(arm) }) else { return arm }
        var face: JSON = [key: .string(variant.name)]
        if let printed = variant.shape.print(arm, printing).objectValue {
            for (name, value) in printed where name != key { face[name] = value }
        }
        return face
    }
}

extension FieldType {
    func print(_ value: JSON, _ printing: Printing) -> JSON? {
        switch self {
        case .choice(let choices):
            guard let text = value.stringValue else { return value }
            return .string(choices.first { Choice.fold($0.arm) == Choice.fold(text) }?.yaml ?? text)
        case .duration(let unit):
            guard let text = value.stringValue, let seconds = ISODuration.seconds(text) else { return value }
            return .integer(seconds / unit)
        case .map(let type):
            guard let object = value.objectValue else { return value }
            return .object(JSONObject(object.compactMap { key, value in type.print(value, printing).map { (key, $0) } }))
        case .list(let type):
            guard let elements = value.arrayValue else { return value }
            return .array(elements.compactMap { type.print($0, printing) })
        case .shape(let shape):
            let printed = shape.print(value, printing)
            return printed == [:] && value != [:] ? nil : printed
        case .union(let union): return union.print(value, printing)
        case .asset, .named: return value.stringValue.map { .string(printing.short($0)) } ?? value
        case .path: return value.stringValue.map { .string(printing.short($0)) } ?? value
        case .custom(let type): return type.print(value, printing)
        case .text, .string, .integer, .number, .boolean, .textMap, .any: return value
        }
    }
}
