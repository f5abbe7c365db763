package import Resources

extension CodeAsset {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly()
        var findings = Findings()
        proposal.checkName(.assetName, title, &findings)
        let uri = proposal.properties["codeUri"]?.stringValue ?? proposal.existing?.properties["codeUri"]?.stringValue ?? ""
        if uri.isEmpty { findings.add("'codeUri' is missing: where the code is", target: "codeUri") }
        try findings.throwIfAny(about: "the code '\(proposal.id)'")
        try proposal.keepContent(["codeUri"], title: title)
        proposal.completeAsset()
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.filling(["provisioningState": "Succeeded"])
    }
}
