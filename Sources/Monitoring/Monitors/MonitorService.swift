package import ControlPlane
package import Foundation
internal import Kinds
package import MetadataStore
package import Resources

/// Starts looks at production: writes the window's requests to a file and puts the job that compares them.
package struct MonitorService: Sendable {
    let resources: ResourceService
    let blobs: BlobService
    let store: MetadataStore
    let now: @Sendable () -> Date
    private let flush: @Sendable () async -> Void

    /// - Parameter flush: waits until the requests that were answered before are in the store.
    package init(
        resources: ResourceService, blobs: BlobService, store: MetadataStore, flush: @escaping @Sendable () async -> Void = {},
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.resources = resources
        self.blobs = blobs
        self.store = store
        self.flush = flush
        self.now = now
    }

    /// Puts the job of a look. The same name twice is one job.
    /// - Throws: `.notFound` for an endpoint, deployment or data asset that is not there.
    @discardableResult
    package func start(_ request: MonitorRequest, jobName: String? = nil, by principal: Principal) async throws -> ResourceID {
        let endpoint = try await resources.get(request.endpoint).id
        let model = try await model(of: request)
        let time = now()
        let job = ResourceID(workspace: endpoint.workspace, kind: "jobs", name: jobName ?? Self.name(endpoint.name, time))
        guard try await resources.find(job) == nil else { return job }
        await flush()
        let from = time.addingTimeInterval(-Double(request.windowSeconds))
        var plan = MonitorJob(request: request, production: "", model: model)
        plan.production = try await export(request, from: from, to: time, as: "production", of: job)
        if request.baseline == nil {
            let start = from.addingTimeInterval(-2 * Double(request.windowSeconds))
            plan.earlier = try await export(request, from: start, to: from, as: "baseline", of: job)
        }
        if let settings = request.settings { plan.settings = try await store(settings.bytes(), "settings.json", of: job) }
        // Before the job: a crash between the two leaves a note without a job, which is cleared away, never a job
        // without the note that makes its drift known.
        try await PendingMonitors(blobs: blobs).add(job, onAlert: request.onAlert)
        _ = try await resources.put(job, body: plan.body, by: principal)
        return job
    }

    /// A native deployment's detector; `nil` where a scoring script answers, or where deployments disagree.
    private func model(of request: MonitorRequest) async throws -> String? {
        let kind = "onlineEndpoints/deployments"
        let deployments: [Resource]
        if let name = request.deployment {
            deployments = [try await resources.get(ResourceID(workspace: request.endpoint.workspace, kind: kind, parent: request.endpoint.name, name: name))]
        } else {
            deployments = try await resources.list(ResourceFilter(kind: kind, parent: request.endpoint.name), in: request.endpoint.workspace).items
        }
        let models = Set(deployments.map { $0.properties["codeConfiguration"]?.objectValue == nil ? $0.properties["model"]?.stringValue : nil })
        // Earlier production was seen by the model already.
        guard request.baseline != nil, models.count == 1, let model = models.first else { return nil }
        return model
    }

    private func export(_ request: MonitorRequest, from: Date, to: Date, as name: String, of job: ResourceID) async throws -> String {
        let records = try await store.read {
            try $0.scoringRecords(
                endpoint: request.endpoint, deployment: request.deployment, from: from, to: to, limit: ProductionExport.limit)
        }
        return try await store(ProductionExport.bytes(records), name + ".jsonl", of: job)
    }

    private func store(_ bytes: [UInt8], _ name: String, of job: ResourceID) async throws -> String {
        let path = "monitoring/\(job.name)/\(name)"
        try await blobs.put(BlobContainer.standard(of: job.workspace).blobs.at(path), bytes: bytes)
        return DatastorePath(datastore: "workspaceblobstore", path: path).shortURI
    }

    private static func name(_ endpoint: String, _ time: Date) -> String {
        "monitor_\(endpoint)_\(time.stamp)_" + String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16)
    }
}

extension Date {
    /// `20260131T235900` in UTC, for names.
    var stamp: String {
        String(formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)).prefix { $0 != "Z" })
    }
}
