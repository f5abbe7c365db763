package import ControlPlane
package import Environments
package import MetadataStore
package import Resources

/// What the serving engine is built from.
package struct ServingServices: Sendable {
    package let resources: ResourceService
    package let blobs: BlobService
    package let access: Access
    package let feed: ChangeFeed
    package let store: MetadataStore
    package let launcher: any WorkerLauncher
    package let environments: EnvironmentBuilder
    package let folder: DataFolder
    package let serverURL: String
    package let home: WorkspaceID
    /// The server's own variables; workers see the harmless part.
    package let machine: [String: String]
    /// Holds the link to `martlet-worker`.
    package let toolFolder: String

    package init(
        resources: ResourceService, blobs: BlobService, access: Access, feed: ChangeFeed, store: MetadataStore,
        launcher: any WorkerLauncher,
        environments: EnvironmentBuilder, folder: DataFolder, serverURL: String, home: WorkspaceID, machine: [String: String],
        toolFolder: String
    ) {
        self.resources = resources
        self.blobs = blobs
        self.access = access
        self.feed = feed
        self.store = store
        self.launcher = launcher
        self.environments = environments
        self.folder = folder
        self.serverURL = serverURL
        self.home = home
        self.machine = machine
        self.toolFolder = toolFolder
    }

    package var worker: String { toolFolder + "/martlet-worker" }
    var locator: AssetLocator { AssetLocator(resources: resources, blobs: blobs) }
    func address(of endpoint: ResourceID) -> EndpointAddress { EndpointAddress(endpoint, home: home) }
}

extension ResourceID {
    /// The endpoint of a deployment.
    var endpoint: ResourceID { ResourceID(workspace: workspace, kind: "onlineEndpoints", name: parent ?? "") }
}
