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
                        Field("storage_account", .text, "properties.storageAccount", "Kept as a label."),
                        Field("container_registry", .text, "properties.containerRegistry", "Kept as a label."),
                        Field("key_vault", .text, "properties.keyVault", "Kept as a label."),
                        Field("application_insights", .text, "properties.applicationInsights", "Kept as a label."),
                        .readOnly("discovery_url", "properties.discoveryUrl"),
                        .readOnly("mlflow_tracking_uri", "properties.mlFlowTrackingUri"),
                        .dropped("managed_network", "Networks of Azure; without meaning here."),
                        .dropped("identity", "Identities of Azure; without meaning here."),
                        .dropped("primary_user_assigned_identity", "Identities of Azure; without meaning here."),
                        .dropped("customer_managed_key", "Keys of Azure; without meaning here."),
                        .dropped("enable_data_isolation", "Of Azure; without meaning here."),
                        .dropped("hub_id", "Of Azure; without meaning here."),
                    ] + Field.common)
            ])
    }
}
