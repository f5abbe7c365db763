package import Resources

extension Shape {
    /// Reads the mapping into an ARM object; what is wrong goes to `reading.problems`.
    package func read(_ node: YAMLNode, _ reading: inout Reading, _ place: Place) -> JSON {
        var body: JSON = [:]
        for constant in constants { body[path: constant.path] = constant.value }
        guard let entries = node.isNull ? [] : node.entries else {
            reading.mismatch(node, place, must: "a mapping of keys")
            return body
        }
        for entry in entries {
            guard let field = fields.first(where: { $0.key == entry.key }) else {
                if entry.key != "$schema" { refuse(unknown: entry, &reading, place) }
                continue
            }
            read(field, entry.value, &reading, place, into: &body)
        }
        for field in fields where node[field.key].map(\.isNull) ?? true {
            if let value = field.defaultValue, case .body(let path) = field.destination {
                body[path: path] = value
            } else if field.isRequired {
                let target = place.key(field.key, to: []).target
                reading.problems.append(
                    Problem(.invalidInput, "'\(target)' is missing: \(field.doc.asClause)", target: target, location: node.location))
            }
        }
        return body
    }

    private func read(_ field: Field, _ node: YAMLNode, _ reading: inout Reading, _ place: Place, into body: inout JSON) {
        switch field.destination {
        case .body(let path):
            // An empty group says nothing, not even what kind of group it would be.
            if case .shape(let shape) = field.type, node.entries?.isEmpty == true, !shape.fields.contains(where: \.isRequired) { return }
            guard !node.isNull, let value = field.type.read(node, &reading, place.key(field.key, to: path)) else { return }
            // Two keys may share an object (`sku.capacity`, `scaleSettings`): lay one over the other.
            body[path: path] =
                body[path: path].map { $0.objectValue != nil && value.objectValue != nil ? $0.merging(value) : value } ?? value
        case .name: reading.name = field.type.read(node, &reading, place.key(field.key, to: []))?.stringValue ?? reading.name
        case .version: reading.version = field.type.read(node, &reading, place.key(field.key, to: []))?.stringValue ?? reading.version
        case .parent: reading.parent = field.type.read(node, &reading, place.key(field.key, to: []))?.stringValue ?? reading.parent
        case .dropped:
            // Without effect, but not without form.
            if case .any = field.type { break }
            if !node.isNull { _ = field.type.read(node, &reading, place.key(field.key, to: [])) }
        case .readOnly: break
        }
    }

    private func refuse(unknown entry: YAMLNode.Entry, _ reading: inout Reading, _ place: Place) {
        let target = place.key(entry.key, to: []).target
        let known = fields.filter { if case .readOnly = $0.destination { false } else { true } }.map(\.key)
        let advice =
            nearestWord(to: entry.key, among: known).map { "did you mean '\($0)'?" }
            ?? "known here: \(known.sorted().joined(separator: ", "))"
        reading.problems.append(
            Problem(.invalidInput, "'\(target)' is not a known key; \(advice)", target: target, location: entry.keyLocation))
    }
}

extension Union {
    /// The shape that the mapping asks for.
    package func shape(for node: YAMLNode, _ reading: inout Reading, _ place: Place) -> Shape? {
        guard let chosen = node[key], !chosen.isNull else {
            if let shape = variants.first(where: { $0.name == defaultName })?.shape { return shape }
            reading.refuse(
                node, "'\(place.key(key, to: []).target)' is missing; allowed: \(variants.map(\.name).joined(separator: ", "))",
                place.key(key, to: []))
            return nil
        }
        guard let text = chosen.text else {
            reading.mismatch(chosen, place.key(key, to: []), must: "one of \(variants.map(\.name).joined(separator: ", "))")
            return nil
        }
        let folded = Choice.fold(text)
        if let shape = variants.first(where: { Choice.fold($0.name) == folded })?.shape { return shape }
        let target = place.key(key, to: [])
        if let reason = refused.first(where: { Choice.fold($0.key) == folded })?.value {
            reading.refuse(chosen, "'\(target.target)': \(reason)", target, code: .unsupported)
        } else {
            reading.refuse(
                chosen, "'\(target.target)': '\(text)' is not allowed; allowed: \(variants.map(\.name).joined(separator: ", "))", target)
        }
        return nil
    }
}

extension String {
    /// The end of a sentence: small first letter (but in names such as ARM or URI), no full stop.
    fileprivate var asClause: String {
        let isName = dropFirst().first.map { !$0.isLowercase && !$0.isWhitespace } ?? false
        return (isName ? self[...] : prefix(1).lowercased() + dropFirst()).trimmingSuffix { $0 == "." }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, predicate(last) { text.removeLast() }
        return String(text)
    }
}

extension Choice {
    package static func fold(_ text: String) -> String { text.lowercased().filter { $0 != "_" && $0 != "-" } }
}

