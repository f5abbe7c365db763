internal import ControlPlane
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import MetadataStore
internal import NIOCore
internal import Resources

/// The fields of a request: of its JSON body, or of its query. Null is absence; numbers and booleans may be texts.
struct MLflowArguments {
    /// The largest body that is read into memory.
    static let bodyLimit = 24 * 1024 * 1024

    private let fields: JSONObject
    /// Set before the names of fields in messages: `metrics[3].`.
    private let prefix: String

    init(_ fields: JSONObject, prefix: String = "") {
        self.fields = fields
        self.prefix = prefix
    }

    /// Reads the query of a GET, the body of anything else. A body that is no JSON object counts as empty, as in stock
    /// MLflow: the first required field is then missing.
    init(_ request: Request) async throws {
        guard request.method != .get else {
            self.init(query: request.uri.query ?? "")
            return
        }
        if request.method != .delete {
            let type = request.headers[.contentType]?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } }
            guard type == "application/json" else {
                throw Problem(.invalidInput, "Bad Request. Content-Type must be 'application/json'.", target: "Content-Type")
            }
        }
        let bytes = try await request.bytes(limit: Self.bodyLimit)
        let body = bytes.readableBytes == 0 ? nil : try? JSON(parsing: bytes.readableBytesView)
        self.init(body?.objectValue ?? [:])
    }

    /// Form-encoded: `+` is a space; a key that comes twice is a list.
    init(query: String) {
        var fields = JSONObject()
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                ArtifactPath.percentDecoded(String($0).replacing("+", with: " "))
            }
            let value = JSON.string(parts.count > 1 ? parts[1] : "")
            switch fields[parts[0]] {
            case .none: fields[parts[0]] = value
            case .array(let values): fields[parts[0]] = .array(values + [value])
            case .some(let first): fields[parts[0]] = .array([first, value])
            }
        }
        self.init(fields)
    }

    subscript(name: String) -> JSON? {
        guard let value = fields[name], !value.isNull else { return nil }
        return value
    }

    // MARK: Texts

    func text(_ names: String...) throws(Problem) -> String? {
        for name in names {
            switch self[name] {
            case .none: continue
            case .string(let text): return text
            case .some(let value): throw invalid(value, name)
            }
        }
        return nil
    }

    /// A text that must be there and not be empty.
    func required(_ name: String, or alias: String? = nil) throws(Problem) -> String {
        if let text = try text(name), !text.isEmpty { return text }
        if let alias, let text = try text(alias), !text.isEmpty { return text }
        throw FactRules.missing(prefix + name)
    }

    func texts(_ name: String) throws(Problem) -> [String] {
        switch self[name] {
        case .none: return []
        case .string(let text): return [text]
        case .array(let items):
            var texts: [String] = []
            for item in items {
                guard let text = item.stringValue else { throw invalid(item, name) }
                texts.append(text)
            }
            return texts
        case .some(let value): throw invalid(value, name)
        }
    }

    // MARK: Numbers

    func integer(_ name: String) throws(Problem) -> Int64? {
        guard let value = self[name] else { return nil }
        guard let number = value.integerValue ?? value.stringValue.flatMap(Int64.init) else { throw invalid(value, name) }
        return number
    }

    /// A count that fits the machine.
    func count(_ name: String) throws(Problem) -> Int? { try integer(name).map { Int(clamping: $0) } }

    /// Also NaN and the infinities, which travel as texts.
    func number(_ name: String) throws(Problem) -> Double? {
        guard let value = self[name] else { return nil }
        if let number = value.doubleValue { return number }
        guard let text = value.stringValue, let number = Double(text) else { throw invalid(value, name) }
        return number
    }

    func flag(_ name: String) throws(Problem) -> Bool? {
        guard let value = self[name] else { return nil }
        if let flag = value.boolValue { return flag }
        switch value.stringValue?.lowercased() {
        case "true": return true
        case "false": return false
        default: throw invalid(value, name)
        }
    }

    // MARK: Messages within messages

    func objects(_ name: String) throws(Problem) -> [MLflowArguments] {
        guard let value = self[name] else { return [] }
        guard let items = value.arrayValue else { throw invalid(value, name) }
        var objects: [MLflowArguments] = []
        objects.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            guard let object = item.objectValue else { throw invalid(item, "\(name)[\(index)]") }
            objects.append(MLflowArguments(object, prefix: "\(prefix)\(name)[\(index)]."))
        }
        return objects
    }

    func object(_ name: String) throws(Problem) -> MLflowArguments? {
        guard let value = self[name] else { return nil }
        guard let object = value.objectValue else { throw invalid(value, name) }
        return MLflowArguments(object, prefix: "\(prefix)\(name).")
    }

    /// Pairs of `key` and `value`, the value being empty when it is left out.
    func labels(_ name: String) throws(Problem) -> [LabelRecord] {
        var labels: [LabelRecord] = []
        for pair in try objects(name) { labels.append(try pair.label()) }
        return labels
    }

    func label() throws(Problem) -> LabelRecord { LabelRecord(try required("key"), try text("value") ?? "") }

    func metric() throws(Problem) -> MetricRecord {
        let key = try required("key")
        guard let value = try number("value") else { throw FactRules.missing(prefix + "value") }
        guard let timestamp = try integer("timestamp") else { throw FactRules.missing(prefix + "timestamp") }
        let model = try text("model_id").flatMap { $0.isEmpty ? nil : $0 }
        let dataset = (name: try text("dataset_name"), digest: try text("dataset_digest"))
        return MetricRecord(
            key: key, value: value, timestamp: timestamp, step: try integer("step") ?? 0,
            model: model.map { .init(model: $0, datasetName: dataset.name, datasetDigest: dataset.digest) })
    }

    func view(_ name: String) throws(Problem) -> RunService.View {
        switch self[name] {
        case .none, .string("ACTIVE_ONLY"), .integer(1), .string("1"): return .active
        case .string("DELETED_ONLY"), .integer(2), .string("2"): return .deleted
        case .string("ALL"), .integer(3), .string("3"): return .all
        case .some(let value): throw invalid(value, name)
        }
    }

    func invalid(_ value: JSON, _ name: String) -> Problem {
        let text = value.text()
        return Problem(
            .invalidInput,
            "Invalid value \(text.count > 200 ? text.prefix(200) + "…" : text) for parameter '\(prefix)\(name)' supplied. See "
                + "the API docs for more information about request parameters.",
            target: prefix + name)
    }
}
