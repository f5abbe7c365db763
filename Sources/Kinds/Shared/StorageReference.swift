package import Resources

/// Where the bytes behind a URI are, as rules see it.
package enum StorageReference {
    /// The URI as it is stored for an asset or a job's input: job outputs and MLflow runs become places in a datastore,
    /// other forms stay. Datastores and jobs must exist.
    package static func resolve(
        _ uri: String, workspace: WorkspaceID, lookup: any ReferenceLookup, target: String
    ) throws(Problem) -> String {
        switch AssetReference(uri) {
        case .datastore(let path):
            let home = path.workspace ?? workspace
            guard try lookup.resource(ResourceID(workspace: home, kind: "datastores", name: path.datastore)) != nil else {
                throw Problem(.notFound, "there is no datastore '\(path.datastore)'; create it or correct '\(target)'", target: target)
            }
            return uri
        case .jobOutput(let job, let output, let path):
            let id = ResourceID(workspace: workspace, kind: "jobs", name: job)
            guard let resource = try lookup.resource(id) else {
                throw Problem(.notFound, "there is no job '\(job)'; correct '\(target)'", target: target)
            }
            return try place(of: output, path: path, job: resource, target: target)
        case .run(let run, let path):
            if let job = try lookup.resource(ResourceID(workspace: workspace, kind: "jobs", name: run)) {
                return try place(of: "artifacts", path: path, job: job, target: target)
            }
            return artifacts(of: run, path: path).longURI(in: workspace)
        default: return uri
        }
    }

    /// A named output is where the engine put it; anything else is below the run's artifacts. People write
    /// `outputs/artifacts/paths/NAME/…` for named outputs too, so the first part of the path is tried as a name.
    private static func place(of output: String, path: String, job: Resource, target: String) throws(Problem) -> String {
        let properties = job.effectiveProperties
        let outputs = properties["outputs"]?.objectValue ?? [:]
        func named(_ name: String, _ rest: String) -> String {
            var base = outputs[name]?["uri"]?.stringValue ?? defaultPlace(job: job.id.name, output: name).longURI(in: job.id.workspace)
            guard !rest.isEmpty else { return base }
            if !base.hasSuffix("/") { base += "/" }
            return base + rest
        }
        if outputs[output] != nil { return named(output, path) }
        let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
        if let first = parts.first, outputs[first] != nil, ["artifacts", "default"].contains(output) {
            return named(first, parts.count > 1 ? parts[1] : "")
        }
        guard ["artifacts", "default"].contains(output) else {
            let known = outputs.keys.sorted().joined(separator: ", ")
            throw Problem(
                .notFound, "the job '\(job.id.name)' has no output '\(output)'; it has \(known.isEmpty ? "none" : known) and artifacts",
                target: target)
        }
        return artifacts(of: job.id.name, path: path).longURI(in: job.id.workspace)
    }

    /// Azure's place of a run's files: the artifact datastore.
    package static func artifacts(of run: String, path: String) -> DatastorePath {
        DatastorePath(datastore: "workspaceartifactstore", path: "ExperimentRun/dcid.\(run)/\(path)")
    }

    /// Azure's place of a named output without a path of its own.
    package static func defaultPlace(job: String, output: String, datastore: String = "workspaceblobstore") -> DatastorePath {
        DatastorePath(datastore: datastore, path: "azureml/\(job)/\(output)/")
    }

    /// The resources that a URI points at.
    package static func references(in uri: String?, workspace: WorkspaceID) -> [ResourceID] {
        guard let uri else { return [] }
        switch AssetReference(uri) {
        case .resource(let id): return [id]
        case .datastore(let path):
            if path.path.hasPrefix("azureml/") || path.path.hasPrefix("ExperimentRun/dcid.") {
                let part = path.path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
                let job = path.path.hasPrefix("azureml/") ? part : String(part.dropFirst("dcid.".count))
                return job.isEmpty ? [] : [ResourceID(workspace: path.workspace ?? workspace, kind: "jobs", name: job)]
            }
            return [ResourceID(workspace: path.workspace ?? workspace, kind: "datastores", name: path.datastore)]
        case .jobOutput(let job, _, _): return [ResourceID(workspace: workspace, kind: "jobs", name: job)]
        default: return []
        }
    }
}
