internal import ControlPlane
internal import Kinds
internal import Resources

/// The job that one step of a pipeline becomes.
struct PipelineStep {
    let pipeline: Resource
    let name: String
    let node: PipelineNode
    let component: ResourceID
    let spec: ComponentSpec

    /// `PIPELINE_STEP`; the same every time, so that a step is never started twice.
    static func jobID(of step: String, in pipeline: ResourceID) -> ResourceID {
        ResourceID(workspace: pipeline.workspace, kind: pipeline.kind, name: "\(pipeline.name)_\(step)")
    }

    /// The ARM body of the step's command job.
    func body(pipelineProperties: JobProperties, defaultCompute: String?) throws(Problem) -> JSON {
        let scope = Scope(pipeline: pipeline.id, inputs: pipelineProperties.inputs ?? [:])
        var inputs: JSON = [:]
        var names = Set((spec.inputs ?? [:]).keys)
        names.formUnion((node.inputs ?? [:]).keys)
        for input in names.sorted() {
            if let value = try scope.resolve(input, node.inputs?[input], declared: spec.inputs?[input]) { inputs[input] = value }
        }
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
        var properties: JSON = [
            "jobType": "Command", "command": .string(spec.command ?? ""), "displayName": .string(node.displayName ?? spec.displayName ?? name),
            "experimentName": .string(pipelineProperties.experimentName ?? "Default"), "inputs": inputs, "outputs": outputs,
            "properties": [
                "azureml.parentRunId": .string(pipeline.id.name), "azureml.pipelinerunid": .string(pipeline.id.name),
                "azureml.moduleName": .string(name), "azureml.moduleid": .string(component.path),
            ],
            "environmentVariables": try JSON(encoding: (spec.environmentVariables ?? [:]).merging(node.environmentVariables ?? [:]) { $1 }),
        ]
        properties["codeId"] = spec.code.map { .string(Self.withoutScheme($0)) }
        properties["environmentId"] = spec.environment.map { .string(Self.withoutScheme($0)) }
        properties["computeId"] = (node.computeId ?? defaultCompute ?? pipelineProperties.computeId).map { .string($0) }
        if let distribution = node.distribution ?? spec.distribution { properties["distribution"] = try JSON(encoding: distribution) }
        if let resources = node.resources ?? spec.resources { properties["resources"] = try JSON(encoding: resources) }
        if let limits = node.limits { properties["limits"] = try JSON(encoding: limits).merging(["jobLimitsType": "Command"]) }
        return ["properties": properties]
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
