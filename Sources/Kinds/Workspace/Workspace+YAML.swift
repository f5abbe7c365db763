import Resources

extension WorkspaceKind {
    package static var face: Union {
        Union(
            by: "type", default: "workspace",
            [
                "workspace": Shape(
                    "An Azure ML workspace.",
                    fields: [
                        .name(.assetName, required: true, "Name of the workspace."),
                        Field("display_name", .string, "properties.friendlyName", "Name that people read."),
                        Field("description", .string, "properties.description", "What it is for."),
                        Field("location", .text, "location", "Region; kept as a label, everything runs on this machine."),
                        Field("tags", .textMap, "tags", "Free labels."),
                        Field("hbi_workspace", .boolean, "properties.hbiWorkspace", "High business impact; kept as a label."),
                        Field(
                            "public_network_access", .choice(["Enabled", "Disabled"]), "properties.publicNetworkAccess",
                            "Kept as a label."),
                        Field("image_build_compute", .text, "properties.imageBuildCompute", "Kept as a label."),
                        Field("storage_account", .custom(azureResource), "properties.storageAccount", "Kept as a label."),
                        Field("container_registry", .custom(azureResource), "properties.containerRegistry", "Kept as a label."),
                        Field("key_vault", .custom(azureResource), "properties.keyVault", "Kept as a label."),
                        Field("application_insights", .custom(azureResource), "properties.applicationInsights", "Kept as a label."),
                        .readOnly("discovery_url", "properties.discoveryUrl"),
                        .readOnly("mlflow_tracking_uri", "properties.mlFlowTrackingUri"),
                        .dropped("managed_network", "Networks of Azure; without meaning here."),
                        .dropped("identity", "Identities of Azure; without meaning here."),
                        .dropped("primary_user_assigned_identity", "Identities of Azure; without meaning here."),
                        Field("customer_managed_key", .custom(managedKey), .dropped, "Keys of Azure; without meaning here."),
                        .dropped("enable_data_isolation", "Of Azure; without meaning here."),
                        .dropped("hub_id", "Of Azure; without meaning here."),
                    ] + Field.common)
            ])
    }

    /// Azure's loaders look at the form of these, so a placeholder left in one is found here, too.
    private static let azureResource = CustomType(
        schema: ["type": "string"],
        read: { node, reading, place in
            let parts = (node.text ?? "").split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count >= 9, parts[1].lowercased() == "subscriptions", parts[2].count == 36, parts[3].lowercased() == "resourcegroups",
                parts.allSatisfy({ !$0.contains("<") })
            else {
                reading.mismatch(node, place, must: "the ARM id of a resource: /subscriptions/ID/resourceGroups/NAME/providers/…")
                return nil
            }
            return node.json
        },
        print: { value, _ in value })

    private static let managedKey = CustomType(
        schema: ["type": "object"],
        read: { node, reading, place in
            if let uri = node["key_uri"], let text = uri.text, !text.hasPrefix("https://") || text.contains("<") {
                reading.mismatch(uri, place.key("key_uri", to: []), must: "the URL of a key, https://…")
            }
            return nil
        },
        print: { _, _ in nil })
}
