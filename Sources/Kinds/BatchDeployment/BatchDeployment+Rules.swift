package import Resources

extension BatchDeployment {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly()
        var findings = Findings()
        proposal.checkName(.endpointName, title, &findings)
        let (id, lookup) = (proposal.id, proposal.lookup)
        let endpoint = ResourceID(workspace: id.workspace, kind: BatchEndpoint.path, name: id.parent ?? "")
        if case .some(nil) = findings.collect({ () throws(Problem) in try lookup.resource(endpoint) }) {
            findings.add("there is no batch endpoint '\(endpoint.name)'; create it first", target: "endpointName", code: .notFound)
        }
        proposal.resolveAsset("model", "assetId", kind: "models", title: "model", &findings)
        proposal.resolveAsset("environmentId", kind: "environments", title: "environment", &findings)
        proposal.resolveAsset("codeConfiguration", "codeId", kind: "codes", title: "code", &findings)
        proposal.resolveCompute("compute", &findings)
        try findings.throwIfAny(about: "the batch deployment '\(id)'")
        proposal.envelope = proposal.envelope.filling(["location": "local"])
    }

    package static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] {
        JSON.ids(properties[path: ["model", "assetId"]], properties["environmentId"], properties[path: ["codeConfiguration", "codeId"]])
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.filling(["provisioningState": "Succeeded"])
    }
}
