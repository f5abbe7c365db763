import BlobStore
import ControlPlane
import Foundation
import Kinds
import MetadataStore
import Monitoring
import Resources
import Synchronization

/// A workspace with an endpoint, a deployment and images in a folder of its own, and a clock that stands until it is set.
final class MonitoringHouse: Sendable {
    let folder = FileManager.default.temporaryDirectory.appending(path: "monitoring-\(UUID())").path
    let store: MetadataStore
    let blobs: BlobService
    let resources: ResourceService
    let runs: RunService
    let feed = ChangeFeed()
    let monitors: MonitorService
    let controller: MonitorController
    let schedules: ScheduleController
    let endpoint = ResourceID(workspace: .standard, kind: "onlineEndpoints", name: "shop")
    let owner = Principal.owner(named: "test")
    private let clock: Clock

    final class Clock: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_767_225_600))
        var now: Date { time.withLock { $0 } }
        func set(_ date: Date) { time.withLock { $0 = date } }
    }

    init() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let clock = Clock()
        self.clock = clock
        let now: @Sendable () -> Date = { clock.now }
        store = try MetadataStore(path: folder + "/metadata.sqlite")
        blobs = BlobService(metadata: store, store: try BlobStore(folder: folder + "/blobs"))
        runs = RunService(store: store)
        resources = ResourceService(
            store: store, registry: AllKinds.registry, feed: feed, companions: ["jobs": [RunService.jobCompanion]], now: now)
        monitors = MonitorService(resources: resources, blobs: blobs, store: store, now: now)
        controller = MonitorController(resources: resources, blobs: blobs, runs: runs, feed: feed, now: now)
        schedules = ScheduleController(resources: resources, monitors: monitors, feed: feed, now: now)
        try await resources.createWorkspace(.standard)
        let container = BlobContainer.standard(of: .standard).blobs
        try await blobs.ensureContainer(container)
        try await put("datastores", "workspaceblobstore", ["datastoreType": "AzureBlob", "containerName": .string(container.name), "isDefault": true])
        try await put("data", "photos", version: "1", ["dataType": "uri_folder", "dataUri": "azureml://datastores/workspaceblobstore/paths/photos/"])
        try await put("models", "detector", version: "1", ["modelType": "custom_model", "modelUri": "azureml://datastores/workspaceblobstore/paths/model/"])
        try await put("onlineEndpoints", "shop", ["authMode": "Key"])
        _ = try await resources.put(
            deployment("blue"),
            body: ["properties": ["endpointComputeType": "Managed", "model": "azureml:detector:1"], "sku": ["name": "Default", "capacity": 1]],
            by: owner)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var now: Date { clock.now }
    func set(_ text: String) throws { clock.set(try Date(text, strategy: .iso8601)) }
    func advance(_ seconds: Double) { clock.set(clock.now.addingTimeInterval(seconds)) }

    func deployment(_ name: String) -> ResourceID {
        ResourceID(workspace: .standard, kind: "onlineEndpoints/deployments", parent: "shop", name: name)
    }

    func job(_ name: String) -> ResourceID { ResourceID(workspace: .standard, kind: "jobs", name: name) }

    @discardableResult
    func put(_ kind: String, _ name: String, version: String? = nil, _ properties: JSON) async throws -> Resource {
        let id = ResourceID(workspace: .standard, kind: kind, name: name, version: version)
        return try await resources.put(id, body: ["location": "local", "properties": properties], by: owner).resource
    }

    func record(_ count: Int, secondsAgo: Double, deployment name: String = "blue") async throws {
        let records = (0..<count).map { index in
            ScoringRecord(
                deployment: deployment(name), model: "detector:1", requestID: "\(name)-\(secondsAgo)-\(index)", at: now.addingTimeInterval(-secondsAgo),
                status: 200,
                milliseconds: 4, facts: ["brightness": 0.5], detections: [["category": "can", "score": 0.9, "box": [0.1, 0.1, 0.5, 0.5]]])
        }
        try await store.write { try $0.insert(records) }
    }

    /// The lines of a text blob of the default datastore.
    func lines(_ uri: String?) async throws -> [JSON] {
        let place = try await AssetLocator(resources: resources, blobs: blobs).locate(uri ?? "", in: .standard)
        return try await String(decoding: blobs.bytes(of: place), as: UTF8.self).split(separator: "\n").map { try JSON(parsing: String($0)) }
    }

    /// Plays the engine: the job ends, leaving a report.
    func end(_ id: ResourceID, status: String = "Completed", report: JSON?) async throws {
        let path = "azureml/\(id.name)/report/"
        if let report { try await blobs.put(BlobContainer.standard(of: .standard).blobs.at(path + "report.json"), bytes: report.bytes()) }
        try await resources.report(
            [
                "status": .string(status), "endTimeUtc": .string(now.iso8601),
                "outputs": ["report": ["uri": .string("azureml://datastores/workspaceblobstore/paths/" + path)]],
            ], of: id)
    }

    func jobNames() async throws -> [String] {
        try await resources.all(ResourceFilter(kind: "jobs", archived: .all)).map(\.id.name)
    }
}
