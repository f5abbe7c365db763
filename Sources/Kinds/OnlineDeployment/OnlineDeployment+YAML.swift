package import Resources

extension OnlineDeployment {
    package static var face: Union {
        Union(by: "type", default: "managed", ["managed": shape, "kubernetes": kubernetes])
    }

    private static var shape: Shape {
        Shape("An online deployment.", constants: ["properties.endpointComputeType": "Managed"], fields: fields)
    }

    private static var kubernetes: Shape {
        Shape(
            "A deployment to a cluster; here it runs on this machine.", constants: ["properties.endpointComputeType": "Kubernetes"],
            fields: fields + [
                Field("resources", .any, "properties.containerResourceRequirements", "Limits of the container; a label.")
            ])
    }

    private static var fields: [Field] {
        [
            .name(.deploymentName, required: true, "Name of the deployment, such as blue."),
            Field("endpoint_name", .text(.deploymentName), .parent, "The endpoint; may also come from --endpoint-name."),
            .dropped("type", "Kind of deployment."),
            Field("description", .string, "properties.description", "What it is."),
            Field("tags", .textMap, "tags", "Free labels."),
            Field("properties", .textMap, "properties.properties", "Free facts."),
            Field("location", .text, "location", "Region; a label."),
            Field("model", .custom(model), "properties.model", "azureml:NAME:VERSION, or a model itself."),
            Field(
                "environment", .custom(EnvironmentAsset.embedded), "properties.environmentId",
                "azureml:NAME:VERSION, or an environment itself."),
            Field(
                "code_configuration",
                .shape(
                    Shape(
                        "The scoring code.",
                        fields: [
                            Field("code", .path(.code), "codeId", required: true, "Folder with the script."),
                            Field("scoring_script", .text, "scoringScript", required: true, "Python file with init() and run()."),
                        ])), "properties.codeConfiguration", "The scoring code; native models need none."),
            Field("environment_variables", .textMap, "properties.environmentVariables", "Variables of the process."),
            Field("instance_type", .text, "properties.instanceType", default: "Standard_DS3_v2", "VM size; a label."),
            Field("instance_count", .integer(1...50), "sku.capacity", default: 1, "Worker processes."),
            Field("app_insights_enabled", .boolean, "properties.appInsightsEnabled", default: false, "Kept; logs are always collected."),
            Field("scale_settings", .union(scale), "properties.scaleSettings", "How it grows."),
            Field(
                "request_settings",
                .shape(
                    Shape(
                        "How requests are taken.",
                        fields: [
                            Field(
                                "request_timeout_ms", .custom(milliseconds(1...180_000)), "requestTimeout",
                                "Milliseconds before a request fails."),
                            Field(
                                "max_concurrent_requests_per_instance", .integer(1...10_000), "maxConcurrentRequestsPerInstance",
                                "Requests at once per instance."),
                            Field("max_queue_wait_ms", .custom(milliseconds(0...180_000)), "maxQueueWait", "Milliseconds in the queue."),
                        ])), "properties.requestSettings", "How requests are taken."),
            Field("liveness_probe", .shape(probe), "properties.livenessProbe", "Whether the server lives."),
            Field("readiness_probe", .shape(probe), "properties.readinessProbe", "Whether the server can answer."),
            Field("startup_probe", .shape(probe), "properties.startupProbe", "Whether the server has started."),
            Field("data_collector", .shape(collector), "properties.dataCollector", "What is kept of requests and responses."),
            Field(
                "egress_public_network_access", .choice([Choice("enabled", "Enabled"), Choice("disabled", "Disabled")]),
                "properties.egressPublicNetworkAccess", "A label."),
            Field("model_mount_path", .text, "properties.modelMountPath", "Where a container finds the model."),
            .dropped("private_network_connection", "Networks of Azure; without meaning here."),
        ] + Field.common
    }

    private static let probe = Shape(
        "A probe.",
        fields: [
            Field("initial_delay", .seconds, "initialDelay", "Seconds before the first."),
            Field("period", .seconds, "period", "Seconds between two."),
            Field("timeout", .seconds, "timeout", "Seconds for an answer."),
            Field("success_threshold", .integer(1...1000), "successThreshold", "Good answers in a row."),
            Field("failure_threshold", .integer(1...1000), "failureThreshold", "Bad answers in a row."),
            .dropped("path", "Without meaning here."), .dropped("port", "Without meaning here."),
            .dropped("scheme", "Without meaning here."),
            .dropped("method", "Without meaning here."),
        ])

