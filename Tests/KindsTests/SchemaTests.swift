import Foundation
import Kinds
import Resources
import Testing

/// The JSON schemas that editors complete and check documents with.
@Suite struct SchemaTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../schemas").standardizedFileURL

    @Test("schemas/ is what the faces say; MARTLET_RECORD=1 or make docs writes it anew", arguments: KindConformanceTests.nouns)
    func current(noun: String) throws {
        let kind = try KindConformanceTests.kind(noun)
        let file = Self.folder.appending(path: "\(noun).schema.json")
        if ProcessInfo.processInfo.environment["MARTLET_RECORD"] != nil {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try kind.schemaText.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == kind.schemaText)
    }

    @Test("what the reader accepts, the schema accepts", .enabled(if: !RealYAML.documents.isEmpty)) func agreesWithReader() throws {
        var faults: [String] = []
        var schemas: [String: JSON] = [:]
        for document in RealYAML.documents where document.problem == nil {
            let kind = try #require(document.yamlKind)
            let schema = schemas[kind.noun] ?? kind.schema
            schemas[kind.noun] = schema
            let root = try YAMLDocument(contentsOfFile: document.file).root
            if let fault = SchemaValidator.fault(of: root.json, in: schema, at: "") { faults.append("\(document.path): \(fault)") }
        }
        #expect(faults.isEmpty, "\(faults.count):\n\(faults.prefix(30).joined(separator: "\n"))")
    }

    @Test("the schema finds a misspelt key and a wrong value", arguments: KindConformanceTests.nouns) func finds(noun: String) throws {
        let kind = try KindConformanceTests.kind(noun)
        var document = try KindConformanceTests.document(noun, "full").root.json
        #expect(SchemaValidator.fault(of: document, in: kind.schema, at: "") == nil)
        document["descripton"] = "x"
        #expect(SchemaValidator.fault(of: document, in: kind.schema, at: "") != nil)
        document["descripton"] = nil
        document["description"] = ["x": 1]
        #expect(SchemaValidator.fault(of: document, in: kind.schema, at: "") != nil)
    }
}

/// As much of JSON schema (draft 2020-12) as the faces print.
enum SchemaValidator {
    static func fault(of value: JSON, in schema: JSON, at path: String) -> String? {
        if let types = schema["type"].map({ $0.arrayValue ?? [$0] }), !types.contains(where: { fits(value, $0.stringValue ?? "") }) {
            return "\(path): \(value.typeName) is none of \(types.compactMap(\.stringValue).joined(separator: ", "))"
        }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) { return "\(path): \(value.text()) is not allowed" }
        if let constant = schema["const"], constant != value { return "\(path): \(value.text()) is not \(constant.text())" }
        if let pattern = schema["pattern"]?.stringValue, let text = value.stringValue,
            (try? Regex(pattern).firstMatch(in: text)) == nil
        {
            return "\(path): '\(text)' does not match \(pattern)"
        }
        if let number = value.doubleValue {
            if let minimum = schema["minimum"]?.doubleValue, number < minimum { return "\(path): \(number) < \(minimum)" }
            if let maximum = schema["maximum"]?.doubleValue, number > maximum { return "\(path): \(number) > \(maximum)" }
        }
        if let object = value.objectValue {
            for name in schema["required"]?.arrayValue ?? [] where name.stringValue.map({ object[$0] == nil }) ?? false {
                return "\(path): \(name.text()) is missing"
            }
            for (key, member) in object {
                if let property = schema["properties"]?[key] {
                    if let fault = fault(of: member, in: property, at: "\(path)/\(key)") { return fault }
                } else if let others = schema["additionalProperties"] {
                    if others == false { return "\(path): '\(key)' is unknown" }
                    if let fault = fault(of: member, in: others, at: "\(path)/\(key)") { return fault }
                }
            }
        }
        if let items = schema["items"], let elements = value.arrayValue {
            for (index, element) in elements.enumerated() {
                if let fault = fault(of: element, in: items, at: "\(path)/\(index)") { return fault }
            }
        }
        for (key, bound) in [("anyOf", Int.max), ("oneOf", 1)] {
            guard let choices = schema[key]?.arrayValue else { continue }
            let faults = choices.map { fault(of: value, in: $0, at: path) }
            let fitting = faults.filter { $0 == nil }.count
            if fitting == 0 { return "\(path): none of \(key): \(faults.compactMap { $0 }.joined(separator: " | "))" }
            if fitting > bound { return "\(path): \(fitting) of \(key) fit" }
        }
        return nil
    }

    private static func fits(_ value: JSON, _ type: String) -> Bool {
        switch type {
        case "object": value.objectValue != nil
        case "array": value.arrayValue != nil
        case "string": value.stringValue != nil
        case "boolean": value.boolValue != nil
        case "null": value.isNull
        case "integer": value.integerValue != nil
        case "number": value.doubleValue != nil
        default: false
        }
    }
}
