import Resources

/// Reads the steps of a pipeline: a component by reference or file, or a command written in place, which becomes an
/// anonymous component. Checks that bindings name something and that no step waits for itself.
struct PipelineSteps {
    /// The pipeline's own inputs and outputs as on the wire (of a job) or as declared (of a component).
    let inputs: JSON
    let outputs: JSON

    func read(_ node: YAMLNode, _ reading: inout Reading, _ place: Place) -> JSON? {
        guard let entries = node.entries, !entries.isEmpty else {
            reading.mismatch(node, place, must: "a mapping of step names to steps")
            return nil
        }
        var steps = JSONObject()
        for entry in entries {
            let inner = place.key(entry.key, to: [entry.key])
            let isName = entry.key.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
            }
            if !isName {
                reading.problems.append(
                    Problem(
                        .invalidInput, "'\(inner.target)': a step's name has letters, digits and '_' only", target: inner.target,
                        location: entry.keyLocation))
            }
            if let step = step(entry.key, entry.value, &reading, inner) { steps[entry.key] = step }
        }
        let known = entries.map(\.key)
        for entry in entries { checkBindings(of: entry, steps: known, node, &reading, place) }
        if let cycle = Graph(edges: JSON.object(steps).pipelineEdges).cycle() {
            let start = entries.first { $0.key == cycle[0] }
            reading.problems.append(
                Problem(
                    .invalidInput,
                    "the steps wait for each other in a circle: \((cycle + [cycle[0]]).joined(separator: " -> ")); remove one binding",
                    target: place.target, location: start?.keyLocation ?? node.location))
        }
        return .object(steps)
    }

    private func step(_ name: String, _ node: YAMLNode, _ reading: inout Reading, _ place: Place) -> JSON? {
        guard node.entries != nil else {
            reading.mismatch(node, place, must: "a mapping: a step with 'component' or 'command'")
            return nil
        }
        let type = node["type"]?.text ?? (node["trial"] != nil ? "sweep" : "command")
        guard let kind = Self.types.first(where: { $0 == Choice.fold(type) }) else {
            let reason = Job.refusedTypes.first { Choice.fold($0.key) == Choice.fold(type) }?.value
            reading.refuse(
                node["type"] ?? node,
                "'\(place.target).type': "
                    + (reason ?? "'\(type)' is not allowed; allowed: \(Self.types.joined(separator: ", "))"), place,
                code: reason == nil ? .invalidInput : .unsupported)
            return nil
        }
        let (reference, written) = kind == "sweep" ? ("trial", "trial") : ("component", Self.contents[kind] ?? "command")
        let isInline = node[reference] == nil && kind != "sweep"
        if node[reference] == nil, node[written] == nil {
            let form = "'\(reference)' (azureml:NAME:VERSION or a file)" + (written == reference ? "" : " or '\(written)'")
            reading.refuse(node, "'\(place.target)' needs \(form)", place)
            return nil
        }
        var body = (isInline ? Self.inlineShape(of: kind) : Self.shape(of: kind)).read(node, &reading, place)
        body["name"] = .string(name)
        body["type"] = .string(kind)
        let id = kind == "sweep" ? ["trial", "componentId"] : ["componentId"]
        let inner = place.key(reference, to: id)
        if !isInline, let component = node[reference] {
            guard let found = ComponentAsset.embedded(component, &reading, inner) else { return body }
            body[path: id] = .string(found.id)
            if kind != "sweep" { body["type"] = .string(found.type ?? kind) }
        } else if kind == "command" {
            var inline = InlineCommand(pipelineInputs: inputs, pipelineOutputs: outputs, body: body)
            if let draft = inline.component(node, &reading, place) {
                reading.inlineAssets.append(InlineAsset(kind: ComponentAsset.path, draft: draft, pointer: inner.pointer))
            }
            body = inline.body
            body["componentId"] = ""
        } else {
            write(kind, node, body, &reading, inner)
            body["componentId"] = ""
        }
        return body
    }

    /// The key `jobs`, which is read with the inputs and outputs around it.
    static let field = CustomType(
        schema: ["type": "object", "additionalProperties": ["anyOf": .array(types.flatMap(schemas))]], read: { _, _, _ in nil },
        print: { _, _ in nil })

    /// A step of one type, by reference and in place.
    private static func schemas(of kind: String) -> [JSON] {
        (kind == "sweep" ? [shape(of: kind)] : [shape(of: kind), inlineShape(of: kind)]).map { shape in
            var schema = shape.schema
            schema[path: ["properties", "type"]] = ["const": .string(kind)]
            if kind != "command" { schema["required"] = ["type"] }
            return schema
        }
    }

    static let types = ["command", "pipeline", "parallel", "sweep"]
    /// What a step that writes its component in place has.
    private static let contents = ["command": "command", "pipeline": "jobs", "parallel": "task"]

    /// A parallel or pipeline step written in place, as an anonymous component with the step's inputs and outputs.
    private func write(_ kind: String, _ node: YAMLNode, _ body: JSON, _ reading: inout Reading, _ place: Place) {
        guard let shape = ComponentAsset.face(nameRequired: false).variants.first(where: { $0.name == kind })?.shape else { return }
        let keys = kind == "parallel" ? ParallelParts.componentKeys : ["jobs", "display_name", "description"]
        let own = YAMLNode(.map((node.entries ?? []).filter { keys.contains($0.key) }), at: node.location)
        var inner = Reading(reading.document.part(own), workspace: reading.workspace, includedFrom: reading.includedFrom)
        var draft = shape.read(own, &inner, .root)
        let types = InlineCommand(pipelineInputs: inputs, pipelineOutputs: outputs, body: body)
        let spec = ["properties", "componentSpec"]
        draft[path: spec + ["inputs"]] = types.declaredInputs
        draft[path: spec + ["outputs"]] = types.declaredOutputs
        _ = ComponentAsset.anonymous(draft, inner, in: &reading, place)
    }

    private static let common: [Field] =
        [
            .dropped("name", "The key is the step's name."),
            .dropped("type", "Kind of step."),
            Field("display_name", .string, "display_name", "Name that people read."),
            Field("description", .string, "description", "What it does."),
            Field("tags", .textMap, "tags", "Free labels."),
            Field("properties", .textMap, "properties", "Free facts."),
            Field("compute", .custom(compute), "computeId", "Where it runs; may be ${{parent.inputs.NAME}}."),
            Field("inputs", JobParts.inputs(.snake), "inputs", "Values and bindings such as ${{parent.inputs.NAME}}."),
            Field("outputs", JobParts.outputs(.snake), "outputs", "Outputs and bindings such as ${{parent.outputs.NAME}}."),
            Field("environment_variables", .textMap, "environment_variables", "Variables of the process."),
            Field("distribution", .union(JobParts.distribution(.snake)), "distribution", "Several processes."),
            Field("resources", .shape(JobParts.resources(.snake)), "resources", "Nodes."),
            Field("limits", .shape(JobParts.limits(.snake)), "limits", "Bounds."),
            .dropped("settings", "Without meaning here."),
            .dropped("services", "Interactive services are not offered."),
            .dropped("experiment_name", "Steps belong to the pipeline's experiment."),
        ] + JobParts.ignored

    /// A pipeline may hand its steps the name of their compute.
    private static let compute = CustomType(
        schema: ["type": "string"],
        read: { node, reading, place in
            if let text = node.text, Expression.whole(text) != nil { return .string(text) }
            return FieldType.compute.read(node, &reading, place)
        },
        print: { value, printing in FieldType.compute.print(value, printing) })

    /// A step that runs a component.
    static func shape(of kind: String) -> Shape {
        let own: [Field] =
            switch kind {
            case "sweep":
                Job.sweepFields(.snake, "") + [.dropped("trial", "What each trial runs.")]
            case "parallel": ParallelParts.settings("") + [.dropped("task", "The code of a mini-batch.")]
            default: []
            }
        // A sweep's limits are its own.
        return Shape(
            "A step that runs a component.",
            fields: common.filter { field in !own.contains { $0.key == field.key } } + own + [
                .dropped("component", "The component."),
                .dropped("environment", "The component says where it runs."),
                .dropped("is_deterministic", "Whether results may be reused."),
            ])
    }

    /// A step that writes its component in place.
    private static func inlineShape(of kind: String) -> Shape {
        var shape = shape(of: kind)
        shape.fields.removeAll { $0.key == "component" }
        switch kind {
        case "pipeline": shape.fields.append(.dropped("jobs", "The steps by name."))
        case "parallel": break
        default:
            shape.fields += [
                .dropped("command", "The command line."), .dropped("code", "Folder that is copied to the job."),
                .dropped("version", "Without meaning in a step."),
            ]
        }
        return shape
    }

    /// Every `${{parent…}}` must name an input or output of the pipeline, or an output of another step.
    private func checkBindings(of entry: YAMLNode.Entry, steps: [String], _ all: YAMLNode, _ reading: inout Reading, _ place: Place) {
        let target = place.key(entry.key, to: [])
        if let compute = entry.value["compute"], let expression = compute.text.flatMap(Expression.whole) {
            check(expression, steps: steps, all, compute, &reading, Place(target: "\(target.target).compute", pointer: []))
        }
        for (section, inner) in [("inputs", entry.value["inputs"]), ("outputs", entry.value["outputs"])] {
            for input in inner?.entries ?? [] {
                guard let node = input.value.text != nil ? input.value : input.value["path"], let text = node.text else { continue }
                for expression in Expression.all(in: text) {
                    check(
                        expression, steps: steps, all, node, &reading,
                        Place(target: "\(target.target).\(section).\(input.key)", pointer: []))
                }
            }
        }
        if let command = entry.value["command"], let text = command.text {
            for expression in Expression.all(in: text) where expression.path.first == "parent" {
                check(expression, steps: steps, all, command, &reading, Place(target: "\(target.target).command", pointer: []))
            }
        }
    }

    private func check(
        _ expression: Expression, steps: [String], _ all: YAMLNode, _ node: YAMLNode, _ reading: inout Reading, _ place: Place
    ) {
        func unknown(_ what: String, _ name: String, _ known: [String]) {
            let advice =
                nearestWord(to: name, among: known).map { "did you mean '\($0)'?" }
                ?? (known.isEmpty ? "there is none" : "known: \(known.sorted().joined(separator: ", "))")
            reading.refuse(node, "'\(place.target)': \(expression.text) names no \(what); \(advice)", place)
        }
        let (pipelineInputs, pipelineOutputs) = (inputs.objectValue?.keys ?? [], outputs.objectValue?.keys ?? [])
        switch expression.meaning {
        case .parentInput(let name) where !pipelineInputs.contains(name): unknown("input of the pipeline", name, pipelineInputs)
        case .parentOutput(let name) where !pipelineOutputs.contains(name): unknown("output of the pipeline", name, pipelineOutputs)
        case .parentJobOutput(let job, let name), .parentJobInput(let job, let name):
            guard let other = all[job] else { return unknown("step", job, steps) }
            // What a component's file declares is known to the server; an inline step says it here.
            guard case .parentJobOutput = expression.meaning, other["component"] == nil, other["trial"] == nil else { return }
            let declared = (other["outputs"]?.entries ?? []).map(\.key)
            if !declared.contains(name) { unknown("output of the step '\(job)'", name, declared) }
        case .unknown where expression.path.first == "parent":
            reading.refuse(
                node,
                "'\(place.target)': \(expression.text) is not an expression; write ${{parent.inputs.NAME}} or "
                    + "${{parent.jobs.STEP.outputs.NAME}}",
                place)
        default: break
        }
    }
}
