package import Resources

extension Schedule {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly()
        var findings = Findings()
        proposal.checkName(.assetName, title, &findings)
        let trigger = proposal.properties["trigger"] ?? [:]
        switch trigger["triggerType"]?.stringValue {
        case "Cron":
            if let fault = CronFields.fault(in: trigger["expression"]?.stringValue ?? "") {
                findings.add("'trigger.expression': \(fault)", target: "trigger.expression")
            }
        case "Recurrence":
            if !["minute", "hour", "day", "week", "month"].contains(trigger["frequency"]?.stringValue?.lowercased() ?? "") {
                findings.add("'trigger.frequency' must be Minute, Hour, Day, Week or Month", target: "trigger.frequency")
            }
            if !(1...1000).contains(trigger["interval"]?.integerValue ?? 0) {
                findings.add("'trigger.interval' must be 1 to 1000", target: "trigger.interval")
            }
        default: findings.add("'trigger.triggerType' must be Cron or Recurrence", target: "trigger.triggerType")
        }
        admitAction(&proposal, &findings)
        try findings.throwIfAny(about: "the schedule '\(proposal.id.name)'")
        proposal.properties = proposal.properties.filling(["isEnabled": true, "displayName": .string(proposal.id.name)])
    }

    private static func admitAction(_ proposal: inout Proposal, _ findings: inout Findings) {
        let action = proposal.properties["action"] ?? [:]
        let (id, lookup) = (proposal.id, proposal.lookup)
        switch action["actionType"]?.stringValue {
        case "CreateJob":
            guard var job = action["jobDefinition"], job.objectValue != nil else {
                findings.add("'action.jobDefinition' is missing: the job to submit", target: "action.jobDefinition")
                return
            }
            if let source = job["sourceJobId"]?.stringValue {
                let found = findings.collect { () throws(Problem) -> Resource? in
                    let source = try lookup.resolveNamed(
                        source, kind: "jobs", title: "job", workspace: id.workspace, target: "action.jobDefinition.sourceJobId")
                    return try lookup.resource(source)
                }
                guard case .some(.some(let resource)) = found else { return }
                job["sourceJobId"] = nil
                job = resource.properties.merging(job)
            }
            // The job is checked as if it were submitted now; names that it will get at each trigger do not matter.
            let target = ResourceID(workspace: id.workspace, kind: "jobs", name: id.name)
            var inner = Proposal(id: target, envelope: [:], properties: job, existing: nil, lookup: lookup)
            if findings.collect({ () throws(Problem) in try Job.admit(&inner) }) != nil {
                proposal.properties[path: ["action", "jobDefinition"]] = inner.properties
            }
        case "CreateMonitor":
            guard let monitor = action["monitorDefinition"], let signals = monitor["signals"]?.objectValue, !signals.isEmpty else {
                findings.add("'action.monitorDefinition.signals' is missing: what to compare", target: "action.monitorDefinition.signals")
                return
            }
            guard let text = monitor[path: ["monitoringTarget", "deploymentId"]]?.stringValue else { return }
            let deployment = ResourceID(path: text)
            if deployment == nil {
                findings.add(
                    "'\(text)' is not the ARM id of a deployment", target: "action.monitorDefinition.monitoringTarget.deploymentId")
            } else if let deployment, case .some(nil) = findings.collect({ () throws(Problem) in try lookup.resource(deployment) }) {
                findings.add(
                    "there is no online deployment '\(deployment)'", target: "action.monitorDefinition.monitoringTarget.deploymentId",
                    code: .notFound)
            }
        default: findings.add("'action.actionType' must be CreateJob or CreateMonitor", target: "action.actionType")
        }
    }

    package static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] {
        JSON.ids(properties[path: ["action", "monitorDefinition", "monitoringTarget", "deploymentId"]])
            + Job.references(in: properties[path: ["action", "jobDefinition"]] ?? [:], workspace: workspace)
    }

    package static func mayDelete(_ resource: Resource, lookup: any ReferenceLookup) throws(Problem) {
        if resource.effectiveProperties["isEnabled"]?.boolValue == true {
            throw Problem(.conflict, "the schedule '\(resource.id.name)' is enabled; disable it first", target: "isEnabled")
        }
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.filling(["provisioningState": "Succeeded", "isEnabled": true])
    }
}