    private static let scale = Union(
        by: "type", default: "default",
        [
            "default": Shape("A fixed number.", constants: ["scaleType": "Default"], fields: [.dropped("type", "Kind.")]),
            "target_utilization": Shape(
                "By load.", constants: ["scaleType": "TargetUtilization"],
                fields: [
                    .dropped("type", "Kind."),
                    Field("min_instances", .integer(1...50), "minInstances", "Fewest."),
                    Field("max_instances", .integer(1...50), "maxInstances", "Most."),
                    Field("target_utilization_percentage", .integer(1...100), "targetUtilizationPercentage", "Load aimed at."),
                    Field("polling_interval", .seconds, "pollingInterval", "Seconds between looks."),
                ]),
        ])

    private static let collector = Shape(
        "What is kept of requests and responses.",
        fields: [
            Field(
                "collections",
                .map(
                    .shape(
                        Shape(
                            "A collection.",
                            fields: [
                                Field("enabled", .custom(onOff), "dataCollectionMode", "Whether it is kept."),
                                Field("sampling_rate", .number(0...1), "samplingRate", "Share of requests."),
                                Field("client_id", .text, "clientId", "A label."),
                                Field("data", .any, "data", "Where it goes."),
                            ]))), "collections", required: true, "Name (model_inputs, model_outputs, ...) to how it is kept."),
            Field(
                "rolling_rate",
                .choice([
                    Choice("year", "Year"), Choice("month", "Month"), Choice("day", "Day"), Choice("hour", "Hour"),
                    Choice("minute", "Minute"),
                ]), "rollingRate", "A new file how often."),
            Field("sampling_rate", .number(0...1), "samplingRate", "Share of requests."),
            Field("request_logging", .any, "requestLogging", "What of requests is logged."),
        ])

    private static let onOff = CustomType(
        schema: ["type": ["boolean", "string"]],
        read: { node, reading, place in
            FieldType.boolean.read(node, &reading, place).map { $0 == true ? "Enabled" : "Disabled" }
        },
        print: { value, _ in .bool(value == "Enabled") })

    /// Milliseconds in YAML, ISO 8601 with fractions of a second on the wire.
    static func milliseconds(_ range: ClosedRange<Int64>) -> CustomType {
        CustomType(
            schema: ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)],
            read: { node, reading, place in
                guard let count = FieldType.integer(range).read(node, &reading, place)?.integerValue else { return nil }
                var fraction = String(1000 + count % 1000).dropFirst()
                while fraction.hasSuffix("0") { fraction.removeLast() }
                return .string("PT\(count / 1000)\(fraction.isEmpty ? "" : ".\(fraction)")S")
            },
            print: { value, _ in value.stringValue.flatMap(ISODuration.milliseconds).map { .integer($0) } ?? value })
    }

    /// A registered model, or one written in place, which becomes an anonymous model.
    static let model = CustomType(
        schema: ["oneOf": [["type": "string"], ModelAsset.face(nameRequired: false).schema]],
        read: { node, reading, place in
            guard node.entries != nil else { return reading.asset(node, kind: ModelAsset.path, title: ModelAsset.title, place) }
            var inner = Reading(reading.document.part(node), workspace: reading.workspace)
            var body = ModelAsset.face(nameRequired: false).variants[0].shape.read(node, &inner, .root)
            ModelAsset.complete(&body, node: node, reading: &inner)
            reading.join(inner)
            guard inner.problems.isEmpty, var draft = try? inner.draft(body) else { return nil }
            if draft.name == nil || draft.version == nil {
                draft.name = draft.name ?? "azureml_anonymous"
                draft.version = nil
                draft.body[path: ["properties", "isAnonymous"]] = true
            }
            reading.inlineAssets.append(InlineAsset(kind: ModelAsset.path, draft: draft, pointer: place.pointer))
            return ""
        },
        print: { value, printing in value.stringValue.map { .string(printing.short($0)) } ?? value })

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        if body["location"] == nil { body["location"] = "local" }
        body[path: ["sku", "name"]] = "Default"
        guard let configuration = node["code_configuration"], let script = configuration["scoring_script"], let name = script.text,
            let code = reading.uploads.first(where: { $0.purpose == .code })
        else { return }
        if !LocalPath.exists("\(code.path)/\(name)") {
            reading.require(
                script, "'code_configuration.scoring_script': there is no file '\(name)' in '\(configuration["code"]?.text ?? "")'",
                Place(target: "code_configuration.scoring_script", pointer: []))
        }
    }
}
