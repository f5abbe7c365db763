internal import ControlPlane
internal import HTTPTypes
internal import MetadataStore
internal import Resources

struct ModelVersionEndpoints: Sendable {
    let models: ModelRegistry

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(.post, "model-versions/create") { call in
                let arguments = call.arguments
                let version = try await models.createVersion(
                    of: try call.modelName, source: try arguments.required("source"), runID: try arguments.text("run_id"),
                    runLink: try arguments.text("run_link"), description: try arguments.text("description"),
                    tags: try arguments.labels("tags"),
                    modelID: try arguments.text("model_id"), by: call.principal, in: call.workspace)
                return ["model_version": call.scope.json(version)]
            },
            MLflowEndpoint(.get, "model-versions/get") { call in
                [
                    "model_version": call.scope.json(
                        try await models.version(try call.modelVersion, of: try call.modelName, in: call.workspace))
                ]
            },
            MLflowEndpoint(.get, "model-versions/get-download-uri") { call in
                let version = try await models.version(try call.modelVersion, of: try call.modelName, in: call.workspace)
                return ["artifact_uri": .string(call.scope.downloadURI(of: version))]
            },
            MLflowEndpoint(.get, "model-versions/search") { call in
                let page = try await models.searchVersions(
                    filter: try call.arguments.text("filter"), orderBy: try call.arguments.texts("order_by"),
                    maxResults: try call.arguments.count("max_results"), pageToken: try call.arguments.text("page_token"),
                    in: call.workspace)
                var json: JSON = [:]
                json.set("model_versions", page.items.map(call.scope.json))
                json.set(pageToken: page.nextToken)
                return json
            },
            MLflowEndpoint(.patch, "model-versions/update") { call in
                let version = try await models.update(
                    try call.modelVersion, of: try call.modelName, description: try call.arguments.text("description") ?? "",
                    by: call.principal,
                    in: call.workspace)
                return ["model_version": call.scope.json(version)]
            },
            MLflowEndpoint(.delete, "model-versions/delete") { call in
                try await models.delete(try call.modelVersion, of: try call.modelName, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "model-versions/set-tag") { call in
                try await models.setTag(
                    try call.arguments.label(), ofVersion: try call.modelVersion, of: try call.modelName, by: call.principal,
                    in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.delete, "model-versions/delete-tag") { call in
                try await models.deleteTag(
                    try call.arguments.required("key"), ofVersion: try call.modelVersion, of: try call.modelName, by: call.principal,
                    in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "model-versions/transition-stage") { call in
                let version = try await models.transition(
                    try call.modelVersion, of: try call.modelName, to: try call.arguments.required("stage"),
                    archivingOthers: try call.arguments.flag("archive_existing_versions") ?? false, by: call.principal, in: call.workspace)
                return ["model_version": call.scope.json(version)]
            },
        ]
    }
}
