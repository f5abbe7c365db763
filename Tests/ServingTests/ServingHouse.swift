import BlobStore
import ControlPlane
import Environments
import Foundation
import Kinds
import MetadataStore
import NIOCore
import Resources
import Serving

/// A data folder with a control plane and the serving engine over it, as the server builds them.
struct ServingHouse: Sendable {
    let folder: DataFolder
    let store: MetadataStore
    let resources: ResourceService
    let blobs: BlobService
    let services: ServingServices
    let launcher = TestLauncher()
    let controller: OnlineDeploymentController
    let actions: ActionRegistry
    let owner = Principal.owner(named: "test")
    let endpoint = ResourceID(workspace: .standard, kind: "onlineEndpoints", name: "shop")

    /// Opens the data folder, which may be that of an earlier house.
    init(path: String) async throws {
        folder = DataFolder(path: path)
        try folder.create()
        store = try MetadataStore(path: folder.metadata)
        let feed = ChangeFeed()
        resources = ResourceService(store: store, registry: AllKinds.registry, feed: feed)
        blobs = BlobService(metadata: store, store: try BlobStore(folder: folder.blobs))
        let access = try await Access(store: store, baseURL: "https://127.0.0.1:8443")
        services = ServingServices(
            resources: resources, blobs: blobs, access: access, feed: feed, store: store, launcher: launcher,
            environments: EnvironmentBuilder(root: folder.environments, processEnvironment: [:]), folder: folder,
            serverURL: "https://127.0.0.1:8443", home: .standard, machine: ProcessInfo.processInfo.environment, toolFolder: path + "/bin")
        controller = try OnlineDeploymentController(services: services)
        var actions = ActionRegistry()
        ServingActions.register(in: &actions, services: services, scoring: controller.scoring, rollouts: controller.rollouts)
        self.actions = actions
        try await resources.createWorkspace(.standard)
        let container = BlobContainer.standard(of: .standard).blobs
        try await blobs.ensureContainer(container)
        _ = try await resources.put(
            ResourceID(workspace: .standard, kind: "datastores", name: "workspaceblobstore"),
            body: [
                "properties": [
                    "datastoreType": "AzureBlob", "accountName": .string(container.account), "containerName": .string(container.name),
                    "credentials": ["credentialsType": "AccountKey"],
                ]
            ], by: owner)
    }

    /// Runs `body` while the engine runs, in a folder that is gone afterwards.
    static func with(_ body: @escaping @Sendable (ServingHouse) async throws -> Void) async throws {
        let path = "/tmp/martlet-serving-\(String(UInt32.random(in: 0 ..< .max), radix: 36))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await ServingHouse(path: path).run(body)
    }

    /// Runs `body` while the engine runs; then stops the engine and kills its workers, as the end of the server does.
    func run(_ body: @escaping @Sendable (ServingHouse) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await controller.run()
                return false
            }
            group.addTask {
                try await body(self)
                return true
            }
            while let isBody = try await group.next(), !isBody {}
            group.cancelAll()
        }
        launcher.killAll(beneath: folder.path)
    }

    func putEndpoint(traffic: JSON = [:]) async throws {
        _ = try await resources.put(endpoint, body: ["properties": ["authMode": "Key", "traffic": traffic]], by: owner)
    }

    func deployment(_ name: String) -> ResourceID {
        ResourceID(workspace: .standard, kind: "onlineEndpoints/deployments", parent: "shop", name: name)
    }

    /// Puts the script as code and a deployment of it.
    func putDeployment(
        _ name: String, script: String, version: String = "1", model: String? = nil, more: JSON = [:], capacity: Int64 = 1
    ) async throws {
        let container = BlobContainer.standard(of: .standard).blobs
        try await blobs.put(container.at("code/\(name)/\(version)/score.py"), bytes: Array(script.utf8))
        let code = ResourceID(workspace: .standard, kind: "codes", name: "code-\(name)", version: version)
        let uri = DatastorePath(datastore: "workspaceblobstore", path: "code/\(name)/\(version)").shortURI
        _ = try await resources.put(code, body: ["properties": ["codeUri": .string(uri)]], by: owner)
        var properties: JSON = ["codeConfiguration": ["codeId": .string(code.path), "scoringScript": "score.py"]]
        if let model { properties["model"] = .string(model) }
        _ = try await resources.put(
            deployment(name), body: ["sku": ["capacity": .integer(capacity)], "properties": properties.merging(more)], by: owner)
    }

    /// The deployment once it is settled.
    func settled(_ name: String, as revision: Int64? = nil) async throws -> (state: String, error: String) {
        for _ in 0..<1500 {
            let resource = try await resources.get(deployment(name))
            let state = resource.observed["provisioningState"]?.stringValue ?? ""
            if ["Succeeded", "Failed"].contains(state) { return (state, resource.observed["provisioningError"]?.stringValue ?? "") }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Problem(.timeout, "the deployment '\(name)' did not settle")
    }

    func score(_ body: String, deployment: String? = nil) async throws -> String {
        let call = ScoringCall(
            requestID: UUID().uuidString, method: "POST", path: "/score", headers: [("content-type", "application/json")],
            body: ByteBuffer(string: body), deployment: deployment)
        return String(buffer: try await controller.scoring.score(call, at: EndpointAddress(endpoint, home: .standard)).reply.body)
    }

    func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Problem(.timeout, "it did not come to pass that \(what)")
    }
}
