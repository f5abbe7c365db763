package import Resources

extension WorkspaceKind {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly("discoveryUrl", "mlFlowTrackingUri", "workspaceId")
        var findings = Findings()
        proposal.checkName(.assetName, title, &findings)
        try findings.throwIfAny(about: "the workspace '\(proposal.id.name)'")
        proposal.envelope = proposal.envelope.filling(["location": "local", "kind": "Default"])
        proposal.properties = proposal.properties.filling(["friendlyName": .string(proposal.id.name)])
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.filling(["provisioningState": "Succeeded", "publicNetworkAccess": "Enabled", "hbiWorkspace": false])
    }
}
