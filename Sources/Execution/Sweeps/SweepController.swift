internal import ControlPlane
internal import Foundation
internal import Kinds
internal import MetadataStore
package import Resources

/// Makes sweeps true: puts an ordinary job for each trial, stops the bad ones early, and ends the sweep with the best.
package struct SweepController: Sendable {
    /// The values of a metric that a job logged, in order.
    package typealias Metrics = @Sendable (ResourceID, String) async throws -> [Double]

    private let services: JobServices
    private let metrics: Metrics

    package init(services: JobServices, metrics: @escaping Metrics) {
        self.services = services
        self.metrics = metrics
    }

    /// Runs until cancelled.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await watchClock() }
            for await _ in await services.feed.follow(kinds: ["jobs"]) {
                do {
                    for sweep in try await open() { await advance(sweep) }
                } catch {
                    FileHandle.standardError.write(Data("the sweeps could not be read: \(error)\n".utf8))
                }
            }
        }
    }

    /// Metrics and time limits announce nothing: while sweeps are open that depend on them, they are looked at again.
    private func watchClock() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(5))
            let needsLook = (try? await open())?.contains { sweep in
                sweep.properties["earlyTermination"].map { !$0.isNull } ?? false || sweep.properties.value(at: "limits", "timeout") != nil
            }
            if needsLook == true { await services.feed.announce(kind: "jobs") }
        }
    }

    private func open() async throws -> [Resource] {
        try await services.resources.all(.init(kind: "jobs", statuses: JobStatus.allCases.filter { !$0.isTerminal }.map(\.rawValue)))
            .filter { $0.properties["jobType"]?.stringValue == JobProperties.Kind.sweep.rawValue }
    }

    private func advance(_ sweep: Resource) async {
        do {
            try await step(sweep)
        } catch is CancellationError {
            // The server is stopping; the next one goes on.
        } catch {
            _ = try? await services.move(sweep.id, to: .failed, error: error as? Problem ?? Problem(.internalFault, "\(error)"))
        }
    }

    private func step(_ sweep: Resource) async throws {
        let job: SweepJob = try sweep.properties.decoded()
        let space = try SearchSpace(job.searchSpace)
        let algorithm = job.samplingAlgorithm?.samplingAlgorithmType.lowercased() ?? "random"
        let log = JobLog(path: services.folder.jobLog(sweep.id, "logs/azureml/executionlogs.txt"))
        var total = job.limits?.maxTotalTrials ?? 1000
        if algorithm == "grid" {
            guard let combinations = space.combinations else {
                throw Problem(.invalidInput, "grid sampling needs parameters of type choice or randint; use random for the others", target: "samplingAlgorithm")
            }
            total = min(total, combinations)
        }
        if [.notStarted, .queued].contains(sweep.jobStatus), try await services.move(sweep.id, to: .running) {
            log.line("a sweep of \(total) trials over \(job.searchSpace.keys.sorted().joined(separator: ", "))")
            if algorithm == "bayesian" { log.line("bayesian sampling is not offered by Martlet; values are drawn at random instead") }
        }
        let policy = EarlyTermination(job.earlyTermination)
        let jobs = try await trials(of: sweep, total: total)
        var seen: [SweepPlan.Trial] = []
        let isOver = jobs.allSatisfy { $0.jobStatus.isTerminal }
        for (number, trial) in jobs.enumerated() {
            // Without a policy the values matter only at the end.
            let values = policy != nil || isOver ? try await metrics(trial.id, job.objective.primaryMetric) : []
            seen.append(SweepPlan.Trial(number: number, status: trial.jobStatus, metrics: values))
        }
        let plan = SweepPlan.decide(
            trials: seen, total: total, concurrent: job.limits?.maxConcurrentTrials ?? total, isMaximized: job.isMaximized, policy: policy,
            cancelRequested: sweep.jobStatus == .cancelRequested, isLate: isLate(sweep, job))
        for number in plan.cancel {
            log.line("trial \(number) is stopped")
            try await services.move(SweepTrial.jobID(of: number, in: sweep.id), to: .cancelRequested)
        }
        for number in plan.start {
            // Without a seed of its own a sweep draws by its name.
            let seed = job.samplingAlgorithm?.seed.map { UInt64(bitPattern: Int64($0)) } ?? SearchSpace.seed(of: sweep.id.name)
            let values = algorithm == "grid" ? space.gridPoint(number) ?? [:] : space.randomPoint(number, seed: seed)
            let trial = SweepTrial(sweep: sweep, job: job, number: number, values: values)
            log.line("trial \(number) starts: \(values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))")
            _ = try await services.resources.put(
                SweepTrial.jobID(of: number, in: sweep.id), body: trial.body(), by: .owner(named: sweep.systemData.createdBy))
        }
        if let end = plan.end { try await finish(sweep, job, jobs, plan.best, end, log) }
    }

    private func trials(of sweep: Resource, total: Int) async throws -> [Resource] {
        var jobs: [Resource] = []
        while jobs.count < total, let job = try await services.resources.find(SweepTrial.jobID(of: jobs.count, in: sweep.id)) { jobs.append(job) }
        return jobs
    }

    private func isLate(_ sweep: Resource, _ job: SweepJob) -> Bool {
        guard let limit = job.limits?.timeout.flatMap(ISODuration.seconds),
            let start = sweep.observed["startTimeUtc"]?.stringValue.flatMap({
                try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            })
        else { return false }
        return Date().timeIntervalSince(start) > Double(limit)
    }

    private func finish(
        _ sweep: Resource, _ job: SweepJob, _ jobs: [Resource], _ best: (number: Int, value: Double)?, _ end: JobStatus, _ log: JobLog
    ) async throws {
        var observed: JSON = [:]
        if let best, jobs.indices.contains(best.number) {
            let winner = jobs[best.number]
            log.line("the best is trial \(best.number): \(job.objective.primaryMetric) = \(best.value)")
            observed["properties"] = ["best_child_run_id": .string(winner.id.name), "score": .string("\(best.value)")]
            observed["outputs"] = winner.observed["outputs"]
        }
        var (end, problem) = (end, Problem?.none)
        let hasOutputs = sweep.properties["outputs"]?.objectValue?.isEmpty == false
        if end == .completed, best == nil, hasOutputs {
            end = .failed
            problem = Problem(
                .userCodeFailed,
                "no trial logged the metric '\(job.objective.primaryMetric)', so there is no best one whose outputs the sweep could hand on; "
                    + "log it with mlflow.log_metric")
        } else if end == .failed {
            let reason = jobs.compactMap { $0.observed.value(at: "error", "message")?.stringValue }.first
            problem = Problem(.userCodeFailed, "no trial completed" + (reason.map { "; the first failure: \($0)" } ?? ""))
        } else if end == .completed, best == nil {
            log.line("no trial logged the metric '\(job.objective.primaryMetric)': there is no best one")
        }
        if end == .completed { try await register(sweep, observed["outputs"]) }
        if sweep.jobStatus != .cancelRequested { try await services.move(sweep.id, to: .finalizing) }
        try await services.move(sweep.id, to: end, error: problem, also: observed)
    }

    /// The outputs of the best trial become the assets that the sweep names.
    private func register(_ sweep: Resource, _ outputs: JSON?) async throws {
        let common: JobProperties = try sweep.properties.decoded()
        let collector = OutputCollector(services: services, job: sweep.id, folder: services.folder.job(sweep.id))
        for (name, output) in (common.outputs ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let asset = output.assetName, let uri = outputs?.value(at: name, "uri")?.stringValue else { continue }
            try await collector.register(asset, output.assetVersion, output.type, uri)
        }
    }
}
