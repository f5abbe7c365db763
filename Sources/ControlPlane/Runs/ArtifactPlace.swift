package import MetadataStore
package import Resources

/// Where the bytes of an artifact are: a datastore of the workspace and a path in it. MLflow's addresses and Azure's are
/// two spellings of the same place, so what one client writes every other reads.
///
/// | MLflow proxy path | place |
/// |---|---|
/// | `{experiment}/{run}/artifacts/{path}` | `workspaceartifactstore`, `ExperimentRun/dcid.{run}/{path}` |
/// | `{experiment}/models/{model}/artifacts/{path}` | `workspaceartifactstore`, `ExperimentRun/dcid.{model}/{path}` |
/// | `datastores/{datastore}/{path}` | that datastore, `{path}`; for reading only |
/// | anything else | `workspaceartifactstore`, `mlflow-artifacts/{anything}` |
package struct ArtifactPlace: Sendable, Hashable {
    package static let artifactStore = "workspaceartifactstore"

    package var datastore: String
    /// Without a slash at either end.
    package var path: String
    package var isWritable = true

    package init(datastore: String = artifactStore, path: String, isWritable: Bool = true) {
        self.datastore = datastore
        self.path = path
        self.isWritable = isWritable
    }

    /// The artifacts of a run, or of a logged model, whose id is as good as a run's.
    package init(owner: String, path: ArtifactPath = .root) {
        self.init(path: "ExperimentRun/dcid.\(owner)" + (path.text.isEmpty ? "" : "/" + path.text))
    }

    package init(proxyPath: ArtifactPath) {
        let parts = proxyPath.text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        func rest(_ index: Int) -> String { parts.dropFirst(index).map { "/" + $0 }.joined() }
        let isExperiment = parts.first.map { !$0.isEmpty && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } } ?? false
        if isExperiment, parts.count >= 4, parts[1] == "models", parts[3] == "artifacts" {
            self.init(path: "ExperimentRun/dcid.\(parts[2])\(rest(4))")
        } else if isExperiment, parts.count >= 3, parts[2] == "artifacts" {
            self.init(path: "ExperimentRun/dcid.\(parts[1])\(rest(3))")
        } else if parts.count >= 2, parts[0] == "datastores" {
            self.init(datastore: parts[1], path: String(rest(2).dropFirst()), isWritable: false)
        } else {
            self.init(path: parts == [""] ? "mlflow-artifacts" : "mlflow-artifacts/" + proxyPath.text)
        }
    }

    package init(_ path: DatastorePath) {
        self.init(datastore: path.datastore, path: path.path.hasSuffix("/") ? String(path.path.dropLast()) : path.path)
    }

    /// The URI by which a plain MLflow client reads this place through the proxy.
    package var proxyURI: String {
        let marker = "ExperimentRun/dcid."
        guard datastore == Self.artifactStore else { return "mlflow-artifacts:/datastores/\(datastore)/\(path)" }
        if path.hasPrefix(marker) {
            let parts = path.dropFirst(marker.count).split(separator: "/", maxSplits: 1)
            // The experiment is part of the spelling only; the owner alone finds the place.
            if let owner = parts.first { return "mlflow-artifacts:/0/\(owner)/artifacts" + (parts.count > 1 ? "/\(parts[1])" : "") }
        }
        if path.hasPrefix("mlflow-artifacts/") { return "mlflow-artifacts:/" + path.dropFirst("mlflow-artifacts/".count) }
        return "mlflow-artifacts:/datastores/\(datastore)/\(path)"
    }

    /// Azure's address inside the workspace.
    package var datastorePath: DatastorePath { DatastorePath(datastore: datastore, path: path) }

    /// The place that an artifact URI of one of our own spellings names: `mlflow-artifacts:/…` (with a host or without),
    /// `azureml://datastores/…`, `azureml://host/mlflow/…/runs/{run}/artifacts/…`. `nil` for foreign URIs.
    package init?(uri: String) throws(Problem) {
        if uri.hasPrefix("mlflow-artifacts:") {
            var rest = uri.dropFirst("mlflow-artifacts:".count)
            if rest.hasPrefix("//") {
                rest = rest.dropFirst(2)
                rest = rest.drop { $0 != "/" }
            }
            self.init(proxyPath: try ArtifactPath(String(rest.drop { $0 == "/" })))
        } else if let path = DatastorePath(uri) {
            self.init(datastore: path.datastore, path: try ArtifactPath(path.path).text)
        } else if uri.hasPrefix("azureml://"), uri.contains("/mlflow/"), let range = uri.firstRange(of: /\/runs\/([^\/]+)\/artifacts/) {
            let owner = uri[range].split(separator: "/")[1]
            self.init(owner: String(owner), path: try ArtifactPath(String(uri[range.upperBound...].drop { $0 == "/" })))
        } else {
            return nil
        }
    }

    /// Checks the root that a client wants for an experiment's artifacts. Places on this machine, and anything that
    /// could be read in two ways, are refused.
    package static func check(location: String) throws(Problem) {
        func refused(_ why: String) -> Problem {
            Problem(.invalidInput, "Invalid artifact location \(FactRules.quoted(location)): \(why)", target: "artifact_location")
        }
        guard location.utf8.count <= 2048 else { throw refused("it is longer than 2048 bytes") }
        guard let colon = location.firstIndex(of: ":") else {
            throw refused("places on the server's own disk are not offered; leave it out")
        }
        let scheme = location[..<colon].lowercased()
        guard ["mlflow-artifacts", "azureml", "s3", "gs", "wasbs", "abfss", "https", "http", "hdfs", "dbfs", "r2", "b2"].contains(scheme)
        else {
            throw refused("places on the server's own disk are not offered; leave it out, or use mlflow-artifacts:/ or an object store")
        }
        guard !location.contains("#"), !location.contains("?"), !location.contains(";"), !location.contains("\\") else {
            throw refused("it holds a fragment, parameters or a query")
        }
        var rest = location[location.index(after: colon)...]
        rest = rest.hasPrefix("//") ? rest.dropFirst(2).drop { $0 != "/" } : rest
        _ = try ArtifactPath(String(rest.drop { $0 == "/" }))
    }
}

extension RunRecord {
    /// Where the run's artifacts are in our own store.
    package var place: ArtifactPlace { ArtifactPlace(below: artifactLocation, "\(id)/artifacts") ?? ArtifactPlace(owner: id) }
}

extension LoggedModelRecord {
    /// Where the model's files are in our own store.
    package var place: ArtifactPlace {
        if let artifactPath { return ArtifactPlace(path: artifactPath) }
        return ArtifactPlace(below: artifactLocation, "models/\(id)/artifacts") ?? ArtifactPlace(owner: id)
    }
}

extension ArtifactPlace {
    /// Below an experiment's own location, when that is in our store.
    fileprivate init?(below location: String?, _ path: String) {
        guard let location, let place = try? ArtifactPlace(uri: "\(location)/\(path)") else { return nil }
        self = place
    }

    /// The place of a path below this one.
    package func appending(_ other: ArtifactPath) -> ArtifactPlace {
        guard !other.text.isEmpty else { return self }
        var place = self
        place.path += (path.isEmpty ? "" : "/") + other.text
        return place
    }
}
