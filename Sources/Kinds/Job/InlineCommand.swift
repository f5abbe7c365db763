import Resources

/// A command written inside a pipeline, on its way to an anonymous component and a step that uses it.
///
/// Azure's SDK refuses `${{parent…}}` inside such a command; people write it all the same, and the order does. Each one
/// becomes an input (or output) of the component, bound in the step to what it named, so that the wire carries only
/// what Azure's own clients send.
struct InlineCommand {
    let pipelineInputs: JSON
    let pipelineOutputs: JSON
    /// The step.
    var body: JSON

    mutating func component(_ node: YAMLNode, _ reading: inout Reading, _ place: Place) -> Draft? {
        let problems = reading.problems.count
        var command = ""
        for piece in Expression.pieces(of: node["command"]?.text ?? "") {
            switch piece {
            case .text(let text): command += text
            case .expression(let expression): command += bound(expression).text
            }
        }
        var inner = Reading(reading.document.part(node), workspace: reading.workspace, includedFrom: reading.includedFrom)
        let spec = ["properties", "componentSpec"]
        var draft: JSON = [:]
        draft[path: spec] = [
            "$schema": "https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json", "name": "azureml_anonymous",
            "type": "command", "command": .string(command), "_source": "YAML.JOB",
        ]
        for key in ["display_name", "description", "is_deterministic"] {
            if let value = node[key], !value.isNull { draft[path: spec + [key]] = value.json }
        }
        for key in ["environment_variables", "distribution", "resources"] {
            guard let value = body[key] else { continue }
            draft[path: spec + [key]] =
                key == "distribution" ? FieldType.union(JobParts.distribution(.snake)).print(value, Printing(workspace: nil)) : value
        }
        if let code = node["code"], !code.isNull,
            let id = inner.path(code, purpose: .code, Place(target: "\(place.target).code", pointer: spec + ["code"]))
        {
            draft[path: spec + ["code"]] = id
        }
        if let environment = node["environment"], !environment.isNull,
            let id = EnvironmentAsset.embedded.read(
                environment, &inner, Place(target: "\(place.target).environment", pointer: spec + ["environment"]))
        {
            draft[path: spec + ["environment"]] = id
        }
        draft[path: spec + ["inputs"]] = declaredInputs
        draft[path: spec + ["outputs"]] = declaredOutputs
        draft[path: ["properties", "isAnonymous"]] = true
        for message in Job.unknownExpressions(in: command, of: draft[path: spec] ?? [:]) {
            inner.refuse(
                node["command"] ?? node, "'\(place.target).command': \(message)", Place(target: "\(place.target).command", pointer: []))
        }
        reading.join(inner)
        guard reading.problems.count == problems, var result = try? inner.draft(draft) else { return nil }
        result.name = "azureml_anonymous"
        return result
    }

    /// The expression that the component's command uses instead.
    private mutating func bound(_ expression: Expression) -> Expression {
        let section: String
        let wanted: String
        switch expression.meaning {
        case .parentInput(let name): (section, wanted) = ("inputs", name)
        case .parentOutput(let name): (section, wanted) = ("outputs", name)
        case .parentJobOutput(let job, let name), .parentJobInput(let job, let name): (section, wanted) = ("inputs", "\(job)_\(name)")
        default: return expression
        }
        let binding: JSON =
            section == "inputs"
            ? ["value": .string(expression.text), "job_input_type": "literal"] : ["value": .string(expression.text), "type": "literal"]
        var name = wanted
        var number = 2
        while let taken = body[path: [section, name]], taken != binding {
            name = "\(wanted)_\(number)"
            number += 1
        }
        body[path: [section, name]] = binding
        return Expression([section, name])
    }

    /// The inputs of the step as a component declares them.
    var declaredInputs: JSON {
        .object(JSONObject((body["inputs"]?.objectValue ?? [:]).map { ($0.key, ["type": .string(type(of: $0.value))]) }))
    }

    var declaredOutputs: JSON {
        .object(JSONObject((body["outputs"]?.objectValue ?? [:]).map { ($0.key, ["type": .string(outputType(of: $0.value))]) }))
    }

    /// The component's type of an input: that of the data, or of what the binding names.
    private func type(of input: JSON) -> String {
        let type = input["job_input_type"]?.stringValue ?? "literal"
        guard type == "literal" else { return type }
        guard let expression = input["value"]?.stringValue.flatMap(Expression.whole) else { return "string" }
        switch expression.meaning {
        case .parentInput(let name):
            let outer = pipelineInputs[name]
            let type = (outer?["jobInputType"] ?? outer?["type"])?.stringValue ?? "literal"
            return type == "literal" ? "string" : type
        case .parentJobOutput: return "uri_folder"
        default: return "string"
        }
    }

    private func outputType(of output: JSON) -> String {
        if let type = output["job_output_type"]?.stringValue { return type }
        guard case .parentOutput(let name)? = output["value"]?.stringValue.flatMap(Expression.whole)?.meaning else { return "uri_folder" }
        return (pipelineOutputs[name]?["jobOutputType"] ?? pipelineOutputs[name]?["type"])?.stringValue ?? "uri_folder"
    }
}
