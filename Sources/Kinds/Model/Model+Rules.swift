package import Resources

extension ModelAsset {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly()
        var findings = Findings()
        if !ResourceName.isValidRegisteredModel(proposal.id.name) { proposal.checkName(.assetName, title, &findings) }
        let given =
            proposal.properties["modelType"]?.stringValue ?? proposal.existing?.properties["modelType"]?.stringValue ?? "custom_model"
        // Older clients write CustomModel, MLFlowModel, TritonModel.
        if let type = types.first(where: { Choice.fold($0.arm) == Choice.fold(given) }) {
            proposal.properties["modelType"] = .string(type.arm)
        } else {
            findings.add(
                "'modelType' must be one of \(types.map(\.arm).joined(separator: ", ")), found '\(given)'; an ONNX file is a custom_model",
                target: "modelType")
        }
        if let uri = proposal.properties["modelUri"]?.stringValue, !uri.isEmpty {
            if case .local = AssetReference(uri) {
                findings.add(
                    "'modelUri' must be a URI such as azureml://jobs/NAME/outputs/NAME/paths/PATH, found '\(uri)'", target: "modelUri")
            } else if uri != proposal.existing?.properties["modelUri"]?.stringValue {
                if case .jobOutput(let job, _, _) = AssetReference(uri), proposal.properties["jobName"] == nil {
                    proposal.properties["jobName"] = .string(job)
                }
                let (id, lookup) = (proposal.id, proposal.lookup)
                let place = findings.collect { () throws(Problem) in
                    try StorageReference.resolve(uri, workspace: id.workspace, lookup: lookup, target: "modelUri")
                }
                if let place { proposal.properties["modelUri"] = .string(place) }
            }
        } else if proposal.existing == nil {
            findings.add("'modelUri' is missing: where the model's files are", target: "modelUri")
        }
        try findings.throwIfAny(about: "the model '\(proposal.id)'")
        try proposal.keepContent(["modelUri", "modelType"], title: title)
        proposal.completeAsset()
    }

    package static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] {
        var ids = StorageReference.references(in: properties["modelUri"]?.stringValue, workspace: workspace)
        if let job = properties["jobName"]?.stringValue, !job.isEmpty {
            let id = ResourceID(workspace: workspace, kind: "jobs", name: job)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        properties.filling(["provisioningState": "Succeeded", "flavors": [:], "properties": [:], "tags": [:]])
    }
}
