import Resources

extension Job {
    static func admitPipeline(_ proposal: inout Proposal, _ findings: inout Findings) {
        guard let jobs = proposal.properties["jobs"]?.objectValue, !jobs.isEmpty else {
            findings.add("'jobs' is missing: the steps of the pipeline", target: "jobs")
            return
        }
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
        var specs: [String: JSON] = [:]
        for name in jobs.keys {
            admitStep(name, &proposal, &specs, &findings)
        }
        for name in jobs.keys { admitBindings(of: name, proposal, specs, &findings) }
        if let cycle = Graph(edges: proposal.properties["jobs"]?.pipelineEdges ?? [:]).cycle() {
            findings.add(
                "the steps wait for each other in a circle: \((cycle + [cycle[0]]).joined(separator: " -> ")); remove one binding",
                target: "jobs")
        }
    }

    private static func admitStep(_ name: String, _ proposal: inout Proposal, _ specs: inout [String: JSON], _ findings: inout Findings) {
        let path = ["jobs", name]
        let target = path.joined(separator: ".")
        guard let step = proposal.properties[path: path], step.objectValue != nil else {
            findings.add("'\(target)' must be an object", target: target)
            return
        }
        let type = step["type"]?.stringValue ?? "command"
        guard type == "command" else {
            let reason =
                refusedTypes[type]
                ?? (type == "pipeline"
                    ? "pipelines inside pipelines are not offered by Martlet yet"
                    : "steps of type '\(type)' are not offered by Martlet yet")
            findings.add("'\(target)': \(reason)", target: "\(target).type", code: .unsupported)
            return
        }
        guard let component = step["componentId"]?.stringValue, !component.isEmpty else {
            findings.add("'\(target).componentId' is missing: the component of the step", target: "\(target).componentId")
            return
        }
        let (lookup, workspace) = (proposal.lookup, proposal.id.workspace)
        let found = findings.collect { () throws(Problem) -> (ResourceID, JSON) in
            let id = try lookup.resolveAsset(
                component, kind: "components", title: "component", workspace: workspace, target: "\(target).componentId")
            return (id, try lookup.resource(id)?.properties["componentSpec"] ?? [:])
        }
        if let (id, spec) = found {
            proposal.properties[path: path + ["componentId"]] = .string(id.path)
            specs[name] = spec
            if let type = spec["type"]?.stringValue, type != "command" {
                findings.add(
                    "'\(target)': the component '\(id)' is of type '\(type)'; only command components run as steps", target: target,
                    code: .unsupported)
            }
        }
        if let compute = step["computeId"]?.stringValue {
            let before = proposal
            let found = findings.collect { () throws(Problem) in try before.compute(compute, target: "\(target).computeId") }
            if let found { proposal.properties[path: path + ["computeId"]] = .string(found) }
        }
        admitInputs(&proposal, path + ["inputs"], &findings)
        admitOutputs(&proposal, path + ["outputs"], &findings)
        if step["name"] == nil { proposal.properties[path: path + ["name"]] = .string(name) }
        if step["type"] == nil { proposal.properties[path: path + ["type"]] = "command" }
    }

    private static func admitBindings(of name: String, _ proposal: Proposal, _ specs: [String: JSON], _ findings: inout Findings) {
        guard let step = proposal.properties[path: ["jobs", name]] else { return }
        let inputs = step["inputs"]?.objectValue ?? [:]
        if let spec = specs[name] {
            let declared = spec["inputs"]?.objectValue ?? [:]
            for (input, declaration) in declared where inputs[input] == nil {
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
        for (section, values) in [("inputs", inputs), ("outputs", step["outputs"]?.objectValue ?? [:])] {
            for (key, value) in values {
                guard let text = (value["value"] ?? value["uri"])?.stringValue else { continue }
                for expression in Expression.all(in: text) {
                    let target = "jobs.\(name).\(section).\(key)"
                    if let fault = fault(of: expression, in: proposal.properties, specs) {
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
