internal import MetadataStore
internal import Resources

/// Where the files of a new model version are, out of what a client calls its source (mlflow.md 4.2). Places on a disk,
/// and anything that could be read in two ways, are refused; nothing is ever fetched.
struct ModelSource {
    /// As stored in `modelUri`.
    var uri: String
    /// In our own store.
    var place: ArtifactPlace?
    var run: String?
    /// The logged model.
    var model: String?

    init(_ source: String, model name: String, isPrompt: Bool, workspace: WorkspaceID, _ tx: MetadataTransaction) throws {
        guard !source.isEmpty else { throw FactRules.missing("source") }
        if isPrompt, Self.isPlaceholder(source) {
            self.init(ArtifactPlace(path: "prompts/\(name)"), in: workspace)
        } else if source.hasPrefix("models:/m-") {
            let id = source.dropFirst("models:/".count).prefix { $0 != "/" }
            let logged = try RunService.loggedModel(String(id), in: workspace, tx)
            self.init(logged.place, in: workspace)
            (run, model) = (logged.sourceRun, logged.id)
        } else if case .registeredModel(let other, let version) = AssetReference(source) {
            let label = version.hasPrefix("@") ? String(version.dropFirst()) : nil
            let number = try label.map { label in
                try ModelRegistry.record(other, in: workspace, tx).aliases.first { $0.key == label }?.value ?? label
            }
            let found = try ModelRegistry.version(number ?? version, of: other, in: workspace, tx)
            self.init(uri: found.uri, place: found.place, run: found.runID, model: found.modelID)
        } else if case .run(let id, let path) = AssetReference(source) {
            let root = try RunService.run(id, in: workspace, tx).place
            self.init(root.appending(try ArtifactPath(path)), in: workspace)
            run = id
        } else if let place = try ArtifactPlace(uri: source) {
            self.init(place, in: workspace)
        } else {
            try Self.checkForeign(source)
            self.init(uri: source)
        }
    }

    private init(_ place: ArtifactPlace, in workspace: WorkspaceID) {
        self.init(uri: place.datastorePath.longURI(in: workspace), place: place)
    }

    private init(uri: String, place: ArtifactPlace? = nil, run: String? = nil, model: String? = nil) {
        self.uri = uri
        self.place = place
        self.run = run
        self.model = model
    }

    /// A prompt has no files; clients write a word such as `dummy-source` or `prompt-template`.
    private static func isPlaceholder(_ source: String) -> Bool {
        source.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }

    /// References of Azure's (`azureml://jobs/…`) are left to the rules of the kind; object stores must be plain.
    private static func checkForeign(_ source: String) throws(Problem) {
        func refused() -> Problem {
            Problem(
                .invalidInput,
                "Invalid model version source: \(FactRules.quoted(source)). Name files of this server (runs:/, models:/, "
                    + "mlflow-artifacts:/, azureml://) or of an object store, not of a disk.",
                target: "source")
        }
        guard source.utf8.count <= 4096, let end = source.firstRange(of: "://") else { throw refused() }
        let scheme = source[..<end.lowerBound].lowercased()
        guard ["azureml", "s3", "gs", "wasbs", "wasb", "abfss", "abfs", "https", "http", "hdfs", "dbfs", "r2", "b2"].contains(scheme),
            !source.contains(";")
        else { throw refused() }
        let path = source[end.upperBound...].drop { $0 != "/" }
        _ = try ArtifactPath(String(path.drop { $0 == "/" }))
    }
}
