package import Resources

extension Datastore {
    package static func admit(_ proposal: inout Proposal) throws(Problem) {
        proposal.stripReadOnly()
        var findings = Findings()
        proposal.checkName(.assetName, title, &findings)
        let type = proposal.properties["datastoreType"]?.stringValue
        if type == nil { findings.add("'datastoreType' is missing; write AzureBlob", target: "datastoreType") }
        if type == "AzureBlob", proposal.properties["containerName"]?.stringValue?.isEmpty ?? true {
            findings.add("'containerName' is missing: the container of the blobs", target: "containerName")
        }
        try findings.throwIfAny(about: "the datastore '\(proposal.id.name)'")
        // A put that echoes a reply has no secrets in it; what is stored stays.
        if proposal.properties[path: ["credentials", "secrets"]] == nil, let stored = proposal.existing?.properties["credentials"] {
            proposal.properties["credentials"] = stored
        }
        proposal.properties = proposal.properties.filling([
            "credentials": ["credentialsType": "None"], "isDefault": .bool(proposal.existing?.properties["isDefault"]?.boolValue ?? false),
        ])
        proposal.textify("tags", "properties")
    }

    package static func mayDelete(_ resource: Resource, lookup: any ReferenceLookup) throws(Problem) {
        if resource.effectiveProperties["isDefault"]?.boolValue == true
            || ["workspaceblobstore", "workspaceartifactstore"].contains(resource.id.name)
        {
            throw Problem(.conflict, "the datastore '\(resource.id.name)' belongs to the workspace and cannot be deleted", target: "name")
        }
    }

    /// Secrets leave only through listSecrets.
    package static func present(_ properties: JSON, of resource: Resource) -> JSON {
        var properties = properties
        properties[path: ["credentials", "secrets"]] = nil
        return properties
    }
}
