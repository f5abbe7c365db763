internal import ControlPlane
internal import HTTPTypes
internal import MetadataStore
internal import Resources

struct ExperimentEndpoints: Sendable {
    let runs: RunService

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(.post, "experiments/create") { call in
                let experiment = try await runs.createExperiment(
                    named: try call.arguments.required("name"), artifactLocation: try call.arguments.text("artifact_location"),
                    tags: try call.arguments.labels("tags"), in: call.workspace)
                return ["experiment_id": .string(String(experiment.id))]
            },
            MLflowEndpoint(.get, "experiments/get") { call in
                ["experiment": call.scope.json(try await runs.experiment(try call.arguments.required("experiment_id"), in: call.workspace))]
            },
            MLflowEndpoint(.get, "experiments/get-by-name") { call in
                [
                    "experiment": call.scope.json(
                        try await runs.experiment(named: try call.arguments.required("experiment_name"), in: call.workspace))
                ]
            },
            MLflowEndpoint(.get, "experiments/search", search),
            MLflowEndpoint(.post, "experiments/search", search),
            MLflowEndpoint(.post, "experiments/update") { call in
                try await runs.renameExperiment(
                    try call.arguments.required("experiment_id"), to: try call.arguments.required("new_name"), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "experiments/delete") { call in
                try await runs.deleteExperiment(try call.arguments.required("experiment_id"), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "experiments/restore") { call in
                try await runs.restoreExperiment(try call.arguments.required("experiment_id"), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "experiments/set-experiment-tag") { call in
                try await runs.setExperimentTag(
                    try call.arguments.label(), of: try call.arguments.required("experiment_id"), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "experiments/delete-experiment-tag") { call in
                try await runs.deleteExperimentTag(
                    try call.arguments.required("key"), of: try call.arguments.required("experiment_id"), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "experiments/search-datasets") { call in
                let ids = try call.arguments.texts("experiment_ids")
                guard !ids.isEmpty else { throw FactRules.missing("experiment_ids") }
                var json: JSON = [:]
                json.set(
                    "dataset_summaries",
                    try await runs.datasets(inExperiments: ids, in: call.workspace).map { experiment, dataset in
                        var summary: JSON = [
                            "experiment_id": .string(String(experiment)), "name": .string(dataset.name), "digest": .string(dataset.digest),
                        ]
                        if let context = dataset.tags.first { summary["context"] = .string(context.value) }
                        return summary
                    })
                return json
            },
        ]
    }

    private func search(_ call: MLflowCall) async throws -> JSON {
        let page = try await runs.searchExperiments(
            filter: try call.arguments.text("filter"), orderBy: try call.arguments.texts("order_by"),
            view: try call.arguments.view("view_type"),
            maxResults: try call.arguments.count("max_results"), pageToken: try call.arguments.text("page_token"), in: call.workspace)
        var json: JSON = [:]
        json.set("experiments", page.items.map(call.scope.json))
        json.set(pageToken: page.nextToken)
        return json
    }
}
