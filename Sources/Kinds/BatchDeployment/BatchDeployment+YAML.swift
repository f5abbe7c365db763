package import Resources

extension BatchDeployment {
    package static var face: Union {
        Union(
            by: "type", default: "model",
            [
                "model": Shape(
                    "A batch deployment.",
                    fields: [
                        .name(.deploymentName, required: true, "Name of the deployment."),
                        Field("endpoint_name", .text(.deploymentName), .parent, "The endpoint; may also come from --endpoint-name."),
                        .dropped("type", "Kind of deployment."),
                        Field("description", .string, "properties.description", "What it is."),
                        Field("tags", .textMap, "tags", "Free labels."),
                        Field("properties", .textMap, "properties.properties", "Free facts."),
                        Field(
                            "model", .custom(OnlineDeployment.model), "properties.model.assetId", "azureml:NAME:VERSION, or a model itself."
                        ),
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
                                        Field(
                                            "scoring_script", .text, "scoringScript", required: true, "Python file with init() and run()."),
                                    ])), "properties.codeConfiguration", "The scoring code."),
                        Field("environment_variables", .textMap, "properties.environmentVariables", "Variables of the process."),
                        Field("compute", .compute, "properties.compute", "Where it runs."),
                        Field("resources", .shape(JobParts.resources(.camel)), "properties.resources", "Nodes."),
                        Field(
                            "settings", .shape(Shape("Settings.", fields: settings(""))), "properties",
                            "The same keys in a group of their own."),
                    ] + settings("properties.") + Field.common)
            ], refused: ["pipeline": "pipeline component deployments are not offered by Martlet"])
    }

    private static func settings(_ base: String) -> [Field] {
        [
            Field("mini_batch_size", .integer(1...1_000_000), base + "miniBatchSize", "Files per call of run()."),
            Field("max_concurrency_per_instance", .integer(1...10_000), base + "maxConcurrencyPerInstance", "Processes per node."),
            Field(
                "output_action", .choice([Choice("append_row", "AppendRow"), Choice("summary_only", "SummaryOnly")]), base + "outputAction",
                "What is written."),
            Field("output_file_name", .text, base + "outputFileName", "File of appended rows."),
            Field(
                "error_threshold", .integer(-1...1_000_000_000), base + "errorThreshold", "Failures that are allowed; -1 for any number."),
            Field("logging_level", .choice(["Info", "Warning", "Debug"]), base + "loggingLevel", "How much is logged."),
            Field(
                "retry_settings",
                .shape(
                    Shape(
                        "Trying again.",
                        fields: [
                            Field("max_retries", .integer(0...1000), "maxRetries", "How often."),
                            Field("timeout", .seconds, "timeout", "Seconds per call."),
                        ])), base + "retrySettings", "Trying again."),
            Field("environment_variables", .textMap, base + "environmentVariables", "Variables of the process."),
        ].filter { base.isEmpty || $0.key != "environment_variables" }
    }

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        if body["location"] == nil { body["location"] = "local" }
        if body[path: ["properties", "model"]] != nil { body[path: ["properties", "model", "referenceType"]] = "Id" }
    }

    package static func finish(_ face: inout JSON, arm: JSON, printing: Printing) { face["settings"] = nil }
}
