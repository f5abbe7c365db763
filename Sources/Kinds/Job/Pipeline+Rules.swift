import Resources

extension Job {
    static func admitPipeline(_ proposal: inout Proposal, _ findings: inout Findings) {
        expandComponent(&proposal, &findings)
        if let compute = proposal.properties[path: ["settings", "default_compute"]]?.stringValue {
            let before = proposal
            let found = findings.collect { () throws(Problem) in try before.compute(compute, target: "settings.default_compute") }
            if let found { proposal.properties[path: ["settings", "default_compute"]] = .string(found) }
        }
        if let text = proposal.properties[path: ["settings", "default_datastore"]]?.stringValue {
            let (lookup, workspace) = (proposal.lookup, proposal.id.workspace)
            let found = findings.collect { () throws(Problem) in
                try lookup.resolveNamed(
                    text, kind: "datastores", title: "datastore", workspace: workspace, target: "settings.default_datastore")
            }
            if let found { proposal.properties[path: ["settings", "default_datastore"]] = .string(found.path) }
        }
        admitSteps(&proposal, [], &findings)
    }

    /// A pipeline job made of a pipeline component gets its steps, and what it does not say itself.
    private static func expandComponent(_ proposal: inout Proposal, _ findings: inout Findings) {
        guard let component = proposal.properties["componentId"]?.stringValue, proposal.properties["jobs"] == nil else { return }
        let (lookup, workspace) = (proposal.lookup, proposal.id.workspace)
        let found = findings.collect { () throws(Problem) -> (ResourceID, JSON) in
            let id = try lookup.resolveAsset(component, kind: "components", title: "component", workspace: workspace, target: "componentId")
            return (id, try lookup.resource(id)?.properties["componentSpec"] ?? [:])
        }
        guard let (id, spec) = found else { return }
        guard spec["type"]?.stringValue == "pipeline" else {
            return findings.add("'componentId': the component '\(id)' is no pipeline component", target: "componentId")
        }
        proposal.properties["componentId"] = .string(id.path)
        proposal.properties["jobs"] = spec["jobs"]
        for (name, declared) in spec["inputs"]?.objectValue ?? [:] where proposal.properties[path: ["inputs", name]] == nil {
            if let value = declared["default"]?.literalText {
                proposal.properties[path: ["inputs", name]] = ["jobInputType": "literal", "value": .string(value)]
            } else if declared["optional"]?.literalText?.lowercased() != "true" {
                findings.add("'inputs.\(name)' is missing: the component needs it", target: "inputs.\(name)")
            }
        }
        for (name, declared) in spec["outputs"]?.objectValue ?? [:] where proposal.properties[path: ["outputs", name]] == nil {
            proposal.properties[path: ["outputs", name]] = ["jobOutputType": declared["type"] ?? "uri_folder"]
        }
    }

    /// The steps of a pipeline job, or of a pipeline component below `base`.
    static func admitSteps(_ proposal: inout Proposal, _ base: [String], _ findings: inout Findings) {
        guard let jobs = proposal.properties[path: base + ["jobs"]]?.objectValue, !jobs.isEmpty else {
            return findings.add("'jobs' is missing: the steps of the pipeline", target: "jobs")
        }
        var specs: [String: JSON] = [:]
        for name in jobs.keys { admitStep(name, base, &proposal, &specs, &findings) }
        let pipeline = proposal.properties[path: base] ?? [:]
        for name in jobs.keys { admitBindings(of: name, pipeline, specs, &findings) }
        if let cycle = Graph(edges: (pipeline["jobs"] ?? [:]).pipelineEdges).cycle() {
            findings.add(
                "the steps wait for each other in a circle: \((cycle + [cycle[0]]).joined(separator: " -> ")); remove one binding",
                target: "jobs")
        }
    }

    private static func admitStep(
        _ name: String, _ base: [String], _ proposal: inout Proposal, _ specs: inout [String: JSON], _ findings: inout Findings
    ) {
        let path = base + ["jobs", name]
        let target = "jobs.\(name)"
        guard let step = proposal.properties[path: path], step.objectValue != nil else {
            findings.add("'\(target)' must be an object", target: target)
            return
        }
        let type = step["type"]?.stringValue ?? "command"
        guard PipelineSteps.types.contains(type) else {
            let reason = refusedTypes[type] ?? "steps of type '\(type)' are not offered by Martlet"
            findings.add("'\(target)': \(reason)", target: "\(target).type", code: .unsupported)
            return
        }
        let key = type == "sweep" ? ["trial", "componentId"] : ["componentId"]
        let place = "\(target).\(key.joined(separator: "."))"
        // Azure's clients write a sweep's trial as the id itself, too.
        let given = step[path: key]?.stringValue ?? (type == "sweep" ? step["trial"]?.stringValue : nil)
        guard let component = given, !component.isEmpty else {
            findings.add("'\(place)' is missing: the component of the step", target: place)
            return
        }
        let (lookup, workspace) = (proposal.lookup, proposal.id.workspace)
        let found = findings.collect { () throws(Problem) -> (ResourceID, JSON) in
            let id = try lookup.resolveAsset(component, kind: "components", title: "component", workspace: workspace, target: place)
            return (id, try lookup.resource(id)?.properties["componentSpec"] ?? [:])
        }
        if let (id, spec) = found {
            if type == "sweep" { proposal.properties[path: path + ["trial"]] = [:] }
            proposal.properties[path: path + key] = .string(id.path)
            specs[name] = spec
            let kind = spec["type"]?.stringValue ?? "command"
            if type == "sweep" {
                if kind != "command" {
                    findings.add("'\(target)': the trial of a sweep must be a command component, and '\(id)' is of type '\(kind)'", target: place)
                }
                _ = findings.collect { () throws(Problem) in try sweepProperties(ofStep: step) }
            } else if PipelineSteps.types.contains(kind) {
                // A reference alone does not tell what it refers to.
                proposal.properties[path: path + ["type"]] = .string(kind)
            } else {
                findings.add("'\(target)': the component '\(id)' is of type '\(kind)'", target: place, code: .unsupported)
            }
        }
        if let compute = step["computeId"]?.stringValue, Expression.whole(compute) == nil {
            let before = proposal
            let found = findings.collect { () throws(Problem) in try before.compute(compute, target: "\(target).computeId") }
            if let found { proposal.properties[path: path + ["computeId"]] = .string(found) }
        }
        admitInputs(&proposal, path + ["inputs"], &findings)
        admitOutputs(&proposal, path + ["outputs"], &findings)
        if step["name"] == nil { proposal.properties[path: path + ["name"]] = .string(name) }
        if proposal.properties[path: path + ["type"]] == nil { proposal.properties[path: path + ["type"]] = "command" }
    }

