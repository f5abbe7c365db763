import BlobStore
import ControlPlane
import Foundation
import MetadataStore
import Resources

/// A store in a folder of its own, with one workspace and the services over it; gone when the test is.
final class RunsFixture: Sendable {
    let folder: String
    let store: MetadataStore
    let runs: RunService
    let resources: ResourceService
    let registry: ModelRegistry
    let blobs: BlobService
    let workspace = WorkspaceID.standard
    let owner = Principal.owner(named: "ada")

    init() async throws {
        folder = NSTemporaryDirectory() + "/runs-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try MetadataStore(path: folder + "/metadata.sqlite")
        runs = RunService(store: store)
        resources = ResourceService(
            store: store,
            registry: KindRegistry([TestJob.self, TestModel.self, TestDatastore.self, TestEndpoint.self, TestDeployment.self]),
            feed: ChangeFeed(),
            companions: ["jobs": [RunService.jobCompanion], "models": [ModelRegistry.modelCompanion]])
        blobs = BlobService(metadata: store, store: try BlobStore(folder: folder + "/blobs"))
        registry = ModelRegistry(store: store, resources: resources, blobs: blobs)
        try await resources.createWorkspace(workspace)
        for (name, container) in [("workspaceartifactstore", "azureml"), ("workspaceblobstore", "blobs")] {
            _ = try await resources.put(
                ResourceID(workspace: workspace, kind: "datastores", name: name),
                body: ["properties": ["containerName": .string(container)]], by: owner)
            try await blobs.ensureContainer(BlobContainer(account: BlobContainer.account(of: workspace), name: container))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func run(
        in experiment: String = "0", name: String? = nil, start: Int64? = nil, metrics: [String: Double] = [:],
        parameters: [String: String] = [:],
        tags: [String: String] = [:]
    ) async throws -> String {
        let id = try await runs.createRun(
            in: experiment, userID: "ada", name: name, startTime: start, tags: tags.map { LabelRecord($0.key, $0.value) },
            workspace: workspace
        ).run.id
        try await runs.logBatch(
            metrics: metrics.map { MetricRecord(key: $0.key, value: $0.value, timestamp: 1, step: 0) },
            parameters: parameters.map { LabelRecord($0.key, $0.value) }, ofRun: id, in: workspace)
        return id
    }

    /// Names of the runs that a search finds, in order.
    func search(_ filter: String? = nil, _ order: String..., experiments: [String] = ["0"], limit: Int? = nil) async throws -> [String] {
        try await runs.searchRuns(experiments: experiments, filter: filter, orderBy: order, maxResults: limit, in: workspace).items.map(
            \.run.name)
    }

    func metric(_ key: String, _ value: Double, at timestamp: Int64 = 1, step: Int64 = 0) -> MetricRecord {
        MetricRecord(key: key, value: value, timestamp: timestamp, step: step)
    }
}

enum TestJob: ResourceKind {
    static let noun = "job", path = "jobs", title = "job"
    static let columns: [KindColumn] = []
    static func admit(_ proposal: inout Proposal) throws(Problem) {}
}

enum TestModel: ResourceKind {
    static let noun = "model", path = "models", title = "model", isVersioned = true
    static let columns: [KindColumn] = []
    static func admit(_ proposal: inout Proposal) throws(Problem) {}
}

enum TestDatastore: ResourceKind {
    static let noun = "datastore", path = "datastores", title = "datastore"
    static let columns: [KindColumn] = []
    static func admit(_ proposal: inout Proposal) throws(Problem) {}
}

enum TestEndpoint: ResourceKind {
    static let noun = "online-endpoint", path = "onlineEndpoints", title = "online endpoint"
    static let columns: [KindColumn] = []
    static func admit(_ proposal: inout Proposal) throws(Problem) {}
}

enum TestDeployment: ResourceKind {
    static let noun = "online-deployment", path = "onlineEndpoints/deployments", title = "online deployment"
    static let columns: [KindColumn] = []
    static func admit(_ proposal: inout Proposal) throws(Problem) {}
    static func references(in properties: JSON, workspace: WorkspaceID) -> [ResourceID] {
        [properties["model"]?.stringValue.flatMap { ResourceID(path: $0) }].compactMap { $0 }
    }
}

/// The problem that `body` throws, if it does.
func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem ?? Problem(.internalFault, "\(error)")
    }
}
