internal import ControlPlane
internal import MetadataStore
internal import Resources

/// The values of MLflow's replies: snake_case, numbers as numbers, empty lists left out.
extension MLflowScope {
    func json(_ experiment: ExperimentRecord) -> JSON {
        var json: JSON = [
            "experiment_id": .string(String(experiment.id)), "name": .string(experiment.name),
            "artifact_location": .string(root(experimentID: experiment.id, name: experiment.name, location: experiment.artifactLocation)),
            "lifecycle_stage": .string(experiment.lifecycle.rawValue), "last_update_time": .integer(experiment.modifiedAt),
            "creation_time": .integer(experiment.createdAt),
        ]
        json.set("tags", experiment.tags.map(\.json))
        return json
    }

    func json(_ model: LoggedModelRecord) -> JSON {
        var info: JSON = [
            "model_id": .string(model.id), "experiment_id": .string(String(model.experimentID)), "name": .string(model.name),
            "creation_timestamp_ms": .integer(model.createdAt), "last_updated_timestamp_ms": .integer(model.modifiedAt),
            "artifact_uri": .string(uri(of: model)), "status": .string(model.status),
        ]
        if let type = model.modelType { info["model_type"] = .string(type) }
        if let run = model.sourceRun { info["source_run_id"] = .string(run) }
        info.set("tags", model.tags.map(\.json))
        var data: JSON = [:]
        data.set("params", model.parameters.map(\.json))
        data.set("metrics", model.metrics.map(\.json))
        return ["info": info, "data": data]
    }

    func json(_ model: RegisteredModel) -> JSON {
        let record = model.record
        var json: JSON = [
            "name": .string(record.name), "creation_timestamp": .integer(record.createdAt),
            "last_updated_timestamp": .integer(record.modifiedAt),
            "description": .string(record.description),
        ]
        json.set("latest_versions", model.latestVersions.map(self.json))
        json.set("tags", record.tags.map(\.json))
        json.set("aliases", record.aliases.map { ["alias": .string($0.key), "version": .string($0.value)] })
        return json
    }

    func json(_ version: ModelVersion) -> JSON {
        var json: JSON = [
            "name": .string(version.name), "version": .string(version.version), "creation_timestamp": .integer(version.record.createdAt),
            "last_updated_timestamp": .integer(version.record.modifiedAt), "user_id": .string(version.record.createdBy),
            "current_stage": .string(version.stage), "description": .string(version.description), "source": .string(version.source),
            "run_id": .string(version.runID ?? ""), "status": "READY", "run_link": .string(version.runLink ?? ""),
        ]
        if let model = version.modelID { json["model_id"] = .string(model) }
        json.set("tags", version.tags.map(\.json))
        json.set("aliases", version.aliases.map { .string($0) })
        return json
    }

    /// Where a client finds the files of a version.
    func downloadURI(of version: ModelVersion) -> String { version.place.map { uri(of: $0) } ?? version.uri }
}

extension JSON {
    /// Sets a list; an empty one stays away, as protobuf leaves it out.
    mutating func set(_ key: String, _ items: [JSON]) {
        if !items.isEmpty { self[key] = .array(items) }
    }

    mutating func set(pageToken: String?) {
        if let pageToken { self["next_page_token"] = .string(pageToken) }
    }
}

extension LabelRecord {
    var json: JSON { ["key": .string(key), "value": .string(value)] }
}

extension MetricRecord {
    var json: JSON {
        var json: JSON = ["key": .string(key), "value": .number(value), "timestamp": .integer(timestamp), "step": .integer(step)]
        guard let model else { return json }
        json["model_id"] = .string(model.model)
        if let name = model.datasetName { json["dataset_name"] = .string(name) }
        if let digest = model.datasetDigest { json["dataset_digest"] = .string(digest) }
        if let run = model.run { json["run_id"] = .string(run) }
        return json
    }
}

extension DatasetRecord {
    var json: JSON {
        var dataset: JSON = [
            "name": .string(name), "digest": .string(digest), "source_type": .string(sourceType), "source": .string(source),
        ]
        if let schema { dataset["schema"] = .string(schema) }
        if let profile { dataset["profile"] = .string(profile) }
        var json: JSON = ["dataset": dataset]
        json.set("tags", tags.map(\.json))
        return json
    }
}