    private static func admitBindings(of name: String, _ pipeline: JSON, _ specs: [String: JSON], _ findings: inout Findings) {
        guard let step = pipeline[path: ["jobs", name]] else { return }
        let inputs = step["inputs"]?.objectValue ?? [:]
        if let spec = specs[name] {
            let declared = spec["inputs"]?.objectValue ?? [:]
            // A sweep gives its trials what it searches.
            let searched = Set(step["search_space"]?.objectValue?.keys ?? [])
            for (input, declaration) in declared where inputs[input] == nil && !searched.contains(input) {
                let isOptional = declaration["optional"]?.boolValue == true || declaration["optional"]?.stringValue?.lowercased() == "true"
                if declaration["default"] == nil, !isOptional {
                    findings.add(
                        "'jobs.\(name).inputs.\(input)' is missing: the component needs it", target: "jobs.\(name).inputs.\(input)")
                }
            }
            for input in inputs.keys where declared[input] == nil && !declared.keys.contains(where: { input.hasPrefix($0 + ".") }) {
                let advice =
                    nearestWord(to: input, among: declared.keys).map { "did you mean '\($0)'?" }
                    ?? (declared.isEmpty ? "the component has none" : "known: \(declared.keys.sorted().joined(separator: ", "))")
                findings.add(
                    "'jobs.\(name).inputs.\(input)' is no input of the component; \(advice)", target: "jobs.\(name).inputs.\(input)")
            }
        }
        if let expression = step["computeId"]?.stringValue.flatMap(Expression.whole), let fault = fault(of: expression, in: pipeline, specs) {
            findings.add("'jobs.\(name).computeId': \(fault)", target: "jobs.\(name).computeId")
        }
        for (section, values) in [("inputs", inputs), ("outputs", step["outputs"]?.objectValue ?? [:])] {
            for (key, value) in values {
                guard let text = (value["value"] ?? value["uri"])?.stringValue else { continue }
                for expression in Expression.all(in: text) {
                    let target = "jobs.\(name).\(section).\(key)"
                    if let fault = fault(of: expression, in: pipeline, specs) {
                        findings.add("'\(target)': \(fault)", target: target)
                    }
                }
            }
        }
    }

    /// What is wrong with a binding; `nil` when it names something.
    private static func fault(of expression: Expression, in properties: JSON, _ specs: [String: JSON]) -> String? {
        func unknown(_ what: String, _ known: [String]) -> String {
            "\(expression.text) names no \(what); \(known.isEmpty ? "there is none" : "known: \(known.sorted().joined(separator: ", "))")"
        }
        let jobs = properties["jobs"]?.objectValue ?? [:]
        switch expression.meaning {
        case .parentInput(let name):
            let known = properties["inputs"]?.objectValue?.keys ?? []
            return known.contains(name) ? nil : unknown("input of the pipeline", known)
        case .parentOutput(let name):
            let known = properties["outputs"]?.objectValue?.keys ?? []
            return known.contains(name) ? nil : unknown("output of the pipeline", known)
        case .parentJobOutput(let job, let name):
            guard let step = jobs[job] else { return unknown("step", jobs.keys) }
            let known = Set((specs[job]?["outputs"]?.objectValue?.keys ?? []) + (step["outputs"]?.objectValue?.keys ?? []))
            return known.contains(name) || specs[job] == nil ? nil : unknown("output of the step '\(job)'", Array(known))
        case .parentJobInput(let job, let name):
            guard let step = jobs[job] else { return unknown("step", jobs.keys) }
            let known = step["inputs"]?.objectValue?.keys ?? []
            return known.contains(name) ? nil : unknown("input of the step '\(job)'", known)
        case .word: return nil
        default: return "\(expression.text) has no meaning here; write ${{parent.inputs.NAME}} or ${{parent.jobs.STEP.outputs.NAME}}"
        }
    }
}
