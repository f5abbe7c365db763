internal import ControlPlane
internal import HTTPTypes
internal import MetadataStore
internal import Resources

struct RegisteredModelEndpoints: Sendable {
    let models: ModelRegistry

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(.post, "registered-models/create") { call in
                let model = try await models.create(
                    try call.arguments.required("name"), description: try call.arguments.text("description"),
                    tags: try call.arguments.labels("tags"),
                    in: call.workspace)
                return ["registered_model": call.scope.json(model)]
            },
            MLflowEndpoint(.get, "registered-models/get") { call in
                ["registered_model": call.scope.json(try await models.model(try call.modelName, in: call.workspace))]
            },
            MLflowEndpoint(.get, "registered-models/search") { call in
                let page = try await models.search(
                    filter: try call.arguments.text("filter"), orderBy: try call.arguments.texts("order_by"),
                    maxResults: try call.arguments.count("max_results"), pageToken: try call.arguments.text("page_token"),
                    in: call.workspace)
                var json: JSON = [:]
                json.set("registered_models", page.items.map(call.scope.json))
                json.set(pageToken: page.nextToken)
                return json
            },
            MLflowEndpoint(.post, "registered-models/rename") { call in
                let model = try await models.rename(try call.modelName, to: try call.arguments.required("new_name"), in: call.workspace)
                return ["registered_model": call.scope.json(model)]
            },
            MLflowEndpoint(.patch, "registered-models/update") { call in
                let model = try await models.update(
                    try call.modelName, description: try call.arguments.text("description") ?? "", in: call.workspace)
                return ["registered_model": call.scope.json(model)]
            },
            MLflowEndpoint(.delete, "registered-models/delete") { call in
                try await models.delete(try call.modelName, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.get, "registered-models/get-latest-versions", latest),
            MLflowEndpoint(.post, "registered-models/get-latest-versions", latest),
            MLflowEndpoint(.post, "registered-models/set-tag") { call in
                try await models.setTag(try call.arguments.label(), of: try call.modelName, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.delete, "registered-models/delete-tag") { call in
                try await models.deleteTag(try call.arguments.required("key"), of: try call.modelName, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "registered-models/alias") { call in
                try await models.setAlias(
                    try call.arguments.required("alias"), version: try call.modelVersion, of: try call.modelName, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.delete, "registered-models/alias") { call in
                try await models.deleteAlias(try call.arguments.required("alias"), of: try call.modelName, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.get, "registered-models/alias") { call in
                let version = try await models.version(
                    alias: try call.arguments.required("alias"), of: try call.modelName, in: call.workspace)
                return ["model_version": call.scope.json(version)]
            },
        ]
    }

    private func latest(_ call: MLflowCall) async throws -> JSON {
        let versions = try await models.latestVersions(
            of: try call.modelName, stages: try call.arguments.texts("stages"), in: call.workspace)
        var json: JSON = [:]
        json.set("model_versions", versions.map(call.scope.json))
        return json
    }
}

extension MLflowCall {
    var modelName: String {
        get throws(Problem) { try arguments.required("name") }
    }

    /// A decimal text; clients also send it as a number.
    var modelVersion: String {
        get throws(Problem) {
            if let number = arguments["version"]?.integerValue { return String(number) }
            return try arguments.required("version")
        }
    }
}
