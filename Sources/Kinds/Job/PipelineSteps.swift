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
        if Choice.fold(type) == "sweep" {
            reading.refuse(
                node, "'\(place.target)': sweeps inside a pipeline are not offered by Martlet yet; run the sweep as a job of its own",
                place,
                code: .unsupported)
            return nil
        }
        if let reason = Job.refusedTypes.first(where: { Choice.fold($0.key) == Choice.fold(type) })?.value {
            reading.refuse(node["type"] ?? node, "'\(place.target).type': \(reason)", place, code: .unsupported)
            return nil
        }
        guard ["command", "pipeline"].contains(type.lowercased()) else {
            reading.refuse(node["type"] ?? node, "'\(place.target).type': '\(type)' is not allowed; allowed: command, pipeline", place)
            return nil
        }
        let isInline = node["component"] == nil
        if isInline, node["command"] == nil {
            reading.refuse(node, "'\(place.target)' needs 'component' (azureml:NAME:VERSION or a file) or 'command'", place)
            return nil
        }
        var body = (isInline ? Self.inlineShape : Self.componentShape).read(node, &reading, place)
        let pointer = place.pointer + ["componentId"]
        var componentType = type.lowercased()
        if let component = node["component"] {
            let inner = place.key("component", to: ["componentId"])
            if let found = ComponentAsset.embedded(component, &reading, inner) {
                body["componentId"] = .string(found.id)
                componentType = found.type ?? componentType
            }
        } else {
            var inline = InlineCommand(pipelineInputs: inputs, pipelineOutputs: outputs, body: body)
            if let draft = inline.component(node, &reading, place) {
                reading.inlineAssets.append(InlineAsset(kind: ComponentAsset.path, draft: draft, pointer: pointer))
            }
            body = inline.body
            body["componentId"] = ""
        }
        body["name"] = .string(name)
        body["type"] = .string(componentType)
        return body
    }

    private static let common: [Field] =
        [
            .dropped("name", "The key is the step's name."),
            .dropped("type", "Kind of step."),
            Field("display_name", .string, "display_name", "Name that people read."),
            Field("description", .string, "description", "What it does."),
            Field("tags", .textMap, "tags", "Free labels."),
            Field("properties", .textMap, "properties", "Free facts."),
            Field("compute", .compute, "computeId", "Where it runs."),
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

    private static let componentShape = Shape(
        "A step that runs a component.",
        fields: common + [
            .dropped("component", "The component."),
            .dropped("environment", "The component says where it runs."),
        ])

    private static let inlineShape = Shape(
        "A step that runs a command.",
        fields: common + [
            .dropped("command", "The command line."), .dropped("code", "Folder that is copied to the job."),
            .dropped("environment", "Where it runs."), .dropped("is_deterministic", "Whether results may be reused."),
            .dropped("version", "Without meaning in a step."),
        ])

    /// Every `${{parent…}}` must name an input or output of the pipeline, or an output of another step.
    private func checkBindings(of entry: YAMLNode.Entry, steps: [String], _ all: YAMLNode, _ reading: inout Reading, _ place: Place) {
        let target = place.key(entry.key, to: [])
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
            guard case .parentJobOutput = expression.meaning, other["component"] == nil else { return }
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
