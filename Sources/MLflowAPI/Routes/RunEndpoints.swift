internal import ControlPlane
internal import HTTPTypes
internal import MetadataStore
internal import Resources

struct RunEndpoints: Sendable {
    let runs: RunService

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(
                .post, "runs/create",
                writing: { call in
                    let arguments = call.arguments
                    let detail = try await runs.createRun(
                        in: try arguments.text("experiment_id") ?? "0", userID: try arguments.text("user_id") ?? call.principal.name,
                        name: try arguments.text("run_name"), startTime: try arguments.integer("start_time"),
                        tags: try arguments.labels("tags"),
                        workspace: call.workspace)
                    return call.scope.reply(detail)
                }),
            MLflowEndpoint(.get, "runs/get", writing: { call in call.scope.reply(try await runs.run(try call.runID, in: call.workspace)) }),
            MLflowEndpoint(
                .post, "runs/update",
                writing: { call in
                    let run = try await runs.updateRun(
                        try call.runID, status: try status(call.arguments), endTime: try call.arguments.integer("end_time"),
                        name: try call.arguments.text("run_name"), in: call.workspace)
                    return call.scope.reply(run)
                }),
            MLflowEndpoint(.post, "runs/delete") { call in
                try await runs.setLifecycle(.deleted, ofRun: try call.runID, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "runs/restore") { call in
                try await runs.setLifecycle(.active, ofRun: try call.runID, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "runs/log-metric") { call in
                try await runs.logBatch(metrics: [try call.arguments.metric()], ofRun: try call.runID, in: call.workspace, isSingle: true)
                return [:]
            },
            MLflowEndpoint(.post, "runs/log-parameter") { call in
                try await runs.logBatch(parameters: [try call.arguments.label()], ofRun: try call.runID, in: call.workspace, isSingle: true)
                return [:]
            },
            MLflowEndpoint(.post, "runs/log-batch", logBatch),
            // Azure's plug-in asks for the same without waiting; a transaction is quicker than a queue.
            MLflowEndpoint(.post, "runs/log-batch-async", logBatch),
            MLflowEndpoint(.post, "runs/set-tag") { call in
                try await runs.setTag(try call.arguments.label(), ofRun: try call.runID, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "runs/delete-tag") { call in
                try await runs.deleteTag(try call.arguments.required("key"), ofRun: try call.runID, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "runs/search", writing: search),
            MLflowEndpoint(.post, "runs/log-inputs", logInputs),
            MLflowEndpoint(.post, "runs/outputs") { call in
                let models = try call.arguments.objects("models").map { model throws(Problem) in
                    RunModelRecord(model: try model.required("model_id"), isOutput: true, step: try model.integer("step") ?? 0)
                }
                try await runs.logInputs(datasets: [], models: models, ofRun: try call.runID, in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "runs/log-model") { call in
                let text = try call.arguments.required("model_json")
                guard let entry = try? JSON(parsing: text), entry["artifact_path"] != nil || entry["artifactPath"] != nil else {
                    throw Problem(
                        .invalidInput, "Malformed model info. \(FactRules.quoted(text)) could not be parsed as MLflow model JSON",
                        target: "model_json")
                }
                try await runs.logModelEntry(entry, ofRun: try call.runID, in: call.workspace)
                return [:]
            },
        ]
    }

    private func logBatch(_ call: MLflowCall) async throws -> JSON {
        let arguments = call.arguments
        let id = try call.runID
        let metrics = try arguments.objects("metrics").map { metric throws(Problem) in try metric.metric() }
        try await runs.logBatch(
            metrics: metrics, parameters: try arguments.labels("params"), tags: try arguments.labels("tags"), ofRun: id, in: call.workspace)
        return [:]
    }

    private func search(_ call: MLflowCall) async throws -> [UInt8] {
        let arguments = call.arguments
        let page = try await runs.searchRuns(
            experiments: try arguments.texts("experiment_ids"), filter: try arguments.text("filter"),
            orderBy: try arguments.texts("order_by"),
            view: try arguments.view("run_view_type"), maxResults: try arguments.count("max_results"),
            pageToken: try arguments.text("page_token"),
            in: call.workspace)
        return call.scope.reply(page)
    }

    private func logInputs(_ call: MLflowCall) async throws -> JSON {
        let datasets = try call.arguments.objects("datasets").map { input throws(Problem) in
            guard let dataset = try input.object("dataset") else { throw FactRules.missing("datasets.dataset") }
            return DatasetRecord(
                name: try dataset.required("name"), digest: try dataset.required("digest"), sourceType: try dataset.required("source_type"),
                source: try dataset.required("source"), schema: try dataset.text("schema"), profile: try dataset.text("profile"),
                tags: try input.labels("tags"))
        }
        let models = try call.arguments.objects("models").map { model throws(Problem) in
            RunModelRecord(model: try model.required("model_id"), isOutput: false)
        }
        try await runs.logInputs(datasets: datasets, models: models, ofRun: try call.runID, in: call.workspace)
        return [:]
    }

    /// By name, or by the number it has in MLflow's protocol.
    private func status(_ arguments: MLflowArguments) throws(Problem) -> RunStatus? {
        guard let value = arguments["status"] else { return nil }
        let numbered: [RunStatus] = [.running, .scheduled, .finished, .failed, .killed]
        if let number = value.integerValue, 1...5 ~= number { return numbered[Int(number) - 1] }
        guard let status = value.stringValue.flatMap(RunStatus.init) else { throw arguments.invalid(value, "status") }
        return status
    }
}

extension MLflowCall {
    /// `run_id`, or its old name.
    var runID: String {
        get throws(Problem) { try arguments.required("run_id", or: "run_uuid") }
    }
}
