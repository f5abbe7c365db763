package import Resources

/// What a person may write in one mapping of a document, and where each key goes in the ARM body. Reading, printing and
/// the JSON schema are all derived from it (docs/decisions/0014-declarative-yaml-faces.md).
package struct Shape: Sendable {
    package var doc: String
    package var fields: [Field]
    /// Members that the ARM body always has: the discriminators of its unions.
    package var constants: [Constant]

    package struct Constant: Sendable {
        package var path: [String]
        package var value: JSON
    }

    package init(_ doc: String, constants: KeyValuePairs<String, JSON> = [:], fields: [Field]) {
        self.doc = doc
        self.fields = fields
        self.constants = constants.map { Constant(path: $0.key.split(separator: ".").map(String.init), value: $0.value) }
    }
}

/// One key of a mapping.
package struct Field: Sendable {
    /// Where the value goes.
    package enum Destination: Sendable {
        /// Keys from the ARM object that the shape describes.
        case body([String])
        case name, version, parent
        /// The server's own: printed from here, read and dropped, so that a printed resource can be sent again.
        case readOnly([String])
        /// Accepted for Azure's sake and without effect here.
        case dropped
    }

    package var key: String
    package var type: FieldType
    package var destination: Destination
    package var isRequired: Bool
    package var defaultValue: JSON?
    package var doc: String

    /// `path` is dotted: `properties.authMode`.
    package init(_ key: String, _ type: FieldType, _ path: String, required: Bool = false, default: JSON? = nil, _ doc: String) {
        self.init(key, type, .body(path.split(separator: ".").map(String.init)), required: required, default: `default`, doc)
    }

    package init(
        _ key: String, _ type: FieldType, _ destination: Destination, required: Bool = false, default: JSON? = nil, _ doc: String
    ) {
        self.key = key
        self.type = type
        self.destination = destination
        isRequired = required
        defaultValue = `default`
        self.doc = doc
    }

    package static func name(_ rule: TextRule, required: Bool = false, _ doc: String) -> Field {
        Field("name", .text(rule), .name, required: required, doc)
    }

    package static func readOnly(_ key: String, _ path: String, _ type: FieldType = .any) -> Field {
        Field(key, type, .readOnly(path.split(separator: ".").map(String.init)), "Set by the server.")
    }

    package static func dropped(_ key: String, _ doc: String) -> Field { Field(key, .any, .dropped, doc) }
}

/// What a text must look like.
package enum TextRule: Sendable {
    case any, assetName, componentName, endpointName, deploymentName, computeName, version
}

/// One spelling of an enumeration on both sides.
package struct Choice: Sendable, ExpressibleByStringLiteral {
    package var yaml: String
    package var arm: String

    package init(_ yaml: String, _ arm: String) {
        self.yaml = yaml
        self.arm = arm
    }

    package init(stringLiteral value: String) { self.init(value, value) }
}

package indirect enum FieldType: Sendable {
    /// A text; numbers and booleans are taken as they are written (`version: 1.10`).
    case text(TextRule)
    /// A text that must not be a mapping or list, multi-line allowed.
    case string
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>)
    case boolean
    /// Compared without regard to case, `_` and `-`, as Azure's loaders do.
    case choice([Choice])
    /// Seconds (or minutes) in YAML, ISO 8601 on the wire: 120 and `PT2M`.
    case duration(secondsPerUnit: Int64)
    /// Text to scalar; values become texts.
    case textMap
    case map(FieldType)
    case list(FieldType)
    case shape(Shape)
    case union(Union)
    /// `azureml:NAME:VERSION`, `azureml:NAME@latest` or an ARM id of a versioned kind.
    case asset(kind: String, title: String)
    /// `azureml:NAME` or an ARM id of a kind without versions; the listed plain words pass too.
    case named(kind: String, title: String, words: [String])
    /// A local path that is uploaded, or a URI.
    case path(LocalUpload.Purpose)
    case any
    case custom(CustomType)

    package static var text: FieldType { .text(.any) }
    package static var count: FieldType { .integer(1...1_000_000) }
    package static var size: FieldType { .integer(0...Int64.max) }
    package static var number: FieldType { .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude) }
    package static var seconds: FieldType { .duration(secondsPerUnit: 1) }
    package static var compute: FieldType { .named(kind: "computes", title: "compute", words: ["local", "serverless"]) }
}

/// Several shapes told apart by one key.
package struct Union: Sendable {
    package var key: String
    /// Taken when the key is absent.
    package var defaultName: String?
    package var variants: [(name: String, shape: Shape)]
    /// Names that Azure knows and Martlet does not, each with the reason.
    package var refused: [String: String]

    package init(
        by key: String, default defaultName: String? = nil, _ variants: KeyValuePairs<String, Shape>, refused: [String: String] = [:]
    ) {
        self.key = key
        self.defaultName = defaultName
        self.variants = variants.map { ($0.key, $0.value) }
        self.refused = refused
    }
}

/// A part of a document with a form of its own.
package struct CustomType: Sendable {
    package typealias Reader = @Sendable (YAMLNode, inout Reading, Place) -> JSON?
    package var read: Reader
    package var print: @Sendable (JSON, Printing) -> JSON?
    package var schema: @Sendable () -> JSON

    package init(
        schema: @escaping @Sendable @autoclosure () -> JSON, read: @escaping Reader,
        print: @escaping @Sendable (JSON, Printing) -> JSON?
    ) {
        self.read = read
        self.print = print
        self.schema = schema
    }
}

/// Where a value stands: its dotted path in the document, and its keys from the top of the draft's body.
package struct Place: Sendable {
    package var target: String
    package var pointer: [String]

    package static let root = Place(target: "", pointer: [])

    package func key(_ key: String, to path: [String]) -> Place {
        Place(target: target.isEmpty ? key : "\(target).\(key)", pointer: pointer + path)
    }
}

/// What printing has to know of the resource around a value.
package struct Printing: Sendable {
    package var workspace: WorkspaceID?

    /// `azureml:NAME:VERSION` for an ARM id of the same workspace; other texts as they are.
    package func short(_ text: String) -> String {
        guard let id = ResourceID(path: text), workspace.map({ id.workspace == $0 }) ?? true, id.parent == nil else { return text }
        return "azureml:\(id.name)" + (id.version.map { ":\($0)" } ?? "")
    }
}
