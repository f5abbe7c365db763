internal import ControlPlane
internal import HTTPSupport
internal import MetadataStore
internal import Resources

/// Where the outputs of a job are. An output's asset id is the reference `azureml://jobs/JOB/outputs/NAME`.
extension RunHistoryRoutes {
    /// `POST rundata`: a run and its outputs.
    func runData(_ call: Call) async throws -> JSON {
        guard let id = try await call.body()["runId"]?.stringValue, !id.isEmpty else {
            throw Problem(.invalidInput, "'runId' is missing", target: "runId")
        }
        var metadata = try await runBody(id, call)
        let job = try await resources.find(Self.job(id, call.workspace))
        var outputs: JSON = [:]
        for (name, output) in job?.effectiveProperties["outputs"]?.objectValue ?? [:] {
            outputs[name] = ["assetId": .string("azureml://jobs/\(id)/outputs/\(name)"), "type": .string(Self.type(of: output))]
        }
        metadata["outputs"] = outputs
        return ["runMetadata": metadata]
    }

    /// `POST batchGetResolvedUris`: asset ids to datastore URIs, under `key`.
    func resolvedURIs(_ call: Call, key: String) async throws -> JSON {
        var values: JSON = [:]
        for item in try await call.body()["values"]?.arrayValue ?? [] {
            guard let id = item.stringValue, let (uri, type) = try await resolve(id, call) else { continue }
            values[id] = [key: .string(uri), "type": .string(type)]
        }
        return ["values": values]
    }

    private func resolve(_ id: String, _ call: Call) async throws -> (uri: String, type: String)? {
        switch AssetReference(id) {
        case .jobOutput(let job, let name, _):
            guard let output = try await resources.find(Self.job(job, call.workspace))?.effectiveProperties["outputs"]?[name] else {
                return nil
            }
            let place =
                output["uri"]?.stringValue.flatMap { DatastorePath($0) }
                ?? DatastorePath(datastore: "workspaceblobstore", path: "azureml/\(job)/\(name)/")
            return (place.longURI(in: call.workspace), Self.type(of: output))
        case .resource(let asset): return try await place(of: asset, call)
        case .versioned(let name, let version):
            // `azureml://locations/…/data/NAME/versions/V` keeps its collection only in the text.
            let kind = id.contains("/models/") ? "models" : "data"
            return try await place(of: ResourceID(workspace: call.workspace, kind: kind, name: name, version: version), call)
        default: return nil
        }
    }

    private func place(of asset: ResourceID, _ call: Call) async throws -> (uri: String, type: String)? {
        guard let properties = try await resources.find(asset)?.effectiveProperties else { return nil }
        guard let uri = properties["dataUri"]?.stringValue ?? properties["modelUri"]?.stringValue else { return nil }
        let type = properties["dataType"]?.stringValue ?? properties["modelType"]?.stringValue ?? "uri_folder"
        return (DatastorePath(uri)?.longURI(in: call.workspace) ?? uri, type)
    }

    /// In lower case with underscores; clients overlook other spellings.
    private static func type(of output: JSON) -> String {
        (output["jobOutputType"] ?? output["job_output_type"])?.stringValue ?? "uri_folder"
    }
}
