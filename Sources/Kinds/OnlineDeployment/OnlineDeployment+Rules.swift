package import Resources

extension OnlineDeployment {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly()
        var findings = Findings()
        proposal.checkName(.endpointName, title, &findings)
        let (id, lookup) = (proposal.id, proposal.lookup)
        let endpoint = ResourceID(workspace: id.workspace, kind: OnlineEndpoint.path, name: id.parent ?? "")
        let found = findings.collect { () throws(Problem) in try lookup.resource(endpoint) }
        if case .some(nil) = found {
            findings.add("there is no online endpoint '\(endpoint.name)'; create it first", target: "endpointName", code: .notFound)
        }
        proposal.resolveAsset("model", kind: "models", title: "model", &findings)
        proposal.resolveAsset("environmentId", kind: "environments", title: "environment", &findings)
        proposal.resolveAsset("codeConfiguration", "codeId", kind: "codes", title: "code", &findings)
        if proposal.properties["codeConfiguration"] != nil,
            proposal.properties[path: ["codeConfiguration", "scoringScript"]]?.stringValue?.isEmpty ?? true
        {
            findings.add(
                "'codeConfiguration.scoringScript' is missing: the file with init() and run()", target: "codeConfiguration.scoringScript")
        }
        if proposal.properties["model"] == nil, proposal.properties["codeConfiguration"] == nil, proposal.properties["environmentId"] == nil {
            findings.add("a deployment needs 'model', 'codeConfiguration' or 'environmentId'", target: "model")
        }
        let capacity = proposal.envelope[path: ["sku", "capacity"]]?.integerValue ?? 1
        if !(1...50).contains(capacity) { findings.add("'sku.capacity' must be 1 to 50, found \(capacity)", target: "sku.capacity") }
        try findings.throwIfAny(about: "the online deployment '\(id)'")
        proposal.textify("environmentVariables", "properties")
        proposal.envelope = proposal.envelope.filling(["location": "local"])
        proposal.envelope["sku"] = (proposal.envelope["sku"] ?? [:]).filling(["name": "Default", "capacity": .integer(capacity)])
        proposal.properties = proposal.properties.filling(["endpointComputeType": "Managed", "instanceType": "Standard_DS3_v2"])
    }

    package static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] {
        JSON.ids(properties["model"], properties["environmentId"], properties[path: ["codeConfiguration", "codeId"]])
    }

    package static func mayDelete(_ resource: Resource, lookup: any ReferenceLookup) throws(Problem) {
        let endpoint = ResourceID(workspace: resource.id.workspace, kind: OnlineEndpoint.path, name: resource.id.parent ?? "")
        let share = try lookup.resource(endpoint)?.effectiveProperties[path: ["traffic", resource.id.name]]?.integerValue ?? 0
        if share > 0 {
            throw Problem(
                .conflict,
                "the deployment '\(resource.id.name)' has \(share)% of the endpoint's traffic; move the traffic first "
                    + "(online-endpoint update --traffic)", target: "traffic")
        }
    }

    /// The SDK dereferences `scaleSettings` without looking.
    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.merging([answeringMember: .null])
            .filling(["provisioningState": "Succeeded", "scaleSettings": ["scaleType": "Default"], "appInsightsEnabled": false])
    }
}
