package import Resources

extension ComponentAsset {
    package static var face: Union { face(nameRequired: true) }

    static func face(nameRequired: Bool) -> Union {
        Union(
            by: "type", default: "command",
            [
                "command": Shape(
                    "A command as a reusable step.", constants: spec("command"),
                    fields: common(nameRequired) + [
                        Field(
                            "command", .string, at + "command", required: true,
                            "The command line, with ${{inputs.NAME}} and ${{outputs.NAME}}."),
                        Field("code", .path(.code), at + "code", "Folder that is copied to the job."),
                        Field(
                            "environment", .custom(EnvironmentAsset.embedded), at + "environment",
                            "azureml:NAME:VERSION, or an environment itself."),
                        Field("environment_variables", .textMap, at + "environment_variables", "Variables of the process."),
                        Field("distribution", .custom(distribution), at + "distribution", "Several processes."),
                        Field("resources", .shape(JobParts.resources(.snake)), at + "resources", "Nodes."),
                    ]),
                "pipeline": Shape(
                    "Steps as one reusable step.", constants: spec("pipeline"),
                    fields: common(nameRequired) + [
                        Field("jobs", .custom(PipelineSteps.field), .dropped, required: true, "The steps by name."),
                        .dropped("settings", "Belongs to pipeline jobs."),
                    ]),
                "parallel": Shape(
                    "Code that goes over data in mini-batches, as a reusable step.", constants: spec("parallel"),
                    fields: common(nameRequired) + ParallelParts.settings(at) + [
                        Field("task", .shape(ParallelParts.task), at + "task", required: true, "The code of a mini-batch."),
                        Field("resources", .shape(JobParts.resources(.snake)), at + "resources", "Nodes."),
                        Field("environment_variables", .textMap, at + "environment_variables", "Variables of the process."),
                    ]),
            ], refused: Job.refusedTypes.merging(["sweep": "sweep components are not offered by Martlet"]) { first, _ in first })
    }

    private static let at = "properties.componentSpec."
    private static func spec(_ type: String) -> KeyValuePairs<String, JSON> { ["properties.componentSpec.type": .string(type)] }

    private static func common(_ nameRequired: Bool) -> [Field] {
        Field.asset(nameRequired ? .componentName : .any, nameRequired: nameRequired).filter {
            $0.key != "properties" && $0.key != "description" && $0.key != "tags"
        } + [
            .dropped("type", "Kind of component."),
            Field("description", .string, at + "description", "What it does."),
            Field("tags", .textMap, at + "tags", "Free labels."),
            Field("properties", .textMap, "properties.properties", "Free facts."),
            Field("display_name", .string, at + "display_name", "Name that people read."),
            Field("is_deterministic", .boolean, at + "is_deterministic", "Whether results may be reused."),
            Field("inputs", .map(.custom(input)), at + "inputs", "What goes in."),
            Field("outputs", .map(.shape(output)), at + "outputs", "What comes out."),
            .dropped("additional_includes", "Further files of the code; put them into the code folder."),
        ]
    }

    private static let distribution = CustomType(
        schema: JobParts.distribution(.snake).schema,
        read: { node, reading, place in
            let union = FieldType.union(JobParts.distribution(.snake))
            return union.read(node, &reading, place).flatMap { union.print($0, Printing(workspace: nil)) }
        },
        print: { value, _ in value })

    /// `path` is what the first version of Azure ML called a folder.
    private static let types = (JobParts.dataTypes + JobParts.literalTypes).map { Choice($0, $0) } + [Choice("path", "uri_folder")]

    /// An input's declaration; defaults and bounds travel as texts.
    private static let input = CustomType(
        schema: ["type": "object", "required": ["type"]],
        read: { node, reading, place in
            guard node.entries != nil else {
                reading.mismatch(node, place, must: "a declaration such as {type: integer, default: 10}")
                return nil
            }
            var result = Shape(
                "An input of a component.",
                fields: [
                    Field("type", .choice(types), "type", required: true, "Type of the input."),
                    Field("default", .any, .dropped, "Taken when the step gives none."),
                    Field("optional", .boolean, "optional", "May be absent."),
                    Field("description", .string, "description", "What it is."),
                    .dropped("min", "Least value."), .dropped("max", "Greatest value."),
                    Field("enum", .list(.any), .dropped, "Allowed values."),
                    Field("mode", .choice(JobParts.inputModes.map { Choice($0.yaml, $0.yaml) }), "mode", "How the data is seen."),
                    Field("path", .text, "path", "Where the data is."), .dropped("datastore_mode", "Without meaning here."),
                ]
            ).read(node, &reading, place)
            for key in ["default", "min", "max"] {
                guard let value = node[key], !value.isNull else { continue }
                guard let text = JobParts.literal(value) else {
                    reading.mismatch(value, place.key(key, to: []), must: "a single value")
                    continue
                }
                result[key] = .string(text)
                check(value, type: result["type"]?.stringValue, &reading, place.key(key, to: []))
            }
            if let values = node["enum"]?.elements {
                result["enum"] = .array(values.compactMap { JobParts.literal($0).map { .string($0) } })
            }
            return result
        },
        print: { value, _ in value })

    private static func check(_ node: YAMLNode, type: String?, _ reading: inout Reading, _ place: Place) {
        let fits =
            switch type {
            case "integer": node.json.integerValue != nil || node.text.flatMap { Int64($0) } != nil
            case "number": node.json.doubleValue != nil || node.text.flatMap { Double($0) } != nil
            case "boolean": node.json.boolValue != nil || ["true", "false"].contains(node.text?.lowercased() ?? "")
            default: true
            }
        if !fits {
            reading.mismatch(node, place, must: type == "boolean" ? "true or false" : type == "integer" ? "a whole number" : "a number")
        }
    }

