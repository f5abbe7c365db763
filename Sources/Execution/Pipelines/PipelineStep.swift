internal import ControlPlane
internal import Kinds
internal import Resources

/// The job that one step of a pipeline becomes: a command job, a pipeline or sweep of its own, or a command job that goes
/// over mini-batches.
struct PipelineStep {
    let pipeline: Resource
    let name: String
    let node: PipelineNode
    let component: ResourceID
    /// The component's specification as stored.
    let definition: JSON

    /// `PIPELINE_STEP`; the same every time, so that a step is never started twice.
    static func jobID(of step: String, in pipeline: ResourceID) -> ResourceID {
        ResourceID(workspace: pipeline.workspace, kind: pipeline.kind, name: "\(pipeline.name)_\(step)")
    }

    /// The ARM body of the step's job.
    func body(pipelineProperties: JobProperties, settings: PipelineJob.Settings?) throws(Problem) -> JSON {
        let spec: ComponentSpec = try definition.decoded()
        let written = pipeline.properties.value(at: "jobs", name) ?? [:]
        let scope = Scope(pipeline: pipeline.id, inputs: pipelineProperties.inputs ?? [:])
        let searched = node.type == "sweep" ? Set(written["search_space"]?.objectValue?.keys ?? []) : []
        var inputs: JSON = [:]
        var names = Set((spec.inputs ?? [:]).keys)
        names.formUnion((node.inputs ?? [:]).keys)
        for input in names.subtracting(searched).sorted() {
            if let value = try scope.resolve(input, node.inputs?[input], declared: spec.inputs?[input]) { inputs[input] = value }
        }
        let compute = try compute(settings?.defaultCompute ?? pipelineProperties.computeId, scope)
        var properties: JSON = [
            "displayName": .string(node.displayName ?? spec.displayName ?? name),
            "experimentName": .string(pipelineProperties.experimentName ?? "Default"), "inputs": inputs,
            "outputs": try outputs(spec, pipelineProperties),
            "properties": [
                "azureml.parentRunId": .string(pipeline.id.name), "azureml.pipelinerunid": .string(pipeline.id.name),
                "azureml.moduleName": .string(name), "azureml.moduleid": .string(component.path),
            ],
        ]
        switch node.type {
        case "pipeline":
            properties["jobType"] = "Pipeline"
            properties["jobs"] = definition["jobs"]
            var own = pipeline.properties["settings"] ?? [:]
            own["default_compute"] = compute.map { .string($0) }
            properties["settings"] = own
        case "sweep":
            properties = properties.merging(try Job.sweepProperties(ofStep: written))
            properties["jobType"] = "Sweep"
            properties["computeId"] = compute.map { .string($0) }
            properties["trial"] = try run(spec, command: Self.searching(spec.command ?? "", searched), task: definition)
        case "parallel":
            properties["jobType"] = "Command"
            properties["computeId"] = compute.map { .string($0) }
            properties = properties.merging(
                try run(spec, command: ParallelDriver.command(spec: definition, step: written), task: definition["task"] ?? [:]))
            if let input = ParallelDriver.input(spec: definition, step: written), properties.value(at: "inputs", input, "mode") != nil {
                properties[path: ["inputs", input, "mode"]] = "ReadOnlyMount"
            }
        default:
            properties["jobType"] = "Command"
            properties["computeId"] = compute.map { .string($0) }
            properties = properties.merging(try run(spec, command: spec.command ?? "", task: definition))
            if let limits = node.limits { properties["limits"] = try JSON(encoding: limits).merging(["jobLimitsType": "Command"]) }
        }
        return ["properties": properties]
    }

    /// What runs: the members of a command job, or of a sweep's trial.
    private func run(_ spec: ComponentSpec, command: String, task: JSON) throws(Problem) -> JSON {
        var run: JSON = [
            "command": .string(command),
            "environmentVariables": try JSON(encoding: (spec.environmentVariables ?? [:]).merging(node.environmentVariables ?? [:]) { $1 }),
        ]
        run["codeId"] = task["code"]?.stringValue.map { .string(Self.withoutScheme($0)) }
        run["environmentId"] = task["environment"]?.stringValue.map { .string(Self.withoutScheme($0)) }
        if let distribution = node.distribution ?? spec.distribution { run["distribution"] = try JSON(encoding: distribution) }
        if let resources = node.resources ?? spec.resources { run["resources"] = try JSON(encoding: resources) }
        return run
    }

