package import Resources

extension Compute {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly("createdOn", "modifiedOn")
        var findings = Findings()
        proposal.checkName(.computeName, title, &findings)
        if proposal.id.name == "local" {
            findings.add("the name 'local' belongs to this machine itself; choose another name", target: "name")
        }
        let types = ["AmlCompute", "ComputeInstance", "Kubernetes", "VirtualMachine"]
        let type = proposal.properties["computeType"]?.stringValue ?? ""
        if !types.contains(type) {
            findings.add("'computeType' must be one of \(types.joined(separator: ", ")), found '\(type)'", target: "computeType")
        }
        let scale = ["properties", "scaleSettings"]
        if type == "AmlCompute" {
            let settings = (proposal.properties[path: scale] ?? [:]).filling([
                "minNodeCount": 0, "maxNodeCount": 1, "nodeIdleTimeBeforeScaleDown": "PT2M",
            ])
            let minimum = settings["minNodeCount"]?.integerValue ?? -1
            let maximum = settings["maxNodeCount"]?.integerValue ?? -1
            if minimum < 0 || maximum < 1 || minimum > maximum || maximum > 10_000 {
                findings.add(
                    "the node counts must be 0 <= minNodeCount <= maxNodeCount, and maxNodeCount 1 to 10000", target: "scaleSettings")
            }
            proposal.properties[path: scale] = settings
            for key in [
                "currentNodeCount", "targetNodeCount", "nodeStateCounts", "allocationState", "allocationStateTransitionTime", "errors",
            ] {
                proposal.properties[path: ["properties", key]] = nil
            }
        }
        if let stored = proposal.existing?.properties["computeType"]?.stringValue, stored != type {
            findings.add(
                "the compute '\(proposal.id.name)' is of type \(stored) and cannot become \(type); delete it first", target: "computeType",
                code: .conflict)
        }
        try findings.throwIfAny(about: "the compute '\(proposal.id.name)'")
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        var properties = properties.filling(["provisioningState": "Succeeded", "isAttachedCompute": false, "disableLocalAuth": false])
        let inner: JSON =
            properties["computeType"]?.stringValue == "ComputeInstance"
            ? ["state": "Running"] : ["allocationState": "Steady", "osType": "Linux"]
        properties["properties"] = (properties["properties"] ?? [:]).filling(inner)
        return properties
    }
}
