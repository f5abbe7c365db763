package import Resources

extension Compute {
    package static var face: Union {
        Union(
            by: "type",
            [
                "amlcompute": shape(
                    "A queue with a node budget.", "AmlCompute",
                    [
                        Field(
                            "size", .text, "properties.properties.vmSize", default: "Standard_DS3_v2",
                            "VM size; a label, jobs share this machine."),
                        Field(
                            "tier", .choice([Choice("dedicated", "Dedicated"), Choice("low_priority", "LowPriority")]),
                            "properties.properties.vmPriority", default: "Dedicated", "Priority of the nodes; a label."),
                        Field("min_instances", .size, "properties.properties.scaleSettings.minNodeCount", default: 0, "Nodes kept ready."),
                        Field(
                            "max_instances", .count, "properties.properties.scaleSettings.maxNodeCount", default: 1,
                            "Jobs that run at once, counted in nodes."),
                        Field(
                            "idle_time_before_scale_down", .seconds, "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown",
                            default: "PT2M", "Seconds before an idle node goes."),
                        Field("os_type", .choice(["Linux", "Windows"]), "properties.properties.osType", "A label."),
                        Field("ssh_public_access_enabled", .boolean, .dropped, "Without meaning here."),
                        Field("enable_node_public_ip", .boolean, "properties.properties.enableNodePublicIp", "A label."),
                    ]),
                "computeinstance": shape(
                    "One node for interactive work; here a queue of one.", "ComputeInstance",
                    [
                        Field("size", .text, "properties.properties.vmSize", default: "Standard_DS3_v2", "VM size; a label."),
                        Field("enable_node_public_ip", .boolean, "properties.properties.enableNodePublicIp", "A label."),
                        Field("ssh_public_access_enabled", .boolean, .dropped, "Without meaning here."),
                        .dropped("create_on_behalf_of", "Without meaning here."),
                        .dropped("schedules", "Start and stop times; without meaning here."),
                        .dropped("setup_scripts", "Without meaning here."),
                        .dropped("idle_time_before_shutdown", "Without meaning here."),
                        .dropped("idle_time_before_shutdown_minutes", "Without meaning here."),
                    ]),
                "kubernetes": shape(
                    "An attached cluster; here a label on this machine.", "Kubernetes",
                    attached + [
                        Field("namespace", .text, "properties.properties.namespace", "Namespace; a label.")
                    ]),
                "virtualmachine": shape("An attached machine; here a label on this machine.", "VirtualMachine", attached),
            ], refused: ["synapsespark": "Spark is not offered by Martlet; use amlcompute"])
    }

    private static let attached = [Field("resource_id", .text, "properties.resourceId", required: true, "ARM id of what is attached.")]

    private static func shape(_ doc: String, _ type: String, _ fields: [Field]) -> Shape {
        Shape(
            doc, constants: ["properties.computeType": .string(type)],
            fields: [
                .name(.computeName, required: true, "Name of the compute."),
                .dropped("type", "Kind of compute."),
                Field("description", .string, "properties.description", "What it is for."),
                Field("location", .text, "location", "Region; a label."),
                Field("tags", .textMap, "tags", "Free labels."),
                .dropped("identity", "Identities of Azure; without meaning here."),
                .dropped("network_settings", "Networks of Azure; without meaning here."),
                .dropped("ssh_settings", "Without meaning here."),
                .readOnly("state", "properties.properties.state"),
                .readOnly("provisioning_errors", "properties.provisioningErrors"),
            ] + fields + Field.common)
    }

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        let scale = body[path: ["properties", "properties", "scaleSettings"]]
        if let minimum = scale?["minNodeCount"]?.integerValue, let maximum = scale?["maxNodeCount"]?.integerValue, minimum > maximum {
            reading.refuse(
                node["min_instances"] ?? node, "'min_instances' is \(minimum), more than 'max_instances', \(maximum)",
                Place(target: "min_instances", pointer: []))
        }
    }
}
