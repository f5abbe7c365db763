package import Resources

extension DataAsset {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly()
        var findings = Findings()
        proposal.checkName(.assetName, title, &findings)
        let type = proposal.properties["dataType"]?.stringValue ?? proposal.existing?.properties["dataType"]?.stringValue ?? "uri_folder"
        if !types.contains(where: { $0.arm == type }) {
            findings.add("'dataType' must be one of \(types.map(\.arm).joined(separator: ", ")), found '\(type)'", target: "dataType")
        }
        proposal.properties["dataType"] = .string(type)
        if let uri = proposal.properties["dataUri"]?.stringValue, !uri.isEmpty {
            if case .local = AssetReference(uri) {
                findings.add("'dataUri' must be a URI such as azureml://datastores/NAME/paths/PATH, found '\(uri)'", target: "dataUri")
            } else if uri != proposal.existing?.properties["dataUri"]?.stringValue {
                let (id, lookup) = (proposal.id, proposal.lookup)
                let place = findings.collect { () throws(Problem) in
                    try StorageReference.resolve(uri, workspace: id.workspace, lookup: lookup, target: "dataUri")
                }
                if let place { proposal.properties["dataUri"] = .string(place) }
            }
        } else if proposal.existing == nil {
            findings.add("'dataUri' is missing: where the data is", target: "dataUri")
        }
        try findings.throwIfAny(about: "the data asset '\(proposal.id)'")
        try proposal.keepContent(["dataType", "dataUri", "referencedUris"], title: "data asset")
        proposal.completeAsset()
    }

    package static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] {
        StorageReference.references(in: properties["dataUri"]?.stringValue, workspace: workspace)
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.filling(["provisioningState": "Succeeded"])
    }
}
