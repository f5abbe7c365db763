internal import ControlPlane
internal import Foundation
internal import Kinds
internal import MetadataStore
internal import ProcessHost
internal import Resources

/// Makes command jobs true: starts what fits on its compute, finds running ones again after a restart, stops what is to
/// be cancelled.
package struct JobController: Sendable {
    private let services: JobServices
    private let supervisor = JobSupervisor()

    package init(services: JobServices) { self.services = services }

    /// Runs until cancelled.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            for await _ in await services.feed.follow(kinds: ["jobs", "computes"]) {
                do {
                    for job in try await due() {
                        guard let cancellation = await supervisor.begin(job.id) else { continue }
                        group.addTask {
                            await JobRunner(services: services, job: job, cancellation: cancellation).run()
                            await supervisor.end(job.id)
                            // A slot is free now.
                            await services.feed.announce(kind: "jobs")
                        }
                    }
                } catch {
                    // The store is busy or failing; the next change, or the next start, looks again.
                    FileHandle.standardError.write(Data("the queue could not be read: \(error)\n".utf8))
                }
            }
        }
    }

    /// The jobs to start or to take up again now. Those that cannot run at all are failed on the way.
    private func due() async throws -> [Resource] {
        let open = JobStatus.allCases.filter { !$0.isTerminal }.map(\.rawValue)
        let jobs = try await services.resources.all(.init(kind: "jobs", statuses: open))
            .filter { $0.properties["jobType"]?.stringValue == JobProperties.Kind.command.rawValue }
        var resumed: [Resource] = []
        var waiting: [Placement.Entry] = []
        var running: [Placement.Entry] = []
        var byPath: [String: Resource] = [:]
        for job in jobs {
            let entry = Placement.Entry(job: job.id.path, compute: computeKey(job), nodes: nodes(job))
            byPath[entry.job] = job
            let isRunning = await supervisor.isRunning(job.id)
            if job.jobStatus == .cancelRequested {
                if isRunning { await supervisor.cancel(job.id) } else { try await cancelIdle(job, &resumed) }
            }
            if isRunning {
                running.append(entry)
            } else if [.notStarted, .queued].contains(job.jobStatus) {
                waiting.append(entry)
            } else if job.jobStatus != .cancelRequested {
                running.append(entry)
                resumed.append(job)
            }
        }
        let decision = Placement.decide(waiting: waiting, running: running, budgets: try await budgets())
        for path in decision.impossible {
            guard let job = byPath[path] else { continue }
            try await services.move(
                job.id, to: .failed,
                error: Problem(
                    .invalidInput, "the job asks for \(nodes(job)) nodes, more than its compute ever has; lower resources.instance_count or raise max_instances"
                ))
        }
        return resumed + decision.start.compactMap { byPath[$0] }
    }

    /// A job that nobody runs any more: never started, or of a server that died while stopping it.
    private func cancelIdle(_ job: Resource, _ resumed: inout [Resource]) async throws {
        let process = services.folder.job(job.id) + "/process"
        if services.host.wasStarted(in: process), services.host.end(in: process) == nil {
            services.host.stop(in: process)
            resumed.append(job)
        } else {
            try await services.move(job.id, to: .canceled)
        }
    }

    private func computeKey(_ job: Resource) -> String {
        let text = job.properties["computeId"]?.stringValue ?? "local"
        guard let id = ResourceID(path: text) else { return text.lowercased() }
        // These two exist without a resource.
        return ["local", "serverless"].contains(id.name.lowercased()) ? id.name.lowercased() : id.path.lowercased()
    }

    private func nodes(_ job: Resource) -> Int {
        Int(clamping: max(1, job.properties.value(at: "resources", "instanceCount")?.integerValue ?? 1))
    }

    /// `local` and serverless jobs share the machine: as many at once as it has cores, at least two.
    private func budgets() async throws -> [String: Int] {
        let cores = max(2, ProcessInfo.processInfo.activeProcessorCount)
        var budgets = ["local": cores, "serverless": cores]
        for compute in try await services.resources.all(.init(kind: "computes")) {
            let properties = try? compute.properties.decoded(as: ComputeProperties.self)
            let isStopped = compute.observed.value(at: "properties", "state")?.stringValue == "Stopped"
            budgets[compute.id.path.lowercased()] = isStopped ? 0 : properties?.nodeBudget ?? 1
        }
        return budgets
    }
}

/// The jobs this process runs, and the bell that stops each.
actor JobSupervisor {
    private var running: [ResourceID: AsyncStream<Void>.Continuation] = [:]

    /// Takes a job; `nil` when it is already taken.
    func begin(_ id: ResourceID) -> AsyncStream<Void>? {
        guard running[id] == nil else { return nil }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        running[id] = continuation
        return stream
    }

    func isRunning(_ id: ResourceID) -> Bool { running[id] != nil }
    func cancel(_ id: ResourceID) { running[id]?.yield() }

    func end(_ id: ResourceID) {
        running[id]?.finish()
        running[id] = nil
    }
}
