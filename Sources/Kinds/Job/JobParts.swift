import Resources

/// The parts that jobs, pipeline steps and components share. Jobs speak camelCase on the wire and steps snake_case.
enum JobParts {
    enum Wire {
        case camel, snake

        func name(_ camel: String) -> String { self == .camel ? camel : camel.snakeCased }
    }

    static let dataTypes = ["uri_folder", "uri_file", "mltable", "custom_model", "mlflow_model", "triton_model"]
    static let literalTypes = ["string", "number", "integer", "boolean"]
    static let inputModes: [Choice] = [
        Choice("ro_mount", "ReadOnlyMount"), Choice("rw_mount", "ReadWriteMount"), Choice("download", "Download"),
        Choice("direct", "Direct"),
        Choice("eval_mount", "EvalMount"), Choice("eval_download", "EvalDownload"), Choice("mount", "ReadOnlyMount"),
    ]
    static let outputModes: [Choice] = [
        Choice("rw_mount", "ReadWriteMount"), Choice("upload", "Upload"), Choice("direct", "Direct"), Choice("mount", "ReadWriteMount"),
    ]

    static func distribution(_ wire: Wire) -> Union {
        func shape(_ type: String, _ fields: [Field]) -> Shape {
            Shape(
                "Processes that find each other.", constants: [wire.name("distributionType"): .string(type)],
                fields: [.dropped("type", "Kind.")] + fields)
        }
        let processes = Field(
            "process_count_per_instance", .integer(1...4096), wire.name("processCountPerInstance"), default: 1, "Processes per node.")
        return Union(
            by: "type",
            [
                "pytorch": shape("PyTorch", [processes]),
                "mpi": shape("Mpi", [processes]),
                "tensorflow": shape(
                    "TensorFlow",
                    [
                        Field("worker_count", .integer(1...4096), wire.name("workerCount"), default: 1, "Workers."),
                        Field(
                            "parameter_server_count", .integer(0...4096), wire.name("parameterServerCount"), default: 0,
                            "Parameter servers."),
                    ]),
            ], refused: ["ray": "Ray is not offered by Martlet; use pytorch or mpi"])
    }

    static func resources(_ wire: Wire) -> Shape {
        Shape(
            "What a job needs.",
            fields: [
                Field("instance_count", .integer(1...10_000), wire.name("instanceCount"), "Nodes."),
                Field("instance_type", .text, wire.name("instanceType"), "VM size; a label."),
                Field("max_instance_count", .integer(1...10_000), wire.name("maxInstanceCount"), "A label."),
                Field("shm_size", .text, wire.name("shmSize"), "Shared memory of a container."),
                Field("docker_args", .any, wire.name("dockerArgs"), "Arguments for the container engine."),
                Field("locations", .any, "locations", "A label."),
                Field("properties", .any, "properties", "Free facts."),
            ])
    }

    static func limits(_ wire: Wire) -> Shape {
        Shape(
            "Bounds of a job.", constants: [wire.name("jobLimitsType"): "Command"],
            fields: [
                Field("timeout", .seconds, "timeout", "Seconds before the job is stopped.")
            ])
    }

    static let ignored: [Field] = [
        .dropped("identity", "Identities of Azure; without meaning here."),
        .dropped("queue_settings", "Without meaning here."),
        .dropped("job_tier", "Without meaning here."),
        .dropped("priority", "Without meaning here."),
    ]

    /// `inputs:` of a job or step.
    static func inputs(_ wire: Wire) -> FieldType {
        .custom(
            CustomType(
                schema: ["type": "object", "additionalProperties": inputSchema],
                read: { node, reading, place in
                    guard let entries = node.entries else {
                        reading.mismatch(node, place, must: "a mapping of names to values")
                        return nil
                    }
                    var inputs = JSONObject()
                    for entry in entries where !entry.value.isNull {
                        if let input = input(entry.value, &reading, place.key(entry.key, to: [entry.key]), wire) {
                            inputs[entry.key] = input
                        }
                    }
                    return .object(inputs)
                },
                print: { value, printing in
                    .object(JSONObject((value.objectValue ?? [:]).map { ($0.key, printInput($0.value, printing)) }))
                }))
    }

