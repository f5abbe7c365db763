package import Resources

extension ComponentAsset {
    private static let spec = "componentSpec"

    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly()
        var findings = Findings()
        proposal.checkName(.assetName, title, &findings)
        guard proposal.properties[spec]?.objectValue != nil || proposal.existing != nil else {
            throw Problem(.invalidInput, "'componentSpec' is missing: what the component does", target: spec)
        }
        let type = proposal.properties[path: [spec, "type"]]?.stringValue ?? "command"
        if let reason = Job.refusedTypes[type] { findings.add(reason, target: "componentSpec.type", code: .unsupported) }
        if type == "command", proposal.properties[spec] != nil, proposal.properties[path: [spec, "command"]]?.stringValue?.isEmpty ?? true {
            findings.add("'componentSpec.command' is missing: the command line", target: "componentSpec.command")
        }
        for (key, kind, title) in [("code", "codes", "code"), ("environment", "environments", "environment")] {
            for path in [[spec, key], [spec, "task", key]] {
                proposal.resolveAsset(path, kind: kind, title: title, &findings)
                if let id = proposal.properties[path: path]?.stringValue { proposal.properties[path: path] = .string("azureml:" + id) }
            }
        }
        if type == "pipeline", proposal.properties[spec] != nil { Job.admitSteps(&proposal, [spec], &findings) }
        if type == "parallel", proposal.properties[spec] != nil { admitTask(proposal, &findings) }
        if let command = proposal.properties[path: [spec, "command"]]?.stringValue, type == "command" {
            for message in Job.unknownExpressions(in: command, of: proposal.properties[spec] ?? [:]) {
                findings.add(message, target: "componentSpec.command")
            }
        }
        try findings.throwIfAny(about: "the component '\(proposal.id)'")
        if proposal.properties[spec] != nil {
            proposal.properties[path: [spec, "version"]] = proposal.id.version.map { .string($0) }
            proposal.properties[path: [spec, "name"]] = .string(proposal.id.name)
        }
        try keepSpec(&proposal)
        proposal.completeAsset()
    }

    private static func admitTask(_ proposal: Proposal, _ findings: inout Findings) {
        let task = proposal.properties[path: [spec, "task"]] ?? [:]
        let type = task["type"]?.stringValue ?? "run_function"
        if type == "model" {
            findings.add(
                "'componentSpec.task.type': tasks of type 'model' are not offered by Martlet; write an entry script",
                target: "componentSpec.task.type", code: .unsupported)
        } else if task["entry_script"]?.stringValue?.isEmpty ?? true {
            findings.add("'componentSpec.task.entry_script' is missing: the Python file with run()", target: "componentSpec.task.entry_script")
        }
        if proposal.properties[path: [spec, "input_data"]] == nil {
            findings.add("'componentSpec.input_data' is missing: the input that is cut into mini-batches", target: "componentSpec.input_data")
        }
    }

    /// The specification may not change but for words about it.
    private static func keepSpec(_ proposal: inout Proposal) throws(Problem) {
        guard let stored = proposal.existing?.properties[spec] else { return }
        guard let given = proposal.properties[spec] else {
            proposal.properties[spec] = stored
            return
        }
        func content(_ spec: JSON) -> JSON {
            var spec = spec
            for key in ["description", "display_name", "tags", "_source", "$schema", "version", "name"] { spec[key] = nil }
            return spec
        }
        guard content(given) == content(stored) else {
            throw Problem(
                .conflict,
                "component '\(proposal.id)' exists and its specification cannot change; create a new version "
                    + "(leave the version out to count up)",
                target: spec)
        }
    }

    package static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] {
        var texts: [JSON?] = [[], ["task"]].flatMap { base in ["code", "environment"].map { properties[path: [spec] + base + [$0]] } }
        for (_, step) in properties[path: [spec, "jobs"]]?.objectValue ?? [:] {
            texts += [step["componentId"], step[path: ["trial", "componentId"]], step["computeId"]]
        }
        return texts.flatMap { JSON.ids($0) }
    }

    /// The SDK reads the version from the specification.
    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        var properties = properties.filling(["provisioningState": "Succeeded"])
        if properties[spec]?.objectValue != nil {
            properties[path: [spec, "version"]] = resource.id.version.map { .string($0) }
            properties[path: [spec, "name"]] = .string(resource.id.name)
        }
        return properties
    }
}
