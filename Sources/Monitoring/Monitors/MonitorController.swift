package import ControlPlane
package import Foundation
internal import Kinds
internal import MetadataStore
internal import Resources

/// Acts on finished looks: makes the verdict known on the job and its run, and starts the job that a drift asks for, once.
package struct MonitorController: Sendable {
    private let resources: ResourceService
    private let blobs: BlobService
    private let runs: RunService
    private let feed: ChangeFeed
    private let now: @Sendable () -> Date

    package init(resources: ResourceService, blobs: BlobService, runs: RunService, feed: ChangeFeed, now: @escaping @Sendable () -> Date = { Date() }) {
        self.resources = resources
        self.blobs = blobs
        self.runs = runs
        self.feed = feed
        self.now = now
    }

    /// Runs until cancelled.
    package func run() async throws {
        for await _ in await feed.follow(kinds: ["jobs"]) {
            do {
                try await conclude()
            } catch {
                FileHandle.standardError.write(Data("the monitors could not be read: \(error)\n".utf8))
            }
        }
    }

    /// Acts on every look that has ended. All of it can be repeated: a server that dies in the middle does it again and gets
    /// the same jobs.
    package func conclude() async throws {
        let pending = PendingMonitors(blobs: blobs)
        for workspace in try await resources.workspaces() {
            for entry in try await pending.all(in: workspace) {
                guard let job = try await resources.find(entry.job) else {
                    // Its put failed, or the server died before it; give one that is under way its time.
                    if now().timeIntervalSince(entry.since) > 600 { try await pending.remove(entry.job) }
                    continue
                }
                guard let status = job.observed["status"]?.stringValue.flatMap(JobStatus.init(rawValue:)), status.isTerminal else { continue }
                if status == .completed { try await record(job, onAlert: entry.onAlert) }
                try await pending.remove(entry.job)
            }
        }
    }

    private func record(_ job: Resource, onAlert: JSON?) async throws {
        let summary = await summary(of: job)
        var drift = summary.observed
        if summary.verdict == "drift", let onAlert {
            do {
                drift["onAlert"] = ["jobName": .string(try await answer(job, onAlert))]
            } catch let problem as Problem {
                drift["onAlert"] = ["error": .string(problem.description)]
            }
        }
        try await resources.report(["drift": drift], of: job.id)
        // The end of the job is the time of its numbers, so that logging them twice changes nothing.
        let end = job.observed["endTimeUtc"]?.stringValue.flatMap { try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
        let time = (end ?? job.systemData.lastModifiedAt).milliseconds
        let metrics = summary.values.prefix(900).map { MetricRecord(key: $0.key, value: $0.value, timestamp: time, step: 0) }
        do {
            try await runs.logBatch(
                metrics: Array(metrics), tags: [LabelRecord("drift.verdict", summary.verdict)], ofRun: job.id.name, in: job.id.workspace)
        } catch let problem as Problem {
            // The verdict is on the job; a run that somebody deleted meanwhile takes no numbers.
            FileHandle.standardError.write(Data("the metrics of \(job.id.name) were not logged: \(problem)\n".utf8))
        }
    }

    private func summary(of job: Resource) async -> DriftSummary {
        do {
            guard let uri = job.observed.value(at: "outputs", "report", "uri")?.stringValue else {
                return DriftSummary(fault: "the job has no output 'report'")
            }
            let place = try await AssetLocator(resources: resources, blobs: blobs).locate(uri, in: job.id.workspace)
            return DriftSummary(report: try JSON(parsing: await blobs.bytes(of: place.appending("report.json"))))
        } catch {
            return DriftSummary(fault: "\(error)")
        }
    }

    /// Puts the job that answers a drift. Its name follows from the look's, so that there is one, however often this runs.
    private func answer(_ job: Resource, _ body: JSON) async throws -> String {
        let id = ResourceID(workspace: job.id.workspace, kind: "jobs", name: "\(job.id.name)_retrain")
        guard try await resources.find(id) == nil else { return id.name }
        let body = body.merging(["properties": ["properties": ["martlet.monitorJob": .string(job.id.name)]]])
        return try await resources.put(id, body: body, by: .owner(named: job.systemData.createdBy)).resource.id.name
    }
}
