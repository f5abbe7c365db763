internal import ControlPlane
internal import HTTPTypes
internal import MetadataStore
internal import Resources

struct LoggedModelEndpoints: Sendable {
    let runs: RunService

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(.post, "logged-models") { call in
                let arguments = call.arguments
                let model = try await runs.createLoggedModel(
                    in: try arguments.required("experiment_id"), name: try arguments.text("name"),
                    modelType: try arguments.text("model_type"),
                    sourceRun: try arguments.text("source_run_id"), tags: try arguments.labels("tags"),
                    parameters: try arguments.labels("params"),
                    workspace: call.workspace)
                return ["model": call.scope.json(model)]
            },
            MLflowEndpoint(.post, "logged-models/search", search),
            MLflowEndpoint(.get, "logged-models/*") { call in
                ["model": call.scope.json(try await runs.loggedModel(call.capture(0), in: call.workspace))]
            },
            MLflowEndpoint(.patch, "logged-models/*") { call in
                let model = try await runs.finishLoggedModel(call.capture(0), status: try status(call.arguments), in: call.workspace)
                return ["model": call.scope.json(model)]
            },
            MLflowEndpoint(.delete, "logged-models/*") { call in
                try await runs.deleteLoggedModel(call.capture(0), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.patch, "logged-models/*/tags") { call in
                let model = try await runs.setTags(try call.arguments.labels("tags"), ofLoggedModel: call.capture(0), in: call.workspace)
                return ["model": call.scope.json(model)]
            },
            MLflowEndpoint(.delete, "logged-models/*/tags/*") { call in
                try await runs.deleteTag(call.capture(1), ofLoggedModel: call.capture(0), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "logged-models/*/params") { call in
                try await runs.logParameters(try call.arguments.labels("params"), ofLoggedModel: call.capture(0), in: call.workspace)
                return [:]
            },
        ]
    }

    private func search(_ call: MLflowCall) async throws -> JSON {
        let arguments = call.arguments
        let order = try arguments.objects("order_by").map { order throws(Problem) in
            (field: try order.required("field_name"), isAscending: try order.flag("ascending") ?? true)
        }
        let dataset = try arguments.objects("datasets").first.map { dataset throws(Problem) in
            (name: try dataset.required("dataset_name"), digest: try dataset.text("dataset_digest"))
        }
        let page = try await runs.searchLoggedModels(
            experiments: try arguments.texts("experiment_ids"), filter: try arguments.text("filter"), orderBy: order, dataset: dataset,
            maxResults: try arguments.count("max_results"), pageToken: try arguments.text("page_token"), in: call.workspace)
        var json: JSON = [:]
        // Adopted models are for Azure's plug-in. A plain client sees their files in the run already, and would see them twice.
        let models = page.items.filter { call.scope.azureHost != nil || $0.artifactPath == nil }
        json.set("models", models.map(call.scope.json))
        json.set(pageToken: page.nextToken)
        return json
    }

    /// By number or by name.
    private func status(_ arguments: MLflowArguments) throws(Problem) -> String {
        guard let value = arguments["status"] else { throw FactRules.missing("status") }
        if let number = value.integerValue, 1...3 ~= number { return RunService.loggedModelStatuses[Int(number)] }
        guard let text = value.stringValue, RunService.loggedModelStatuses.dropFirst().contains(text) else {
            throw arguments.invalid(value, "status")
        }
        return text
    }
}
