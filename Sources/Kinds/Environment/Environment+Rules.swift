package import Resources

extension EnvironmentAsset {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly("environmentType")
        var findings = Findings()
        proposal.checkName(.assetName, title, &findings)
        let properties = proposal.properties
        if proposal.existing == nil, properties["image"] == nil, properties["build"] == nil, properties["condaFile"] == nil {
            findings.add("an environment needs 'image', 'condaFile' or 'build'", target: "image")
        }
        if let text = properties["condaFile"]?.stringValue {
            // An empty file asks for nothing more than the image.
            if !text.allSatisfy(\.isWhitespace) {
                _ = findings.collect { () throws(Problem) in try YAMLDocument(text: text, file: "condaFile") }
            }
        } else if let conda = properties["condaFile"] {
            findings.add("'condaFile' must be the text of a conda file, found \(conda.typeName)", target: "condaFile")
        }
        try findings.throwIfAny(about: "the environment '\(proposal.id)'")
        keepConda(&proposal)
        try proposal.keepContent(["image", "condaFile", "build", "osType", "inferenceConfig"], title: title)
        proposal.completeAsset()
        proposal.properties = proposal.properties.filling(["osType": "Linux"])
    }

    /// Clients write the same conda file with other indentation or key order; only what it says counts.
    private static func keepConda(_ proposal: inout Proposal) {
        guard let stored = proposal.existing?.properties["condaFile"], let text = proposal.properties["condaFile"]?.stringValue,
            let old = try? YAMLDocument(text: stored.stringValue ?? ""), let new = try? YAMLDocument(text: text),
            old.root.json == new.root.json
        else { return }
        proposal.properties["condaFile"] = stored
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.filling(["provisioningState": "Succeeded", "environmentType": "UserCreated"])
    }
}
