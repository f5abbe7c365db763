internal import ControlPlane
internal import Foundation
internal import Resources

/// What every workspace has from the start: its two datastores and the environment of Martlet's own tools.
struct Furnishing: Sendable {
    let resources: ResourceService
    let blobs: BlobService
    let authority: String

    /// Creates the workspace when it is missing and brings its standard resources up to date. The address of the storage
    /// account carries the server's port, which may differ from start to start.
    func furnish(_ workspace: WorkspaceID) async throws {
        try await resources.createWorkspace(workspace)
        let standard = BlobContainer.standard(of: workspace)
        for (name, container, isDefault) in [("workspaceblobstore", standard.blobs, true), ("workspaceartifactstore", standard.artifacts, false)] {
            try await blobs.ensureContainer(container)
            try await ensure(
                ResourceID(workspace: workspace, kind: "datastores", name: name),
                [
                    "datastoreType": "AzureBlob", "accountName": .string("\(authority)/blobstore/\(container.account)"),
                    "containerName": .string(container.name), "endpoint": .string(BlobAddress.storageSuffix + "/"), "protocol": "https",
                    "isDefault": .bool(isDefault), "credentials": ["credentialsType": "AccountKey"],
                ])
        }
        try await ensure(
            ResourceID(workspace: workspace, kind: "environments", name: "martlet-native", version: "1"),
            ["image": "martlet/native:1", "description": "Martlet's own tools (martlet, martlet-worker) on this machine; no Python environment"])
    }

    private func ensure(_ id: ResourceID, _ properties: JSON) async throws {
        let stored = try await resources.find(id)?.properties
        if let stored, stored.merging(properties) == stored { return }
        _ = try await resources.put(id, body: ["properties": (stored ?? [:]).merging(properties)], by: .owner(named: "martlet"))
    }
}
