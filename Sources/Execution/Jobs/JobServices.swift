package import ControlPlane
package import Environments
internal import Foundation
package import Kinds
package import MetadataStore
package import ProcessHost
package import Resources

/// What the execution engine is built from.
package struct JobServices: Sendable {
    /// Called in the transaction that stores a new state: keeps the job's run in step.
    package typealias RunCompanion = @Sendable (MetadataTransaction, Resource) throws -> Void

    package let resources: ResourceService
    package let blobs: BlobService
    package let access: Access
    package let feed: ChangeFeed
    package let host: ProcessHost
    package let environments: EnvironmentBuilder
    package let folder: DataFolder
    package let serverURL: String
    package let home: WorkspaceID
    /// The server's own variables; jobs see the harmless part.
    package let machine: [String: String]
    /// Holds links to `martlet`, `martlet-worker` and `az`.
    package let toolFolder: String
    package let revoke: @Sendable (String) async throws -> Void
    package let runCompanion: RunCompanion
    /// The MLflow experiment of a job: name and id.
    package let experiment: @Sendable (ResourceID) async throws -> (name: String, id: String)

    package init(
        resources: ResourceService, blobs: BlobService, access: Access, feed: ChangeFeed, host: ProcessHost, environments: EnvironmentBuilder,
        folder: DataFolder, serverURL: String, home: WorkspaceID, machine: [String: String], toolFolder: String,
        revoke: @escaping @Sendable (String) async throws -> Void, runCompanion: @escaping RunCompanion,
        experiment: @escaping @Sendable (ResourceID) async throws -> (name: String, id: String)
    ) {
        self.resources = resources
        self.blobs = blobs
        self.access = access
        self.feed = feed
        self.host = host
        self.environments = environments
        self.folder = folder
        self.serverURL = serverURL
        self.home = home
        self.machine = machine
        self.toolFolder = toolFolder
        self.revoke = revoke
        self.runCompanion = runCompanion
        self.experiment = experiment
    }

    package var locator: AssetLocator { AssetLocator(resources: resources, blobs: blobs) }

    /// Moves a job to `status` if its state machine allows that now; the run moves in the same transaction.
    /// - Returns: whether it moved.
    @discardableResult
    package func move(_ id: ResourceID, to status: JobStatus, error: Problem? = nil, also extra: JSON = [:]) async throws -> Bool {
        var observed = extra
        observed["status"] = .string(status.rawValue)
        let now = Date().iso8601
        if status == .running { observed["startTimeUtc"] = .string(now) }
        if status.isTerminal { observed["endTimeUtc"] = .string(now) }
        if let error { observed["error"] = ["code": "UserError", "message": .string(error.description)] }
        let companion = runCompanion
        let moved = try await resources.report(
            observed, of: id,
            when: { resource in
                let current = resource.observed["status"]?.stringValue.flatMap(JobStatus.init(rawValue:)) ?? .notStarted
                return current == status || current.canMove(to: status)
            }, companion: companion)
        if moved != nil, status.isTerminal { try await revoke(id.name) }
        return moved != nil
    }
}

extension Resource {
    /// The state of a job resource.
    package var jobStatus: JobStatus { observed["status"]?.stringValue.flatMap(JobStatus.init(rawValue:)) ?? .notStarted }
}