extension FieldType {
    package func read(_ node: YAMLNode, _ reading: inout Reading, _ place: Place) -> JSON? {
        switch self {
        case .text(let rule):
            guard let text = node.text else { return mismatch(node, &reading, place, "a text") }
            guard let fault = rule.fault(in: text) else { return .string(text) }
            guard rule.isOfLoaders else {
                reading.require(node, "'\(place.target)': '\(text)' \(fault)", place)
                return .string(text)
            }
            reading.refuse(node, "'\(place.target)': '\(text)' \(fault)", place)
            return nil
        case .string:
            guard let text = node.text else { return mismatch(node, &reading, place, "a text") }
            return .string(text)
        case .integer(let range):
            guard case .scalar(_, let value) = node.content, let number = value.integerValue, range.contains(number) else {
                let bounds = range.upperBound == .max ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
                return mismatch(node, &reading, place, "a whole number \(bounds)")
            }
            return .integer(number)
        case .number(let range):
            guard case .scalar(_, let value) = node.content, let number = value.doubleValue, range.contains(number) else {
                let bounds = range.upperBound == .greatestFiniteMagnitude ? "" : " from \(range.lowerBound) to \(range.upperBound)"
                return mismatch(node, &reading, place, "a number\(bounds)")
            }
            return value
        case .boolean:
            if case .scalar(let text, let value) = node.content {
                if value.boolValue != nil { return value }
                // Azure's examples quote them.
                if ["true", "false"].contains(text.lowercased()) { return .bool(text.lowercased() == "true") }
            }
            return mismatch(node, &reading, place, "true or false")
        case .choice(let choices):
            if let text = node.text, let choice = choices.first(where: { Choice.fold($0.yaml) == Choice.fold(text) || $0.arm == text }) {
                return .string(choice.arm)
            }
            return mismatch(node, &reading, place, "one of \(choices.map(\.yaml).joined(separator: ", "))")
        case .duration(let unit):
            guard case .scalar(let text, let value) = node.content else { return mismatch(node, &reading, place, "a duration") }
            if let count = value.integerValue, (0...1_000_000_000).contains(count) {
                return .string(ISODuration.text(seconds: count * unit))
            }
            if ISODuration.seconds(text) != nil { return .string(text) }
            return mismatch(node, &reading, place, "a number of \(unit == 60 ? "minutes" : "seconds")")
        case .textMap:
            return map(node, &reading, place) { value, reading, place in
                guard let text = value.text ?? (value.isNull ? "" : nil) else {
                    return mismatch(value, &reading, place, "a text or number")
                }
                return .string(text)
            }
        case .map(let type): return map(node, &reading, place) { value, reading, place in type.read(value, &reading, place) }
        case .list(let type):
            guard let elements = node.elements else { return mismatch(node, &reading, place, "a list") }
            var values: [JSON] = []
            for (index, element) in elements.enumerated() {
                let inner = Place(target: "\(place.target)[\(index)]", pointer: place.pointer + [String(index)])
                if let value = type.read(element, &reading, inner) { values.append(value) }
            }
            return .array(values)
        case .shape(let shape): return shape.read(node, &reading, place)
        case .union(let union):
            guard node.entries != nil else { return mismatch(node, &reading, place, "a mapping of keys") }
            return union.shape(for: node, &reading, place)?.read(node, &reading, place)
        case .asset(let kind, let title): return reading.asset(node, kind: kind, title: title, place)
        case .named(let kind, let title, let words): return reading.named(node, kind: kind, title: title, words: words, place)
        case .path(let purpose): return reading.path(node, purpose: purpose, place)
        case .any: return node.json
        case .custom(let type): return type.read(node, &reading, place)
        }
    }

    private func mismatch(_ node: YAMLNode, _ reading: inout Reading, _ place: Place, _ requirement: String) -> JSON? {
        reading.mismatch(node, place, must: requirement)
        return nil
    }

    private func map(
        _ node: YAMLNode, _ reading: inout Reading, _ place: Place, _ read: (YAMLNode, inout Reading, Place) -> JSON?
    ) -> JSON? {
        guard let entries = node.entries else { return mismatch(node, &reading, place, "a mapping of names to values") }
        var object = JSONObject()
        for entry in entries {
            if let value = read(entry.value, &reading, place.key(entry.key, to: [entry.key])) { object[entry.key] = value }
        }
        return .object(object)
    }
}

extension TextRule {
    /// Azure's loaders check these; the others are left to its service.
    var isOfLoaders: Bool { self == .componentName || self == .endpointName }

    /// What is wrong with the text, as the end of a sentence; `nil` when it fits.
    package func fault(in text: String) -> String? {
        switch self {
        case .any: nil
        case .assetName, .computeName:
            ResourceName.isValidAsset(text)
                ? nil : "is not a valid name; use letters, digits, '-', '_' and '.', beginning with a letter, digit or '_', up to 255"
        case .componentName:
            ResourceName.isValidAsset(text) && text.first?.isLowercase == true
                && text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
                ? nil : "is not a valid component name; use lower-case letters, digits and '_', beginning with a letter"
        case .endpointName, .deploymentName:
            ResourceName.isValidEndpoint(text)
                ? nil : "is not a valid name; begin with a letter, then letters, digits and single '-', 3 to 32 in all"
        case .version:
            ResourceName.isValidVersion(text) ? nil : "is not a valid version; use letters, digits, '-', '_' and '.', up to 64"
        }
    }
}
