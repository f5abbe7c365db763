import Resources

/// `create_monitor:` of a schedule, to and from the wire's `monitorDefinition`.
extension Schedule {
    static let createMonitor = CustomType(
        schema: ["type": "object"],
        read: { node, reading, place in
            let definition = monitorShape.read(node, &reading, place.key("", to: ["monitorDefinition"]).named(place.target))
            return ["actionType": "CreateMonitor", "monitorDefinition": definition]
        },
        print: { value, printing in
            guard value["actionType"]?.stringValue == "CreateMonitor", let definition = value["monitorDefinition"] else { return nil }
            return monitorShape.print(definition, printing)
        })

    private static let monitorShape = Shape(
        "A monitor.",
        fields: [
            Field(
                "compute",
                .shape(
                    Shape(
                        "Where it runs; here this machine.", constants: ["computeType": "ServerlessSpark"],
                        fields: [
                            Field("instance_type", .text, "instanceType", "A label."),
                            Field("runtime_version", .text, "runtimeVersion", "A label."),
                            .dropped("compute_identity", "Without meaning here."),
                        ])), "computeConfiguration", "Where it runs; here this machine."),
            Field(
                "monitoring_target",
                .shape(
                    Shape(
                        "What is watched.",
                        fields: [
                            Field(
                                "ml_task", .custom(pascalCase), "taskType", "Task of the model, such as classification or object_detection."
                            ),
                            Field("endpoint_deployment_id", .custom(deployment), "deploymentId", "azureml:ENDPOINT:DEPLOYMENT."),
                            Field("model_id", .asset(kind: "models", title: "model"), "modelId", "azureml:NAME:VERSION."),
                        ])), "monitoringTarget", "What is watched."),
            Field("monitoring_signals", .map(.shape(signal)), "signals", required: true, "Name to what is compared."),
            Field("alert_notification", .custom(alerts), "alertNotificationSetting", "Who is told."),
        ])

    private static let signal = Shape(
        "What is compared.",
        fields: [
            Field("type", .custom(pascalCase), "signalType", required: true, "data_drift, prediction_drift, data_quality, ..."),
            Field("production_data", .shape(dataShape("Trailing")), "productionData", "The window of production."),
            Field("reference_data", .shape(dataShape("Fixed")), "referenceData", "What it is compared with."),
            Field("features", .custom(features), "features", "Which features."),
            Field("metric_thresholds", .custom(thresholds), "metricThresholds", "Metric to the value that warns."),
            Field("alert_enabled", .boolean, "alertEnabled", "Whether it warns."),
            Field("component_id", .any, "componentId", "Of custom signals."), Field("inputs", .any, "inputs", "Of custom signals."),
            Field("data_segment", .any, "dataSegment", "Part of the data."),
            Field("feature_type_override", .any, "featureDataTypeOverride", "Types of features."),
            Field("properties", .textMap, "properties", "Free facts."),
            Field("connection_id", .any, "connectionId", "Without meaning here."),
        ])

    private static func dataShape(_ kind: String) -> Shape {
        Shape(
            "Data to compare.", constants: ["inputDataType": .string(kind)],
            fields: [
                Field(
                    "input_data",
                    .shape(
                        Shape(
                            "The data.",
                            fields: [
                                Field(
                                    "type", .choice(JobParts.dataTypes.map { Choice($0, $0) }), "jobInputType", default: "uri_folder",
                                    "Type."),
                                Field("path", .path(.data), "uri", required: true, "A URI or azureml:NAME:VERSION."),
                            ])), "", "The data."),
                Field("data_context", .text, "dataContext", "model_inputs, model_outputs, training, test, ..."),
                Field("data_column_names", .any, "columns", "Meaning of columns."),
                Field("pre_processing_component", .text, "preprocessingComponentId", "Without meaning here."),
                Field(
                    "data_window",
                    .shape(
                        Shape(
                            "The window.",
                            fields: [
                                Field("lookback_window_size", .text, "windowSize", "ISO 8601 duration."),
                                Field("lookback_window_offset", .text, "windowOffset", "ISO 8601 duration."),
                                Field("window_start", .text, "windowStart", "Time."), Field("window_end", .text, "windowEnd", "Time."),
                            ])), "", "The window."),
            ])
    }

    private static let pascalCase = CustomType(
        schema: ["type": "string"],
        read: { node, reading, place in
            guard let text = node.text else {
                reading.mismatch(node, place, must: "a text")
                return nil
            }
            return .string(text.pascalCased)
        },
        print: { value, _ in value.stringValue.map { .string($0.unpascalCased) } })

