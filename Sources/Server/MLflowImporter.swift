internal import BlobStore
internal import ControlPlane
internal import Foundation
internal import Kinds
internal import MetadataStore
package import Resources

/// Takes the data of a stock MLflow server into a data folder of ours, which no server may have open meanwhile.
package struct MLflowImporter: Sendable {
    private let folder: DataFolder
    private let workspace: WorkspaceID

    /// `dataFolder` is an absolute path; made when it is missing.
    package init(dataFolder: String, workspace: WorkspaceID = .standard) {
        folder = DataFolder(path: dataFolder)
        self.workspace = workspace
    }

    /// - Parameters:
    ///   - file: path of the other server's SQLite file.
    ///   - artifacts: the folder it kept artifacts in.
    ///   - say: told what happens, a line each.
    package func run(file: String, artifacts: String?, say: @escaping @Sendable (String) -> Void) async throws {
        let source = try StockMLflowFile(path: file)
        try folder.create()
        let lock = try DataFolderLock(folder)
        defer { withExtendedLifetime(lock) {} }
        let store = try MetadataStore(path: folder.metadata)
        let resources = ResourceService(
            store: store, registry: AllKinds.registry, feed: ChangeFeed(),
            companions: ["jobs": [RunService.jobCompanion], "models": [ModelRegistry.modelCompanion]])
        let blobs = BlobService(metadata: store, store: try BlobStore(folder: folder.blobs))
        try await Furnishing(resources: resources, blobs: blobs, authority: "127.0.0.1").furnish(workspace)
        let counts = try source.counts()
        say("found \(counts.experiments) experiments, \(counts.runs) runs, \(counts.metrics) points, \(counts.modelVersions) model versions")
        let summary = try await MLflowImport(
            source: source, artifacts: artifacts, store: store, registry: ModelRegistry(store: store, resources: resources, blobs: blobs),
            blobs: blobs, workspace: workspace
        ).run(progress: say)
        try await store.checkpoint()
        for omission in summary.omissions { say("left out: \(omission)") }
        say(
            "took over \(summary.runs) runs with \(summary.metrics) points (\(summary.knownRuns) runs were here), \(summary.loggedModels) logged models, "
                + "\(summary.registeredModels) registered models with \(summary.modelVersions) versions, \(summary.files) files of \(summary.bytes) bytes")
        guard summary.runs + summary.knownRuns == counts.runs else {
            throw Problem(.internalFault, "of \(counts.runs) runs \(summary.runs + summary.knownRuns) are here; run the import again")
        }
    }
}