    /// Literals as Azure's SDK spells them: its booleans are Python's.
    static func literal(_ node: YAMLNode) -> String? {
        guard case .scalar(let text, let value) = node.content else { return nil }
        return value.boolValue.map { $0 ? "True" : "False" } ?? text
    }

    private static func input(_ node: YAMLNode, _ reading: inout Reading, _ place: Place, _ wire: Wire) -> JSON? {
        let typeKey = wire.name("jobInputType")
        if let text = literal(node) { return [typeKey: "literal", "value": .string(text)] }
        guard node.entries != nil else {
            reading.mismatch(node, place, must: "a value, or a mapping with 'type' and 'path'")
            return nil
        }
        let shape = Shape(
            "An input.",
            fields: [
                Field(
                    "type", .choice((dataTypes + literalTypes).map { Choice($0, $0) } + [Choice("path", "uri_folder")]), typeKey,
                    default: "uri_folder", "Type of the input."),
                Field("path", .path(.data), "uri", "A local path, a URI, or azureml:NAME:VERSION of a data asset or model."),
                Field("mode", .choice(inputModes), "mode", "How the job sees the data."),
                .dropped("value", "A literal."), .dropped("default", "A literal."), .dropped("optional", "May be absent."),
                .dropped("description", "What it is."), .dropped("min", "Least value."), .dropped("max", "Greatest value."),
                .dropped("enum", "Allowed values."), .dropped("path_on_compute", "Without meaning here."),
            ])
        if let bound = node["path"]?.text, Expression.whole(bound) != nil {
            var input: JSON = [typeKey: "literal", "value": .string(bound)]
            if let mode = node["mode"], let text = FieldType.choice(inputModes).read(mode, &reading, place.key("mode", to: [])) {
                input["mode"] = text
            }
            return input
        }
        guard let type = node["type"]?.text, literalTypes.contains(type.lowercased()) else {
            let problems = reading.problems.count
            var input = shape.read(node, &reading, place)
            if input["uri"] == nil, reading.problems.count == problems, node["optional"]?.json.boolValue != true {
                reading.require(node, "'\(place.target)' needs 'path': where the data is", place.key("path", to: []))
            }
            if let uri = input["uri"]?.stringValue, var id = ResourceID(path: uri), id.kind == "data",
                input[typeKey]?.stringValue?.hasSuffix("_model") == true
            {
                id.kind = "models"
                input["uri"] = .string(id.path)
            }
            return input
        }
        guard let value = node["value"] ?? node["default"], let text = literal(value) else {
            if node["optional"]?.json.boolValue != true {
                reading.refuse(node, "'\(place.target)' needs 'value', a \(type)", place)
            }
            return nil
        }
        return [typeKey: "literal", "value": .string(text)]
    }

    static func printInput(_ input: JSON, _ printing: Printing) -> JSON {
        let type = (input["jobInputType"] ?? input["job_input_type"])?.stringValue ?? "literal"
        if type == "literal", input["mode"] == nil { return input["value"] ?? .null }
        if type == "literal" {
            return ["path": input["value"] ?? .null, "mode": FieldType.choice(inputModes).print(input["mode"] ?? .null, printing) ?? .null]
        }
        var face: JSON = ["type": .string(type)]
        if let uri = input["uri"]?.stringValue { face["path"] = .string(printing.short(uri)) }
        if let mode = input["mode"] { face["mode"] = FieldType.choice(inputModes).print(mode, printing) }
        return face
    }