    private static let output = Shape(
        "An output of a component.",
        fields: [
            Field("type", .choice(types), "type", required: true, "Type of the output."),
            Field("description", .string, "description", "What it is."),
            Field("mode", .choice(JobParts.outputModes.map { Choice($0.yaml, $0.yaml) }), "mode", "How it is written."),
            Field("path", .text, "path", "Where it goes."),
            .dropped("is_control", "Without meaning here."), .dropped("early_available", "Without meaning here."),
        ])

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        let spec = ["properties", "componentSpec"]
        body[path: ["properties", "isAnonymous"]] = false
        if let name = reading.name { body[path: spec + ["name"]] = .string(name) }
        if let version = reading.version { body[path: spec + ["version"]] = .string(version) }
        body[path: spec + ["_source"]] = "YAML.COMPONENT"
        if let schema = node["$schema"]?.text { body[path: spec + ["$schema"]] = .string(schema) }
        for key in ["description", "tags"] {
            if let value = body[path: spec + [key]] { body[path: ["properties", key]] = value }
        }
        if let jobs = node["jobs"], body[path: spec + ["type"]] == "pipeline" {
            let steps = PipelineSteps(inputs: body[path: spec + ["inputs"]] ?? [:], outputs: body[path: spec + ["outputs"]] ?? [:])
            body[path: spec + ["jobs"]] = steps.read(jobs, &reading, Place(target: "jobs", pointer: spec + ["jobs"]))
        }
        for (key, value) in [("input_data", node["input_data"])]
            + ["program_arguments", "append_row_to"].map({ ("task.\($0)", node["task"]?[$0]) })
        {
            guard let value, let text = value.text else { continue }
            for message in Job.unknownExpressions(in: text, of: body[path: spec] ?? [:]) {
                reading.refuse(value, "'\(key)': \(message)", Place(target: key, pointer: []))
            }
        }
        if let command = node["command"], let text = command.text {
            for message in Job.unknownExpressions(in: text, of: body[path: spec] ?? [:]) {
                reading.refuse(command, "'command': \(message)", Place(target: "command", pointer: []))
            }
        }
    }

    /// A component named, or written in a file or in place, as a step uses it. The id is empty for those that the client
    /// still has to create; `type` is known for these only.
    static func embedded(_ node: YAMLNode, _ reading: inout Reading, _ place: Place) -> (id: String, type: String?)? {
        let document: YAMLDocument
        var trail = reading.includedFrom
        if node.entries != nil {
            document = reading.document.part(node)
        } else {
            let text = node.text.map { $0.hasPrefix("file:") ? String($0.dropFirst("file:".count)) : $0 } ?? ""
            guard case .local = AssetReference(text), !text.isEmpty, text.contains("/") || text.hasSuffix(".yml") || text.hasSuffix(".yaml")
            else {
                guard let id = reading.asset(node, kind: path, title: title, place)?.stringValue else { return nil }
                return (id, nil)
            }
            guard let path = reading.existing(text, node, place) else { return nil }
            let opened = trail + [reading.document.file.map { reading.resolved($0.hasPrefix("/") ? $0 : LocalPath.absolute($0)) } ?? ""]
            guard !opened.contains(path) else {
                reading.refuse(
                    node,
                    "'\(place.target)': '\(text)' includes itself: \((opened + [path]).filter { !$0.isEmpty }.joined(separator: " -> "))",
                    place)
                return nil
            }
            trail = opened
            do throws(Problem) {
                document = try YAMLDocument(contentsOfFile: path)
            } catch {
                reading.problems.append(error)
                return nil
            }
        }
        if let foreign = ForeignDocument.description(of: document.root) {
            reading.refuse(node, "'\(place.target)' is \(foreign); Martlet does not offer its kind", place, code: .unsupported)
            return nil
        }
        var inner = Reading(document, workspace: reading.workspace, includedFrom: trail)
        guard let shape = face(nameRequired: false).shape(for: document.root, &inner, .root) else {
            reading.join(inner)
            return nil
        }
        let body = shape.read(document.root, &inner, .root)
        guard anonymous(body, inner, in: &reading, place) else { return nil }
        return ("", body[path: ["properties", "componentSpec", "type"]]?.stringValue)
    }

    /// Finishes the reading of a component without a name of its own and notes it for creation.
    static func anonymous(_ body: JSON, _ reading: Reading, in outer: inout Reading, _ place: Place) -> Bool {
        var (body, inner) = (body, reading)
        complete(&body, node: inner.document.root, reading: &inner)
        outer.join(inner)
        guard inner.problems.isEmpty, var draft = try? inner.draft(body) else { return false }
        draft.name = "azureml_anonymous"
        draft.version = nil
        draft.body[path: ["properties", "isAnonymous"]] = true
        outer.inlineAssets.append(InlineAsset(kind: path, draft: draft, pointer: place.pointer))
        return true
    }

    package static func finish(_ face: inout JSON, arm: JSON, printing: Printing) {
        let spec = ["properties", "componentSpec"]
        face["$schema"] = arm[path: spec + ["$schema"]]
        if let jobs = arm[path: spec + ["jobs"]]?.objectValue {
            face["jobs"] = .object(JSONObject(jobs.map { ($0.key, Job.printNode($0.value, printing)) }))
        }
        for keys in [["code"], ["environment"], ["task", "code"], ["task", "environment"]] {
            if let text = arm[path: spec + keys]?.stringValue { face[path: keys] = .string(printing.short(text)) }
        }
    }
}