    /// `azureml:ENDPOINT:DEPLOYMENT` to the ARM id.
    private static let deployment = CustomType(
        schema: ["type": "string"],
        read: { node, reading, place in
            switch node.text.map({ AssetReference($0) }) {
            case .versioned(let endpoint, let deployment):
                return .string(
                    ResourceID(workspace: reading.workspace, kind: OnlineDeployment.path, parent: endpoint, name: deployment).path)
            case .resource(let id): return .string(id.path)
            default:
                reading.mismatch(node, place, must: "azureml:ENDPOINT:DEPLOYMENT")
                return nil
            }
        },
        print: { value, _ in
            guard let id = value.stringValue.flatMap({ ResourceID(path: $0) }), let endpoint = id.parent else { return value }
            return .string("azureml:\(endpoint):\(id.name)")
        })

    private static let features = CustomType(
        schema: ["type": ["object", "array", "string"]],
        read: { node, reading, place in
            if let names = node.elements { return ["filterType": "FeatureSubset", "features": .array(names.map { JSON($0.text ?? "") })] }
            if node.text == "all_features" { return ["filterType": "AllFeatures"] }
            guard let top = node["top_n_feature_importance"] else {
                reading.mismatch(node, place, must: "a list of names, all_features, or {top_n_feature_importance: N}")
                return nil
            }
            return FieldType.count.read(top, &reading, place).map { ["filterType": "TopNByAttribution", "top": $0] }
        },
        print: { value, _ in
            switch value["filterType"]?.stringValue {
            case "FeatureSubset": value["features"]
            case "TopNByAttribution": ["top_n_feature_importance": value["top"] ?? .null]
            default: "all_features"
            }
        })

    /// `{numerical: {metric: value}, metric: value}` to the wire's list.
    private static let thresholds = CustomType(
        schema: ["type": "object"],
        read: { node, reading, place in
            guard let entries = node.entries else {
                reading.mismatch(node, place, must: "a mapping of metrics to values")
                return nil
            }
            var list: [JSON] = []
            func add(_ entry: YAMLNode.Entry, _ dataType: String?) {
                guard let value = entry.value.json.doubleValue else {
                    reading.mismatch(entry.value, place.key(entry.key, to: []), must: "a number")
                    return
                }
                var threshold: JSON = ["metric": .string(entry.key.camelCased), "threshold": ["value": .number(value)]]
                threshold["dataType"] = dataType.map { .string($0) }
                list.append(threshold)
            }
            for entry in entries {
                guard let inner = entry.value.entries else {
                    add(entry, nil)
                    continue
                }
                for metric in inner { add(metric, entry.key.pascalCased) }
            }
            return .array(list)
        },
        print: { value, _ in
            var face: JSON = [:]
            for threshold in value.arrayValue ?? [] {
                guard let metric = threshold["metric"]?.stringValue else { continue }
                let group = threshold["dataType"]?.stringValue.map { [$0.unpascalCased] } ?? []
                face[path: group + [metric.unpascalCased]] = threshold[path: ["threshold", "value"]]
            }
            return face
        })

    private static let alerts = CustomType(
        schema: ["type": ["object", "string"]],
        read: { node, reading, place in
            if let text = node.text { return ["alertNotificationType": .string(text)] }
            guard let emails = node["emails"]?.elements else {
                reading.mismatch(node, place, must: "{emails: [...]}")
                return nil
            }
            return [
                "alertNotificationType": "Email",
                "emailNotificationSetting": ["emails": .array(emails.compactMap { $0.text.map { .string($0) } })],
            ]
        },
        print: { value, _ in
            if let emails = value[path: ["emailNotificationSetting", "emails"]] { return ["emails": emails] }
            return value["alertNotificationType"]
        })
}

extension Place {
    /// The same pointer under another name.
    func named(_ target: String) -> Place { Place(target: target, pointer: pointer) }
}

extension String {
    /// `data_drift` to `DataDrift`.
    var pascalCased: String { split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() }
    /// `null_value_rate` to `nullValueRate`.
    var camelCased: String { pascalCased.prefix(1).lowercased() + pascalCased.dropFirst() }
    /// `DataDrift` to `data_drift`.
    var unpascalCased: String { String(snakeCased.drop { $0 == "_" }) }
}
