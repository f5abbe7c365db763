package import Resources

extension OnlineEndpoint {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly("scoringUri", "swaggerUri", "keys")
        var findings = Findings()
        proposal.checkName(.endpointName, title, &findings)
        let mode = proposal.properties["authMode"]?.stringValue ?? proposal.existing?.properties["authMode"]?.stringValue ?? "Key"
        if let choice = authModes.first(where: { Choice.fold($0.arm) == Choice.fold(mode) }) {
            proposal.properties["authMode"] = .string(choice.arm)
        } else {
            findings.add("'authMode' must be Key, AMLToken or AADToken, found '\(mode)'", target: "authMode")
        }
        let id = proposal.id
        let lookup = proposal.lookup
        for key in ["traffic", "mirrorTraffic"] {
            guard let shares = proposal.properties[key]?.objectValue, !shares.isEmpty else {
                proposal.properties[key] = [:]
                continue
            }
            if key == "traffic", let fault = trafficFault(proposal.properties[key]) { findings.add("'traffic': \(fault)", target: key) }
            let deployments =
                findings.collect { () throws(Problem) in try lookup.children(of: id, kind: OnlineDeployment.path).map(\.id.name) } ?? []
            for name in shares.keys where !deployments.contains(name) {
                let known = deployments.isEmpty ? "the endpoint has none" : "it has \(deployments.sorted().joined(separator: ", "))"
                findings.add("'\(key)' names the deployment '\(name)', which does not exist; \(known)", target: key)
            }
        }
        admitMirror(proposal.properties, &findings)
        try findings.throwIfAny(about: "the online endpoint '\(id.name)'")
        proposal.envelope = proposal.envelope.filling(["location": "local", "identity": ["type": "SystemAssigned"]])
        proposal.properties = proposal.properties.filling(["publicNetworkAccess": "Enabled"])
    }

    /// One deployment at most, up to half of the requests, and none that has traffic of its own.
    private static func admitMirror(_ properties: JSON, _ findings: inout Findings) {
        let mirror = (properties["mirrorTraffic"]?.objectValue ?? [:]).filter { $0.value.integerValue != 0 }
        if mirror.count > 1 { findings.add("'mirrorTraffic' may name one deployment only", target: "mirrorTraffic") }
        for (name, share) in mirror {
            if !(0...50).contains(share.integerValue ?? -1) {
                findings.add("'mirrorTraffic': the share of '\(name)' must be a whole number from 0 to 50", target: "mirrorTraffic")
            }
            if (properties[path: ["traffic", name]]?.integerValue ?? 0) > 0 {
                findings.add("'mirrorTraffic': '\(name)' has live traffic and cannot be mirrored to", target: "mirrorTraffic")
            }
        }
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        var shown = properties.filling(["provisioningState": "Succeeded", "traffic": [:], "mirrorTraffic": [:], "properties": [:]])
        if let rollout = properties[rolloutMember]?.arrayValue?.first { shown[rolloutMember] = rollout }
        return shown
    }
}
