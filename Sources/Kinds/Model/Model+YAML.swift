package import Resources

extension ModelAsset {
    static let types: [Choice] = ["custom_model", "mlflow_model", "triton_model"]

    package static var face: Union { face(nameRequired: true) }

    static func face(nameRequired: Bool) -> Union {
        Union(
            by: "$kind", default: "model",
            [
                "model": Shape(
                    "A model.",
                    fields: Field.asset(nameRequired: nameRequired) + [
                        Field(
                            "type", .choice(types), "properties.modelType", default: "custom_model",
                            "Its form; an ONNX or weights file is a custom_model."),
                        Field(
                            "path", .path(.model), "properties.modelUri", required: true,
                            "Where the files are: a local path, azureml://jobs/NAME/outputs/…, azureml://datastores/… or runs:/…"),
                        Field("flavors", .any, "properties.flavors", "How MLflow can load it."),
                        Field("job_name", .text, "properties.jobName", "The job that made it."),
                        .dropped("default_deployment_template", "Without meaning here."),
                        .dropped("utc_time_created", "Without meaning here."),
                    ])
            ])
    }

    package static func complete(_ body: inout JSON, node: YAMLNode, reading: inout Reading) {
        body[path: ["properties", "isAnonymous"]] = false
    }
}
