internal import ControlPlane
internal import Foundation
internal import Kinds
internal import Resources

/// Takes what a job left behind into the store: logs, `./outputs`, named outputs, and the assets they become.
struct OutputCollector {
    let services: JobServices
    let job: ResourceID
    let folder: String

    /// - Parameter succeeded: a failed job keeps its logs, artifacts and partial outputs, but registers nothing.
    func collect(_ properties: JobProperties, succeeded: Bool) async throws -> JSON {
        let standard = BlobContainer.standard(of: job.workspace)
        let artifacts = standard.artifacts.at("ExperimentRun/dcid.\(job.name)")
        // Azure's own rule: whatever the command writes to ./outputs and ./logs is kept with the run.
        for (source, name) in [("\(folder)/logs", ""), ("\(folder)/code/outputs", "outputs"), ("\(folder)/code/logs", "logs")]
        where FileManager.default.fileExists(atPath: source) {
            try await services.blobs.putFolder(source, to: name.isEmpty ? artifacts : artifacts.appending(name))
        }
        var observed: JSON = [:]
        for (name, output) in (properties.outputs ?? [:]).sorted(by: { $0.key < $1.key }) where output.type != "literal" {
            let uri = try await place(of: name, output)
            let address = try await services.locator.locate(uri, in: job.workspace)
            let source = "\(folder)/outputs/\(name)"
            if output.type == "uri_file", FileManager.default.fileExists(atPath: "\(source)/\(name)") {
                try await services.blobs.put(address, fileAt: "\(source)/\(name)")
            } else if FileManager.default.fileExists(atPath: source) {
                try await services.blobs.putFolder(source, to: address)
            }
            observed[name] = ["uri": .string(uri)]
            if succeeded, let asset = output.assetName { try await register(asset, output.assetVersion, output.type, uri) }
        }
        return ["outputs": observed]
    }

    /// Where an output goes: as written in the job, else `azureml/JOB/OUTPUT/` of the default datastore.
    private func place(of name: String, _ output: JobOutput) async throws -> String {
        guard let written = output.uri ?? output.value else {
            let path = "azureml/\(job.name)/\(name)" + (output.type == "uri_file" ? "/\(name)" : "/")
            return DatastorePath(datastore: "workspaceblobstore", path: path).shortURI
        }
        return written.replacing("${{name}}", with: job.name).replacing("${{output_name}}", with: name)
            .replacing("${{default_datastore}}", with: "workspaceblobstore")
    }

    func register(_ name: String, _ version: String?, _ type: String, _ uri: String) async throws {
        let isModel = type.hasSuffix("_model")
        let container = ResourceID(workspace: job.workspace, kind: isModel ? "models" : "data", name: name)
        let next = (try? await services.resources.container(container))?.nextVersion ?? "1"
        let properties: JSON =
            isModel
            ? ["modelType": .string(type), "modelUri": .string(uri), "jobName": .string(job.name)]
            : ["dataType": .string(type), "dataUri": .string(uri)]
        let body: JSON = ["properties": properties.merging(["properties": ["azureml.job": .string(job.name)]])]
        _ = try await services.resources.put(container.at(version: version ?? next), body: body, by: .owner(named: "job \(job.name)"))
    }
}
