import Resources

extension Job {
    static var pipelineShape: Shape {
        Shape(
            "Steps that hand their outputs to each other.", constants: ["properties.jobType": "Pipeline"],
            fields: commonFields + [
                Field("settings", .shape(settings), "properties.settings", "What holds for all steps."),
                Field("jobs", .custom(PipelineSteps.field), .dropped, "The steps by name."),
                Field("component", .any, .dropped, "A pipeline component whose steps are run, instead of 'jobs'."),
            ])
    }

    private static let settings = Shape(
        "What holds for all steps.",
        fields: [
            Field("default_compute", .compute, "default_compute", "Where steps run that do not say."),
            Field("default_datastore", .named(kind: "datastores", title: "datastore", words: []), "default_datastore", "Where outputs go."),
            Field("continue_on_step_failure", .boolean, "continue_on_step_failure", "Go on with steps that do not need the failed one."),
            Field("force_rerun", .boolean, "force_rerun", "Do not reuse results of earlier runs."),
            .dropped("continue_run_on_failed_optional_input", "Without meaning here."),
            .dropped("on_init", "Without meaning here."), .dropped("on_finalize", "Without meaning here."),
        ])

    static func completePipeline(_ properties: inout JSON, node: YAMLNode, reading: inout Reading) {
        // Azure takes a pipeline's own compute for that of its steps.
        if let compute = properties["computeId"], properties[path: ["settings", "default_compute"]] == nil {
            properties[path: ["settings", "default_compute"]] = compute
        }
        properties["computeId"] = nil
        if let component = node["component"], !component.isNull {
            let place = Place(target: "component", pointer: ["properties", "componentId"])
            guard node["jobs"] == nil else {
                return reading.refuse(component, "'component' and 'jobs' exclude each other; keep one", place)
            }
            guard let found = ComponentAsset.embedded(component, &reading, place) else { return }
            properties["componentId"] = .string(found.id)
            if let type = found.type, type != "pipeline" {
                reading.refuse(component, "'component' must be a pipeline component, found one of type \(type)", place)
            }
            return
        }
        guard let jobs = node["jobs"], !jobs.isNull else {
            reading.refuse(node, "'jobs' is missing: the steps by name", Place(target: "jobs", pointer: []))
            return
        }
        let steps = PipelineSteps(inputs: properties["inputs"] ?? [:], outputs: properties["outputs"] ?? [:])
        properties["jobs"] = steps.read(jobs, &reading, Place(target: "jobs", pointer: ["properties", "jobs"]))
    }

    static func printNode(_ node: JSON, _ printing: Printing) -> JSON {
        let type = node["type"]?.stringValue ?? "command"
        var face: JSON = ["type": .string(type)]
        if let id = node["componentId"]?.stringValue { face["component"] = .string(printing.short(id)) }
        if let id = node[path: ["trial", "componentId"]]?.stringValue { face["trial"] = .string(printing.short(id)) }
        return face.merging(PipelineSteps.shape(of: type).print(node, printing))
    }
}
