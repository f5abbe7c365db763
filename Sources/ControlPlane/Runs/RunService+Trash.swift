package import MetadataStore
package import Resources

extension RunService {
    package func trash(in workspace: WorkspaceID) async throws -> TrashCounts { try await store.read { try $0.trash(in: workspace) } }

    /// Forgets what was deleted up to `time` (milliseconds since 1970), with its artifacts; the sweep then frees their bytes.
    ///
    /// Artifacts go first, in small portions: a crash in between leaves things in the bin, never artifacts without an owner.
    @discardableResult
    package func emptyTrash(until time: Int64, blobs: BlobService, in workspace: WorkspaceID) async throws -> TrashCounts {
        let before = try await trash(in: workspace)
        let store = try await blobs.resolve(ArtifactPlace(path: "").datastorePath, in: workspace)
        while true {
            let owners = try await self.store.read { try $0.trashedOwners(until: time, limit: 200, in: workspace) }
            if owners.isEmpty { break }
            for owner in owners {
                try await blobs.deleteFolder(store.container.at(ArtifactPlace(owner: owner).path))
            }
            try await self.store.write { try $0.forget(owners: owners, in: workspace) }
        }
        _ = try await self.store.write { try $0.forgetExperiments(until: time, in: workspace) }
        let after = try await trash(in: workspace)
        return TrashCounts(
            experiments: before.experiments - after.experiments, runs: before.runs - after.runs,
            loggedModels: before.loggedModels - after.loggedModels, bytes: before.bytes - after.bytes)
    }
}
