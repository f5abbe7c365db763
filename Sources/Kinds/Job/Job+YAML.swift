package import Resources

extension Job {
    package static var face: Union {
        Union(
            by: "type", default: "command", ["command": commandShape, "pipeline": pipelineShape, "sweep": sweepShape],
            refused: refusedTypes.merging(["parallel": "a parallel job is a step; write it under 'jobs' of a pipeline job"]) { $1 })
    }

    static let refusedTypes = [
        "automl": "AutoML jobs are not offered by Martlet yet; write a command job that trains",
        "spark": "Spark is not offered by Martlet; write a command job",
        "import": "import jobs are not offered by Martlet; create a data asset from a path",
        "data_transfer": "data transfer is not offered by Martlet; write a command job that copies",
        "finetuning": "fine-tuning jobs are not offered by Martlet; write a command job",
        "distillation": "distillation jobs are not offered by Martlet; write a command job",
        "if_else": "conditions in pipelines are not offered by Martlet yet",
        "do_while": "loops in pipelines are not offered by Martlet yet",
    ]

    /// What every job has.
    static let commonFields: [Field] =
        [
            .name(.assetName, "Name of the run; made up when absent."),
            .dropped("type", "Kind of job."),
            Field("display_name", .string, "properties.displayName", "Name that people read."),
            Field("description", .string, "properties.description", "What it does."),
            Field("experiment_name", .text, "properties.experimentName", "Experiment that the run belongs to."),
            Field("tags", .textMap, "properties.tags", "Free labels."),
            Field("properties", .textMap, "properties.properties", "Free facts."),
            Field("compute", .compute, "properties.computeId", "Where it runs: azureml:NAME, or local."),
            Field("inputs", JobParts.inputs(.camel), "properties.inputs", "Values and data that go in."),
            Field("outputs", JobParts.outputs(.camel), "properties.outputs", "Folders and files that come out."),
            Field("services", .custom(services), "properties.services", "Set by the server; interactive services are not offered."),
            Field("notification_setting", .any, "properties.notificationSetting", "Web hooks."),
            .readOnly("status", "properties.status"),
            .readOnly("error", "properties.error"),
            .readOnly("parent_job_name", "properties.parentJobName"),
            .readOnly("start_time", "properties.startTime"),
            .readOnly("end_time", "properties.endTime"),
            .dropped("log_files", "Set by the server."),
        ] + JobParts.ignored + Field.common

    /// Interactive services (a notebook beside the job) are Azure's; what the server reports is printed.
    private static let services = CustomType(
        schema: ["type": "object"],
        read: { _, _, _ in nil },
        print: { value, _ in
            .object(
                JSONObject(
                    (value.objectValue ?? [:]).map { name, service in
                        var face: JSON = [:]
                        face["endpoint"] = service["endpoint"]
                        face["type"] = service["jobServiceType"] ?? .string(name)
                        return (name, face)
                    }))
        })

    /// What runs: shared by command jobs and the trial of a sweep.
    static func runFields(_ base: String) -> [Field] {
        [
            Field("command", .string, base + "command", required: true, "The command line, with ${{inputs.NAME}} and ${{outputs.NAME}}."),
            Field("code", .path(.code), base + "codeId", "Folder that is copied to the job."),
            Field(
                "environment", .custom(EnvironmentAsset.embedded), base + "environmentId", "azureml:NAME:VERSION, or an environment itself."
            ),
            Field("environment_variables", .textMap, base + "environmentVariables", "Variables of the process."),
            Field("distribution", .union(JobParts.distribution(.camel)), base + "distribution", "Several processes."),
            Field("resources", .shape(JobParts.resources(.camel)), base + "resources", "Nodes."),
        ]
    }

    private static var commandShape: Shape {
        Shape(
            "A command that runs once.", constants: ["properties.jobType": "Command"],
            fields: commonFields + runFields("properties.") + [
                Field("limits", .shape(JobParts.limits(.camel)), "properties.limits", "Bounds."),
                .dropped("is_deterministic", "Belongs to components."),
                .dropped("local", "Without meaning here."),
            ])
    }

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        var properties = body["properties"] ?? [:]
        properties["isArchived"] = false
        let prefix: [String]
        switch properties["jobType"]?.stringValue {
        case "Command": prefix = []
        case "Sweep": prefix = ["trial"]
        default:
            completePipeline(&properties, node: node, reading: &reading)
            body["properties"] = properties
            return
        }
        let source = prefix.isEmpty ? node : node["trial"] ?? node
        if let command = source["command"], let text = command.text {
            checkExpressions(
                text, at: command, properties, Place(target: (prefix + ["command"]).joined(separator: "."), pointer: []), &reading)
        }
        body["properties"] = properties
    }

    /// Expressions that name nothing are found before anything is sent.
    private static func checkExpressions(_ text: String, at node: YAMLNode, _ properties: JSON, _ place: Place, _ reading: inout Reading) {
        for message in unknownExpressions(in: text, of: properties) { reading.refuse(node, "'\(place.target)': \(message)", place) }
    }

    /// A sentence for each expression of the command that has nothing behind it.
    static func unknownExpressions(in command: String, of properties: JSON) -> [String] {
        func names(_ key: String) -> [String] { (properties[key]?.objectValue?.keys ?? []).sorted() }
        // A block in $[[ ]] may name an absent input: it is dropped then.
        let optional = Set(Expression.optionalBlocks(of: command).flatMap { Expression.all(in: $0) })
        return Expression.all(in: command).compactMap { expression in
            let (kind, name, known): (String, String, [String])
            switch expression.meaning {
            case .input(let input): (kind, name, known) = ("input", input, names("inputs"))
            case .output(let output): (kind, name, known) = ("output", output, names("outputs"))
            case .searchSpace(let parameter): (kind, name, known) = ("parameter", parameter, names("searchSpace"))
            case .parentInput, .parentOutput, .parentJobInput, .parentJobOutput:
                return "\(expression.text) belongs to a step of a pipeline, and this is not one; write ${{inputs.NAME}}"
            default: return "\(expression.text) is not an expression that Azure ML knows; write ${{inputs.NAME}} or ${{outputs.NAME}}"
            }
            if known.contains(name) || optional.contains(expression) { return nil }
            // A dotted name is a field of a group.
            if let group = name.split(separator: ".").first, name.contains("."), known.contains(String(group)) { return nil }
            let advice =
                nearestWord(to: name, among: known).map { "did you mean '\($0)'?" }
                ?? (known.isEmpty ? "the job declares none" : "known: \(known.joined(separator: ", "))")
            return "\(expression.text) names no \(kind); \(advice)"
        }
    }

    package static func finish(_ face: inout JSON, arm: JSON, printing: Printing) {
        guard arm[path: ["properties", "jobType"]]?.stringValue == "Pipeline" else { return }
        if let id = arm[path: ["properties", "componentId"]]?.stringValue {
            face["component"] = .string(printing.short(id))
        } else if let jobs = arm[path: ["properties", "jobs"]]?.objectValue {
            face["jobs"] = .object(JSONObject(jobs.map { ($0.key, printNode($0.value, printing)) }))
        }
    }
}

extension Expression {
    /// The contents of the `$[[ … ]]` blocks.
    static func optionalBlocks(of text: String) -> [String] {
        var blocks: [String] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "$[["), let close = rest[open.upperBound...].firstRange(of: "]]") {
            blocks.append(String(rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        return blocks
    }
}
