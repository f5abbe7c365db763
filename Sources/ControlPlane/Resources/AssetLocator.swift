internal import Foundation
package import Resources

/// Follows any reference that Azure ML allows (`azureml:name:1`, `azureml://datastores/…`, `azureml://jobs/…`, an ARM id, a
/// storage URL of this server) to the blobs it means.
package struct AssetLocator: Sendable {
    private let resources: ResourceService
    private let blobs: BlobService

    package init(resources: ResourceService, blobs: BlobService) {
        self.resources = resources
        self.blobs = blobs
    }

    /// - Parameter kinds: where an unqualified name is looked for, in order.
    package func locate(_ text: String, in workspace: WorkspaceID, kinds: [String] = ["data", "models"]) async throws -> BlobAddress {
        switch AssetReference(text) {
        case .datastore(let path): return try await blobs.resolve(path, in: workspace)
        case .resource(let id): return try await address(of: id)
        case .versioned(let name, let version):
            for kind in kinds {
                let id = ResourceID(workspace: workspace, kind: kind, name: name, version: version)
                if try await resources.find(id) != nil { return try await address(of: id) }
            }
            throw Problem(.notFound, "there is no \(kinds.joined(separator: " or ")) asset '\(name):\(version)'")
        case .labelled(let name, _), .bare(let name):
            for kind in kinds {
                if let container = try? await resources.container(ResourceID(workspace: workspace, kind: kind, name: name)) {
                    return try await address(of: container.latest.id)
                }
            }
            throw Problem(.notFound, "there is no \(kinds.joined(separator: " or ")) asset '\(name)'")
        case .jobOutput(let job, let output, let path): return try await jobOutput(job, output, path, in: workspace)
        case .run(let id, let path): return BlobContainer.standard(of: workspace).artifacts.at("ExperimentRun/dcid.\(id)/\(path)")
        case .registeredModel(let name, let version):
            return try await address(of: ResourceID(workspace: workspace, kind: "models", name: name, version: version))
        case .web(let url):
            if let address = BlobAddress(url: url) { return address }
            throw Problem(.unsupported, "'\(url)' lies outside this server, which fetches nothing by itself; download it and create a data asset from the file")
        case .registry(let name, _, _, _):
            throw Problem(.notFound, "there is no registry '\(name)' on this server; create the asset in the workspace")
        case .local(let path):
            throw Problem(.invalidInput, "'\(path)' is a path of the client's machine; the client uploads it and sends the place in a datastore instead")
        }
    }

    /// Where the bytes of a data, model or code asset are.
    private func address(of id: ResourceID) async throws -> BlobAddress {
        let resource = try await resources.get(id)
        let properties = resource.effectiveProperties
        guard let uri = ["dataUri", "modelUri", "codeUri"].lazy.compactMap({ properties[$0]?.stringValue }).first else {
            throw Problem(.invalidInput, "the \(id.kind) asset '\(id)' names no bytes")
        }
        return try await locate(uri, in: id.workspace)
    }

    /// Named outputs live in the default datastore, everything else in the run's artifacts; seeds of both worlds write
    /// `outputs/artifacts/paths/NAME/` for a named output, so that is tried too.
    private func jobOutput(_ job: String, _ output: String, _ path: String, in workspace: WorkspaceID) async throws -> BlobAddress {
        let standard = BlobContainer.standard(of: workspace)
        guard output == "artifacts" else { return standard.blobs.at("azureml/\(job)/\(output)/\(path)") }
        let artifact = standard.artifacts.at("ExperimentRun/dcid.\(job)/\(path)")
        if try await blobs.exists(artifact) { return artifact }
        let named = standard.blobs.at("azureml/\(job)/\(path)")
        return try await blobs.exists(named) ? named : artifact
    }
}