    /// `outputs:` of a job or step.
    static func outputs(_ wire: Wire) -> FieldType {
        .custom(
            CustomType(
                schema: ["type": "object", "additionalProperties": outputSchema],
                read: { node, reading, place in
                    guard let entries = node.entries else {
                        reading.mismatch(node, place, must: "a mapping of names to outputs")
                        return nil
                    }
                    var outputs = JSONObject()
                    for entry in entries {
                        if let output = output(entry.value, &reading, place.key(entry.key, to: [entry.key]), wire) {
                            outputs[entry.key] = output
                        }
                    }
                    return .object(outputs)
                },
                print: { value, printing in
                    .object(JSONObject((value.objectValue ?? [:]).map { ($0.key, printOutput($0.value, printing)) }))
                }))
    }

    private static func output(_ node: YAMLNode, _ reading: inout Reading, _ place: Place, _ wire: Wire) -> JSON? {
        let typeKey = wire.name("jobOutputType")
        if node.isNull { return [typeKey: "uri_folder"] }
        if let text = node.text {
            guard Expression.whole(text) != nil else {
                reading.refuse(
                    node, "'\(place.target)': an output is written as a mapping with 'type' and 'path', or ${{parent.outputs.NAME}}", place)
                return nil
            }
            return ["value": .string(text), "type": "literal"]
        }
        let bound = node["path"]?.text.flatMap { Expression.whole($0) != nil ? $0 : nil }
        let shape = Shape(
            "An output.",
            fields: [
                Field("type", .choice(dataTypes.map { Choice($0, $0) }), typeKey, default: "uri_folder", "Type of the output."),
                Field("path", .string, "uri", "Where it goes: a URI; the default datastore when absent."),
                Field("mode", .choice(outputModes), "mode", "How the job writes it."),
                Field("name", .text(.assetName), wire.name("assetName"), "Register the output under this name."),
                Field("version", .text(.version), wire.name("assetVersion"), "Version to register."),
                Field("description", .string, "description", "What it is."),
                .dropped("path_on_compute", "Without meaning here."), .dropped("early_available", "Without meaning here."),
            ])
        var output = shape.read(node, &reading, place)
        guard let bound else {
            if let uri = output["uri"]?.stringValue, case .local = AssetReference(uri), let path = node["path"] {
                reading.refuse(
                    path, "'\(place.target).path' must be a URI such as azureml://datastores/NAME/paths/PATH, found \(path.described)",
                    place)
            }
            return output
        }
        output["uri"] = nil
        output[typeKey] = nil
        output["value"] = .string(bound)
        output["type"] = "literal"
        return output
    }

    static func printOutput(_ output: JSON, _ printing: Printing) -> JSON {
        if let value = output["value"]?.stringValue, output["mode"] == nil { return .string(value) }
        var face: JSON = [:]
        if let type = (output["jobOutputType"] ?? output["job_output_type"])?.stringValue { face["type"] = .string(type) }
        if let path = output["uri"] ?? output["value"] { face["path"] = path }
        if let mode = output["mode"] { face["mode"] = FieldType.choice(outputModes).print(mode, printing) }
        if let name = output["assetName"] ?? output["asset_name"] { face["name"] = name }
        if let version = output["assetVersion"] ?? output["asset_version"] { face["version"] = version }
        return face
    }

    private static let inputSchema: JSON = [
        "oneOf": [
            ["type": ["string", "number", "boolean", "null"]],
            [
                "type": "object",
                "properties": [
                    "type": ["enum": .array((dataTypes + literalTypes).map { .string($0) })], "path": ["type": "string"],
                    "mode": ["enum": .array(inputModes.map { .string($0.yaml) })], "value": [:],
                ],
            ],
        ]
    ]
    private static let outputSchema: JSON = [
        "oneOf": [
            ["type": ["string", "null"]],
            [
                "type": "object",
                "properties": [
                    "type": ["enum": .array(dataTypes.map { .string($0) })], "path": ["type": "string"],
                    "mode": ["enum": .array(outputModes.map { .string($0.yaml) })], "name": ["type": "string"],
                    "version": ["type": ["string", "number"]],
                ],
            ],
        ]
    ]
}

extension String {
    /// `processCountPerInstance` to `process_count_per_instance`.
    var snakeCased: String {
        var text = ""
        for character in self {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }
}
