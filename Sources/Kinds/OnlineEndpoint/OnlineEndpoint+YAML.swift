package import Resources

extension OnlineEndpoint {
    static let authModes: [Choice] = [Choice("key", "Key"), Choice("aml_token", "AMLToken"), Choice("aad_token", "AADToken")]

    package static var face: Union {
        Union(
            by: "$kind", default: "endpoint",
            [
                "endpoint": Shape(
                    "An online endpoint.",
                    fields: [
                        .name(.endpointName, required: true, "Name of the endpoint."),
                        Field("description", .string, "properties.description", "What it answers."),
                        Field("tags", .textMap, "tags", "Free labels."),
                        Field("properties", .textMap, "properties.properties", "Free facts."),
                        Field("auth_mode", .choice(authModes), "properties.authMode", default: "Key", "How callers show who they are."),
                        Field(
                            "traffic", .map(.integer(0...100)), "properties.traffic",
                            "Deployment to percent of requests; the sum is 0 or 100."),
                        Field(
                            "mirror_traffic", .map(.integer(0...50)), "properties.mirrorTraffic",
                            "Deployment to percent of requests copied to it."),
                        Field("location", .text, "location", "Region; a label."),
                        Field(
                            "public_network_access", .choice([Choice("enabled", "Enabled"), Choice("disabled", "Disabled")]),
                            "properties.publicNetworkAccess", "A label."),
                        Field("compute", .compute, "properties.compute", "Of Kubernetes endpoints; a label."),
                        .dropped("type", "Kind of endpoint."), .dropped("kind", "Kind of endpoint."),
                        .dropped("identity", "Identities of Azure; without meaning here."),
                        .readOnly("scoring_uri", "properties.scoringUri"),
                        .readOnly("openapi_uri", "properties.swaggerUri"),
                        .readOnly("rollout", "properties.rollout"),
                    ] + Field.common)
            ])
    }

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        if let traffic = node["traffic"], let fault = trafficFault(body[path: ["properties", "traffic"]]) {
            reading.refuse(traffic, "'traffic': \(fault)", Place(target: "traffic", pointer: []))
        }
        if body["location"] == nil { body["location"] = "local" }
        body["identity"] = ["type": "SystemAssigned"]
    }

    /// What is wrong with a split of traffic.
    static func trafficFault(_ traffic: JSON?) -> String? {
        guard let shares = traffic?.objectValue, !shares.isEmpty else { return nil }
        for (name, share) in shares {
            guard let percent = share.integerValue, (0...100).contains(percent) else {
                return "the share of '\(name)' must be a whole number from 0 to 100"
            }
        }
        let sum = shares.reduce(Int64(0)) { $0 + ($1.value.integerValue ?? 0) }
        return sum == 0 || sum == 100 ? nil : "the shares add up to \(sum); they must add up to 100, or to 0 for no traffic"
    }
}
