internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import MetadataStore
internal import Resources

/// Runs in Azure's words.
extension RunHistoryRoutes {
    func runBody(_ id: String, _ call: Call) async throws -> JSON {
        try await json(of: runs.run(id, in: call.workspace), in: call.workspace)
    }

    func children(of id: String, _ call: Call) async throws -> JSON {
        var value: [JSON] = []
        for child in try await runs.children(of: id, in: call.workspace) { value.append(try await json(of: child, in: call.workspace)) }
        return ["value": .array(value)]
    }

    /// State and logs: what a client that follows a job asks for again and again.
    func details(of id: String, _ call: Call) async throws -> JSON {
        let detail = try await runs.run(id, in: call.workspace)
        var body = try await json(of: detail, in: call.workspace)
        body["warnings"] = []
        let logs = detail.run.isJob ? try await logFiles(Self.job(id, call.workspace)) : [:]
        body["logFiles"] = .object(JSONObject(logs.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        return body
    }

    /// Changes what is said about a run: labels, names, whether it is hidden. For a job that is the job's own business.
    func change(_ id: String, _ call: Call) async throws -> JSON {
        let body = try await call.body()
        let detail = try await runs.run(id, in: call.workspace)
        if detail.run.isJob, try await resources.find(Self.job(id, call.workspace)) != nil {
            try await changeJob(id, body, call)
        } else {
            try await changeRun(id, body, call)
        }
        return try await json(of: runs.run(id, in: call.workspace), in: call.workspace)
    }

    private func changeJob(_ id: String, _ body: JSON, _ call: Call) async throws {
        for attempt in 0... {
            let job = try await resources.get(Self.job(id, call.workspace))
            var properties = job.properties
            for key in ["displayName", "description"] {
                if let text = body[key]?.stringValue { properties[key] = .string(text) }
            }
            for key in ["tags", "properties"] where body[key]?.objectValue != nil {
                properties[key] = (properties[key] ?? [:]).merging(body[key] ?? [:])
            }
            if let hidden = body["hidden"]?.boolValue { properties["isArchived"] = .bool(hidden) }
            var envelope = job.envelope
            envelope["properties"] = properties
            do {
                _ = try await resources.put(job.id, body: envelope, by: call.principal, ifMatch: job.revision)
                return
            } catch let problem as Problem where problem.code == .preconditionFailed && attempt < 10 {
                continue
            }
        }
    }

    private func changeRun(_ id: String, _ body: JSON, _ call: Call) async throws {
        var tags = (body["tags"]?.objectValue ?? [:]).compactMap { tag in tag.value.literalText.map { LabelRecord(tag.key, $0) } }
        if let text = body["description"]?.stringValue { tags.append(LabelRecord("mlflow.note.content", text)) }
        if !tags.isEmpty { try await runs.logBatch(tags: tags, ofRun: id, in: call.workspace) }
        if let name = body["displayName"]?.stringValue { _ = try await runs.updateRun(id, name: name, in: call.workspace) }
        if let hidden = body["hidden"]?.boolValue {
            try await runs.setLifecycle(hidden ? .deleted : .active, ofRun: id, in: call.workspace)
        }
    }

    // MARK: Values

    static func job(_ id: String, _ workspace: WorkspaceID) -> ResourceID { ResourceID(workspace: workspace, kind: "jobs", name: id) }

    private func json(of detail: RunDetail, in workspace: WorkspaceID) async throws -> JSON {
        let run = detail.run
        let job = run.isJob ? try await resources.find(Self.job(run.id, workspace)) : nil
        return Self.json(of: detail, job: job?.effectiveProperties)
    }

    static func json(of detail: RunDetail, job: JSON?) -> JSON {
        let run = detail.run
        func tag(_ key: String) -> String? { detail.tags.first { $0.key == key }?.value }
        let parent = tag("mlflow.parentRunId")
        let start = Date(milliseconds: run.startTime).iso8601
        let isPipeline = job?["jobType"]?.stringValue == "Pipeline"
        var json: JSON = [
            "runId": .string(run.id), "runUuid": .string(run.id), "rootRunId": .string(tag("mlflow.rootRunId") ?? parent ?? run.id),
            "parentRunId": JSON(parent), "status": .string(job?["status"]?.stringValue ?? Self.status(run.status)),
            "displayName": .string(run.name),
            "name": .string(run.name), "experimentId": .string(String(run.experimentID)), "experimentName": .string(run.experimentName),
            "runType": .string(isPipeline ? "azureml.PipelineRun" : "azureml.scriptrun"),
            "runTypeV2": ["orchestrator": .string(isPipeline ? "Pipeline" : "Execution"), "traits": []],
            "hidden": .bool(run.lifecycle == .deleted),
            "description": JSON(tag("mlflow.note.content")), "userId": .string(run.userID), "createdUtc": .string(start),
            "startTimeUtc": run.status == .scheduled ? .null : .string(start),
            "endTimeUtc": JSON(run.endTime.map { Date(milliseconds: $0).iso8601 }),
            "properties": job?["properties"] ?? [:],
            "tags": .object(JSONObject(detail.tags.filter { !$0.key.hasPrefix("mlflow.") }.map { ($0.key, .string($0.value)) })),
        ]
        if let archived = job?["isArchived"]?.boolValue { json["hidden"] = .bool(archived) }
        if let error = job?["error"], !error.isNull { json["error"] = error["error"] == nil ? ["error": error] : error }
        return json
    }

    private static func status(_ status: RunStatus) -> String {
        switch status {
        case .scheduled: "NotStarted"
        case .running: "Running"
        case .finished: "Completed"
        case .failed: "Failed"
        case .killed: "Canceled"
        }
    }
}
