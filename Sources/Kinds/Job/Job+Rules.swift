package import Resources

extension Job {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly("status", "services", "error", "startTime", "endTime", "parentJobName")
        if let stored = proposal.existing { return try keepJob(&proposal, stored) }
        var findings = Findings()
        proposal.checkName(.assetName, title, &findings)
        guard let type = proposal.properties["jobType"]?.stringValue, let kind = JobProperties.Kind(rawValue: type) else {
            let given = proposal.properties["jobType"]?.stringValue
            let reason = given.flatMap { type in refusedTypes.first { Choice.fold($0.key) == Choice.fold(type) }?.value }
            throw Problem(
                reason == nil ? .invalidInput : .unsupported,
                reason ?? "'jobType' must be Command, Pipeline or Sweep, found \(given.map { "'\($0)'" } ?? "nothing")", target: "jobType")
        }
        admitInputs(&proposal, ["inputs"], &findings)
        admitOutputs(&proposal, ["outputs"], &findings)
        switch kind {
        case .command: admitRun(&proposal, [], &findings)
        case .sweep: admitSweep(&proposal, &findings)
        case .pipeline: admitPipeline(&proposal, &findings)
        }
        if kind != .pipeline { proposal.resolveCompute("computeId", default: "local", &findings) }
        try findings.throwIfAny(about: "the job '\(proposal.id.name)'")
        proposal.textify("tags", "properties", "environmentVariables")
        proposal.properties = proposal.properties.filling([
            "displayName": .string(proposal.id.name), "experimentName": "Default", "isArchived": false, "inputs": [:], "outputs": [:],
            "tags": [:], "properties": [:],
        ])
    }

    /// A job runs once: what it is keeps, what is said about it may change.
    private static func keepJob(_ proposal: inout Proposal, _ stored: Resource) throws(Problem) {
        for key in ["jobType", "command", "codeId", "environmentId", "trial", "searchSpace"] {
            if let value = proposal.properties[key], let old = stored.properties[key], value != old {
                throw Problem(
                    .conflict, "the job '\(stored.id.name)' exists and its '\(key)' cannot change; submit a new job under another name",
                    target: key)
            }
        }
        var properties = stored.properties
        for key in ["tags", "description", "displayName", "properties", "isArchived", "notificationSetting"] {
            if let value = proposal.properties[key] { properties[key] = value }
        }
        proposal.properties = properties
        proposal.textify("tags", "properties")
    }

    /// Command, code and environment of a command job or, below `trial`, of a sweep.
    static func admitRun(_ proposal: inout Proposal, _ base: [String], _ findings: inout Findings) {
        func target(_ key: String) -> String { (base + [key]).joined(separator: ".") }
        guard let command = proposal.properties[path: base + ["command"]]?.stringValue, !command.isEmpty else {
            findings.add("'\(target("command"))' is missing: the command line", target: target("command"))
            return
        }
        for message in unknownExpressions(in: command, of: proposal.properties) { findings.add(message, target: target("command")) }
        let lookup = proposal.lookup
        let workspace = proposal.id.workspace
        for (key, kind, title) in [("codeId", "codes", "code"), ("environmentId", "environments", "environment")] {
            guard let text = proposal.properties[path: base + [key]]?.stringValue else { continue }
            let found = findings.collect { () throws(Problem) in
                try lookup.resolveAsset(text, kind: kind, title: title, workspace: workspace, target: target(key))
            }
            if let found { proposal.properties[path: base + [key]] = .string(found.path) }
        }
        if let distribution = proposal.properties[path: base + ["distribution"]] {
            let type = distribution["distributionType"]?.stringValue ?? ""
            if !["pytorch", "mpi", "tensorflow"].contains(type.lowercased()) {
                findings.add("'distribution' must be PyTorch, Mpi or TensorFlow, found '\(type)'", target: target("distribution"))
            }
        }
    }

    private static func admitSweep(_ proposal: inout Proposal, _ findings: inout Findings) {
        admitRun(&proposal, ["trial"], &findings)
        if proposal.properties["searchSpace"]?.objectValue?.isEmpty ?? true {
            findings.add("'searchSpace' is missing: the parameters that vary", target: "searchSpace")
        }
        if proposal.properties[path: ["objective", "primaryMetric"]]?.stringValue?.isEmpty ?? true {
            findings.add("'objective.primaryMetric' is missing: the metric that trials log", target: "objective.primaryMetric")
        }
    }

    /// Data must exist: assets become ARM ids, job outputs places in a datastore. Values are texts.
    static func admitInputs(_ proposal: inout Proposal, _ path: [String], _ findings: inout Findings) {
        guard let inputs = proposal.properties[path: path]?.objectValue else { return }
        let lookup = proposal.lookup
        let workspace = proposal.id.workspace
        var admitted = JSONObject()
        for (name, given) in inputs where !given.isNull {
            let target = (path + [name]).joined(separator: ".")
            var input = given
            let type = (input["jobInputType"] ?? input["job_input_type"])?.stringValue ?? "literal"
            if type == "literal" {
                guard let text = input["value"]?.literalText else {
                    findings.add("'\(target)' needs 'value', a text", target: target)
                    continue
                }
                input["value"] = .string(text)
            } else if JobParts.dataTypes.contains(type) {
                let kind = type.hasSuffix("_model") ? "models" : "data"
                if let uri = input["uri"]?.stringValue {
                    let found = findings.collect { () throws(Problem) -> String in
                        switch AssetReference(uri) {
                        case .resource, .versioned, .labelled, .bare:
                            try lookup.resolveAsset(
                                uri, kind: kind, title: kind == "data" ? "data asset" : "model", workspace: workspace, target: target
                            ).path
                        case .local: throw Problem(.invalidInput, "'\(target)' must be a URI or an asset, found '\(uri)'", target: target)
                        default: try StorageReference.resolve(uri, workspace: workspace, lookup: lookup, target: target)
                        }
                    }
                    if let found { input["uri"] = .string(found) }
                } else {
                    findings.add("'\(target)' needs 'uri': where the data is", target: target)
                }
            } else {
                findings.add(
                    "'\(target)': the type '\(type)' is not allowed; allowed: literal, \(JobParts.dataTypes.joined(separator: ", "))",
                    target: target)
            }
            admitted[name] = input
        }
        proposal.properties[path: path] = .object(admitted)
    }

    static func admitOutputs(_ proposal: inout Proposal, _ path: [String], _ findings: inout Findings) {
        guard let outputs = proposal.properties[path: path]?.objectValue else { return }
        let lookup = proposal.lookup
        let workspace = proposal.id.workspace
        var admitted = JSONObject()
        for (name, given) in outputs {
            let target = (path + [name]).joined(separator: ".")
            let output = given.objectValue == nil ? ["jobOutputType": "uri_folder"] : given
            if let uri = output["uri"]?.stringValue, Expression.all(in: uri).isEmpty {
                _ = findings.collect { () throws(Problem) in
                    try StorageReference.resolve(uri, workspace: workspace, lookup: lookup, target: target)
                }
            }
            admitted[name] = output
        }
        proposal.properties[path: path] = .object(admitted)
    }

    package static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] {
        var ids = JSON.ids(
            properties["codeId"], properties["environmentId"], properties["computeId"], properties[path: ["trial", "codeId"]],
            properties[path: ["trial", "environmentId"]], properties["componentId"],
            properties[path: ["settings", "default_compute"]])
        func addInputs(_ inputs: JSON?) {
            for (_, input) in inputs?.objectValue ?? [:] {
                ids += StorageReference.references(in: input["uri"]?.stringValue, workspace: workspace)
            }
        }
        addInputs(properties["inputs"])
        for (_, step) in properties["jobs"]?.objectValue ?? [:] {
            ids += JSON.ids(step["componentId"], step[path: ["trial", "componentId"]], step["computeId"])
            addInputs(step["inputs"])
        }
        var seen: Set<ResourceID> = []
        return ids.filter { !($0.kind == "computes" && $0.name == "local") && seen.insert($0).inserted }
    }

    package static func mayDelete(_ resource: Resource, lookup: any ReferenceLookup) throws(Problem) {
        let status = resource.effectiveProperties["status"]?.stringValue.flatMap(JobStatus.init)
        if let status, !status.isTerminal {
            throw Problem(.conflict, "the job '\(resource.id.name)' is \(status.rawValue); cancel it first", target: "status")
        }
    }

    /// The SDK dereferences `services` and its members without looking, and makes up an address in Azure when there is no
    /// `Studio`. Addresses are the server's to add.
    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        var properties = properties.filling(["status": "NotStarted", "services": [:], "isArchived": .bool(resource.isArchived)])
        let services: JSON = [
            "Tracking": ["jobServiceType": "Tracking", "endpoint": "", "properties": [:]],
            "Studio": ["jobServiceType": "Studio", "endpoint": nil, "properties": [:]],
        ]
        properties["services"] = (properties["services"] ?? [:]).filling(services)
        return properties
    }
}