    private func outputs(_ spec: ComponentSpec, _ pipelineProperties: JobProperties) throws(Problem) -> JSON {
        var outputs: JSON = [:]
        for (output, declared) in spec.outputs ?? [:] {
            var wanted = node.outputs?[output] ?? JobOutput(type: declared.type ?? "uri_folder", mode: declared.mode)
            if let type = declared.type { wanted.type = type }
            if let expression = wanted.binding, case .parentOutput(let outer) = expression.meaning {
                // The pipeline's output is this step's; where and as what it is registered, the pipeline says.
                let type = wanted.type
                wanted = pipelineProperties.outputs?[outer] ?? JobOutput(type: type)
                wanted.type = type
            }
            outputs[output] = try JSON(encoding: wanted)
        }
        return outputs
    }

    /// The step's compute, which a pipeline may hand in by name.
    private func compute(_ standard: String?, _ scope: Scope) throws(Problem) -> String? {
        guard let text = node.computeId ?? standard else { return nil }
        guard Expression.whole(text) != nil else { return text }
        let name = try scope.text(text, for: "compute") ?? standard
        return name.map { ["local", "serverless"].contains($0) || $0.contains("/") || $0.contains(":") ? $0 : "azureml:\($0)" }
    }

    /// A component says ${{inputs.lr}} for what a sweep searches as ${{search_space.lr}}.
    private static func searching(_ command: String, _ searched: Set<String>) -> String {
        Expression.pieces(of: command).reduce(into: "") { result, piece in
            switch piece {
            case .text(let part): result += part
            case .expression(let expression):
                guard case .input(let name) = expression.meaning, searched.contains(name) else { return result += expression.text }
                result += Expression(["search_space", name]).text
            }
        }
    }

    private static func withoutScheme(_ text: String) -> String {
        text.hasPrefix("azureml:/") ? String(text.dropFirst("azureml:".count)) : text
    }

    /// What `${{parent.…}}` means for the steps of one pipeline.
    private struct Scope {
        let pipeline: ResourceID
        let inputs: [String: JobInput]

        /// The step's input as a job input; `nil` for an optional one without a value.
        func resolve(_ name: String, _ given: JobInput?, declared: ComponentSpec.Input?) throws(Problem) -> JSON? {
            let type = declared?.type ?? given?.type ?? "literal"
            let isData = type.hasPrefix("uri_") || type == "mltable" || type.hasSuffix("_model")
            guard let text = given?.value ?? given?.uri else {
                guard let value = declared?.defaultValue?.literalText else { return nil }
                return ["jobInputType": "literal", "value": .string(value)]
            }
            let value = try evaluate(text, for: name)
            guard let value else { return nil }
            if isData {
                var input: JSON = ["jobInputType": .string(type), "uri": .string(value)]
                if let mode = given?.mode { input["mode"] = .string(mode) }
                return input
            }
            return ["jobInputType": "literal", "value": .string(value)]
        }

        func text(_ text: String, for name: String) throws(Problem) -> String? { try evaluate(text, for: name) }

        /// Replaces every expression; a whole expression of an absent optional input is no value.
        private func evaluate(_ text: String, for name: String) throws(Problem) -> String? {
            if let expression = Expression.whole(text) { return try value(of: expression, for: name) }
            var result = ""
            for piece in Expression.pieces(of: text) {
                switch piece {
                case .text(let part): result += part
                case .expression(let expression): result += try value(of: expression, for: name) ?? ""
                }
            }
            return result
        }

        private func value(of expression: Expression, for name: String) throws(Problem) -> String? {
            switch expression.meaning {
            case .parentInput(let outer):
                guard let input = inputs[outer] else {
                    throw Problem(
                        .invalidInput, "input '\(name)': the pipeline has no input '\(outer)'; it has \(inputs.keys.sorted().joined(separator: ", "))")
                }
                return input.value ?? input.uri
            case .parentJobOutput(let step, let output):
                let job = PipelineStep.jobID(of: step, in: pipeline).name
                return "azureml://jobs/\(job)/outputs/\(output)/paths/"
            default:
                return expression.text
            }
        }
    }
}
