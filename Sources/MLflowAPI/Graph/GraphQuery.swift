internal import HTTPTypes
internal import Resources

/// Answers the requests that MLflow's pages make in GraphQL. Each root field is one operation of the REST API: its input goes
/// there with snake_case names, and of its answer comes back what was selected, with camelCase names.
struct GraphQuery {
    /// Runs one operation of the REST API.
    typealias Operation = (HTTPRequest.Method, String, JSONObject) async throws -> JSON

    /// More of either in one document is refused.
    private static let maximumFields = 10

    private static let operations: [String: (HTTPRequest.Method, String)] = [
        "mlflowGetRun": (.get, "runs/get"), "mlflowGetExperiment": (.get, "experiments/get"), "mlflowSearchRuns": (.post, "runs/search"),
        "mlflowListArtifacts": (.get, "artifacts/list"), "mlflowSearchModelVersions": (.get, "model-versions/search"),
        "mlflowGetMetricHistoryBulkInterval": (.get, "metrics/get-history-bulk-interval"),
        "mlflowSearchDatasets": (.post, "experiments/search-datasets"),
    ]

    /// Lists that REST leaves out when they are empty.
    private static let lists: Set<String> = [
        "metrics", "params", "tags", "runs", "files", "dataset_inputs", "model_inputs", "model_outputs", "model_versions", "aliases",
        "dataset_summaries",
    ]

    private let document: GraphDocument
    private let operation: GraphDocument.Operation
    private let variables: JSON

    init(document text: String, variables: JSON, operation name: String?) throws(Problem) {
        document = try GraphDocument(text)
        let named = document.operations.first { name == nil || $0.name == name }
        guard let operation = named, name != nil || document.operations.count == 1 else {
            throw GraphDocument.invalid("it does not hold exactly the operation that is asked for")
        }
        self.operation = operation
        self.variables = variables
    }

    /// `{"data": {…}}`. What goes wrong in one field is told in that field, as `apiError`.
    func answer(_ run: Operation) async throws -> JSON {
        let fields = try self.fields(of: operation.selection)
        guard fields.count <= Self.maximumFields, try aliases(in: operation.selection, depth: 0) <= Self.maximumFields else {
            throw GraphDocument.invalid("more than \(Self.maximumFields) root fields or aliases")
        }
        var data = JSONObject()
        for field in fields {
            let key = field.alias ?? field.name
            if field.name == "__typename" {
                data[key] = "Query"
                continue
            }
            guard let (method, path) = Self.operations[field.name] else {
                throw GraphDocument.invalid("there is no field '\(field.name.prefix(100))' here")
            }
            let type = field.name.prefix(1).uppercased() + field.name.dropFirst() + "Response"
            do {
                let input = Self.renamed(try field.arguments["input"].map(value) ?? [:])
                let answer = try await run(method, path, input.objectValue ?? [:])
                data[key] = try await project(answer, field.selection, type: type, run)
            } catch let problem as Problem where problem.code != .internalFault {
                let error: JSON = ["api_error": ["code": .string(MLflowProblem.row(problem.code).code), "message": .string(problem.message)]]
                data[key] = try await project(error, field.selection, type: type, run)
            }
        }
        return ["data": .object(data)]
    }

    // MARK: Out

    private func project(_ json: JSON, _ selection: [GraphDocument.Selection], type: String, _ run: Operation) async throws -> JSON {
        switch json {
        case .array(let items):
            var projected: [JSON] = []
            for item in items { projected.append(try await project(item, selection, type: type, run)) }
            return .array(projected)
        case .object:
            var result = JSONObject()
            for field in try fields(of: selection) {
                let name = TraceEndpoints.snakeCase(field.name)
                let key = field.alias ?? field.name
                if field.name == "__typename" {
                    result[key] = .string(type)
                    continue
                }
                guard let value = try await json[name].orElse({ try await Self.extended(json, name, run) }) else {
                    result[key] = Self.lists.contains(name) && json["api_error"] == nil ? [] : .null
                    continue
                }
                // A value that is no number has no place in GraphQL's Float.
                if type == "MlflowMetrics", name == "value", value.stringValue != nil {
                    result[key] = .null
                    continue
                }
                result[key] = try await project(
                    value, field.selection, type: "Mlflow" + field.name.prefix(1).uppercased() + field.name.dropFirst(), run)
            }
            return .object(result)
        // Whole numbers have 64 bits and travel as texts here.
        case .integer(let number): return .string(String(number))
        default: return json
        }
    }

    /// What a run has in GraphQL beyond REST.
    private static func extended(_ json: JSON, _ name: String, _ run: Operation) async throws -> JSON? {
        guard let information = json["info"], let id = information["run_id"]?.stringValue else { return nil }
        switch name {
        case "experiment": return try await run(.get, "experiments/get", ["experiment_id": information["experiment_id"] ?? "0"])["experiment"]
        case "model_versions": return try await run(.get, "model-versions/search", ["filter": .string("run_id = '\(id)'")])["model_versions"]
        default: return nil
        }
    }

    // MARK: In

    private func value(_ value: GraphDocument.Value) throws(Problem) -> JSON {
        switch value {
        case .constant(let json): return json
        case .variable(let name):
            if let json = variables[name] { return json }
            guard let standard = operation.defaults[name] else { return .null }
            if case .variable = standard { throw GraphDocument.invalid("a variable stands for another") }
            return try self.value(standard)
        case .list(let items):
            var list: [JSON] = []
            for item in items { list.append(try self.value(item)) }
            return .array(list)
        case .object(let members):
            var object = JSONObject()
            for (name, member) in members { object[name] = try self.value(member) }
            return .object(object)
        }
    }

    private static func renamed(_ json: JSON) -> JSON {
        switch json {
        case .array(let items): .array(items.map(renamed))
        case .object(let object): .object(JSONObject(object.map { (TraceEndpoints.snakeCase($0.key), renamed($0.value)) }))
        default: json
        }
    }

    // MARK: Selections

    /// The fields of a selection with its fragments unfolded.
    private func fields(of selection: [GraphDocument.Selection], depth: Int = 0) throws(Problem) -> [GraphDocument.Field] {
        guard depth < 10 else { throw GraphDocument.invalid("its fragments are nested too deeply") }
        var fields: [GraphDocument.Field] = []
        for item in selection {
            switch item {
            case .field(let field): fields.append(field)
            case .inline(let inner): fields += try self.fields(of: inner, depth: depth + 1)
            case .spread(let name):
                guard let fragment = document.fragments[name] else { throw GraphDocument.invalid("there is no fragment '\(name.prefix(50))'") }
                fields += try self.fields(of: fragment, depth: depth + 1)
            }
            guard fields.count <= 200 else { throw GraphDocument.invalid("it selects more than 200 fields in one place") }
        }
        return fields
    }

    private func aliases(in selection: [GraphDocument.Selection], depth: Int) throws(Problem) -> Int {
        guard depth < 20 else { throw GraphDocument.invalid("it is nested too deeply") }
        var count = 0
        for field in try fields(of: selection) {
            count += field.alias == nil ? 0 : 1
            count += try aliases(in: field.selection, depth: depth + 1)
        }
        return count
    }
}

extension Optional {
    /// The value, or what `other` finds.
    fileprivate func orElse(_ other: () async throws -> Wrapped?) async rethrows -> Wrapped? {
        if let self { return self }
        return try await other()
    }
}
