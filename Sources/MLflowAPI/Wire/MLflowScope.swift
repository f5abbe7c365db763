internal import ControlPlane
internal import MetadataStore
internal import Resources

/// In which workspace a request is at home, and how it wants artifacts spelled: a plain MLflow client reads
/// `mlflow-artifacts:/` through the proxy, Azure's plug-in wants addresses of run history (azure-wire.md 2.10).
struct MLflowScope: Sendable {
    let workspace: WorkspaceID
    /// Host and port for Azure's spelling; `nil` for plain clients.
    let azureHost: String?

    func root(experimentID: Int64, name: String, location: String?) -> String {
        if let location { return location }
        guard azureHost != nil else { return "mlflow-artifacts:/\(experimentID)" }
        return azureBase + "/experiments/\(Self.encoded(name))"
    }

    func uri(of run: RunRecord) -> String {
        if azureHost != nil, run.artifactLocation == nil { return azureURI(owner: run.id, experiment: run.experimentName) }
        return root(experimentID: run.experimentID, name: run.experimentName, location: run.artifactLocation) + "/\(run.id)/artifacts"
    }

    func uri(of model: LoggedModelRecord) -> String {
        if model.artifactPath == nil, azureHost == nil || model.artifactLocation != nil {
            let root = root(experimentID: model.experimentID, name: model.experimentName, location: model.artifactLocation)
            return root + "/models/\(model.id)/artifacts"
        }
        // Asked for the files of a folder of a run, Azure's plug-in lists the whole run; under its own id a model stands alone.
        return azureHost == nil ? uri(of: model.place) : azureURI(owner: model.id, experiment: model.experimentName)
    }

    /// The address by which a client of this scope reads a place in our store.
    func uri(of place: ArtifactPlace, experiment: String = "Default") -> String {
        guard azureHost != nil else { return place.proxyURI }
        let marker = "ExperimentRun/dcid."
        guard place.datastore == ArtifactPlace.artifactStore, place.path.hasPrefix(marker) else {
            return place.datastorePath.longURI(in: workspace)
        }
        let parts = place.path.dropFirst(marker.count).split(separator: "/", maxSplits: 1)
        return azureURI(owner: parts.first.map(String.init) ?? "", experiment: experiment) + (parts.count > 1 ? "/\(parts[1])" : "")
    }

    private var azureBase: String { "azureml://\(azureHost ?? "")/mlflow/v2.0\(workspace.path)" }

    private func azureURI(owner: String, experiment: String) -> String {
        "\(azureBase)/experiments/\(Self.encoded(experiment))/runs/\(owner)/artifacts"
    }

    /// Percent-encoded as one segment of a path.
    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
