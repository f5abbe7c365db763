package import Resources

extension BatchEndpoint {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly("scoringUri", "swaggerUri")
        var findings = Findings()
        proposal.checkName(.endpointName, title, &findings)
        let (id, lookup) = (proposal.id, proposal.lookup)
        if let name = proposal.properties[path: ["defaults", "deploymentName"]]?.stringValue, !name.isEmpty {
            let deployment = ResourceID(workspace: id.workspace, kind: BatchDeployment.path, parent: id.name, name: name)
            if case .some(nil) = findings.collect({ () throws(Problem) in try lookup.resource(deployment) }) {
                findings.add(
                    "'defaults.deploymentName' names the deployment '\(name)', which does not exist", target: "defaults.deploymentName",
                    code: .notFound)
            }
        }
        try findings.throwIfAny(about: "the batch endpoint '\(id.name)'")
        proposal.envelope = proposal.envelope.filling(["location": "local"])
        proposal.properties = proposal.properties.filling(["authMode": "AADToken"])
    }

    /// The SDK dereferences `defaults` without looking.
    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.filling(["provisioningState": "Succeeded", "defaults": [:]])
    }
}
