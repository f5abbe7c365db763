package import Resources

extension BatchEndpoint {
    package static var face: Union {
        Union(
            by: "$kind", default: "endpoint",
            [
                "endpoint": Shape(
                    "A batch endpoint.",
                    fields: [
                        .name(.endpointName, required: true, "Name of the endpoint."),
                        Field("description", .string, "properties.description", "What it answers."),
                        Field("tags", .textMap, "tags", "Free labels."),
                        Field("properties", .textMap, "properties.properties", "Free facts."),
                        Field(
                            "auth_mode", .choice([Choice("aad_token", "AADToken")]), "properties.authMode", default: "AADToken",
                            "How callers show who they are."),
                        Field(
                            "defaults",
                            .shape(
                                Shape(
                                    "Defaults.",
                                    fields: [
                                        Field("deployment_name", .text(.endpointName), "deploymentName", "Deployment that is called.")
                                    ])), "properties.defaults", "Defaults."),
                        Field("location", .text, "location", "Region; a label."),
                        .dropped("type", "Kind of endpoint."), .dropped("identity", "Identities of Azure; without meaning here."),
                        .readOnly("scoring_uri", "properties.scoringUri"),
                        .readOnly("openapi_uri", "properties.swaggerUri"),
                    ] + Field.common)
            ])
    }

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        if body["location"] == nil { body["location"] = "local" }
    }
}
