import Resources

extension Job {
    static var pipelineShape: Shape {
        Shape(
            "Steps that hand their outputs to each other.", constants: ["properties.jobType": "Pipeline"],
            fields: commonFields + [
                Field("settings", .shape(settings), "properties.settings", "What holds for all steps."),
                Field("jobs", .any, .dropped, "The steps by name."),
                Field("component", .any, .dropped, "A pipeline component; write its steps under 'jobs' instead."),
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
        if let component = node["component"] {
            reading.refuse(
                component,
                "'component': a pipeline job made of a pipeline component is not offered by Martlet; write its steps under 'jobs'",
                Place(target: "component", pointer: []), code: .unsupported)
            return
        }
        // Azure takes a pipeline's own compute for that of its steps.
        if let compute = properties["computeId"], properties[path: ["settings", "default_compute"]] == nil {
            properties[path: ["settings", "default_compute"]] = compute
        }
        properties["computeId"] = nil
        guard let jobs = node["jobs"], !jobs.isNull else {
            reading.refuse(node, "'jobs' is missing: the steps by name", Place(target: "jobs", pointer: []))
            return
        }
        let steps = PipelineSteps(inputs: properties["inputs"] ?? [:], outputs: properties["outputs"] ?? [:])
        properties["jobs"] = steps.read(jobs, &reading, Place(target: "jobs", pointer: ["properties", "jobs"]))
    }

    static func printNode(_ node: JSON, _ printing: Printing) -> JSON {
        var face: JSON = ["type": node["type"] ?? "command"]
        for key in ["display_name", "description", "tags", "environment_variables"] { face[key] = node[key] }
        if let id = node["componentId"]?.stringValue { face["component"] = .string(printing.short(id)) }
        if let id = node["computeId"]?.stringValue { face["compute"] = .string(printing.short(id)) }
        face["inputs"] = node["inputs"].flatMap { JobParts.inputs(.snake).print($0, printing) }
        face["outputs"] = node["outputs"].flatMap { JobParts.outputs(.snake).print($0, printing) }
        face["distribution"] = node["distribution"].flatMap { FieldType.union(JobParts.distribution(.snake)).print($0, printing) }
        face["resources"] = node["resources"].flatMap { FieldType.shape(JobParts.resources(.snake)).print($0, printing) }
        face["limits"] = node["limits"].flatMap { FieldType.shape(JobParts.limits(.snake)).print($0, printing) }
        return face
    }
}
