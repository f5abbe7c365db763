internal import ControlPlane
internal import Environments
internal import Foundation
internal import Kinds
internal import ProcessHost
internal import Resources

/// One command job from its place in the queue to its end. Every step can be repeated: after a crash the same job is
/// given to a new runner, which finds out how far the old one came.
struct JobRunner {
    let services: JobServices
    let job: Resource
    /// Yields when the job is to be stopped.
    let cancellation: AsyncStream<Void>

    private var id: ResourceID { job.id }
    private var folder: String { services.folder.job(id) }
    private var processFolder: String { folder + "/process" }
    private var log: JobLog { JobLog(path: services.folder.jobLog(id, "system_logs/prepare.log")) }

    /// Runs the job to a terminal state. Errors become the job's error.
    func run() async {
        let outcome = await withTaskGroup(of: Result<ProcessEnd, any Error>?.self) { group in
            group.addTask {
                do { return .success(try await prepareAndRun()) } catch { return .failure(error) }
            }
            group.addTask {
                for await _ in cancellation { return nil }
                // No bell rang: the server itself is stopping, and the job goes on without it.
                return .failure(CancellationError())
            }
            let first = await group.next() ?? nil
            if let first {
                group.cancelAll()
                return first
            }
            // Asked to stop: the supervisor ends the processes and the first task sees their end; what was still being
            // prepared is cancelled.
            services.host.stop(in: processFolder)
            if !services.host.wasStarted(in: processFolder) { group.cancelAll() }
            var outcome = Result<ProcessEnd, any Error>.success(ProcessEnd(reason: .stopped))
            for await result in group { if let result { outcome = result } }
            // A start may have slipped in between the look and the cancellation: its processes must not outlive the job.
            if services.host.wasStarted(in: processFolder), services.host.end(in: processFolder) == nil {
                services.host.stop(in: processFolder)
                if let end = try? await services.host.waitForEnd(in: processFolder) { outcome = .success(end) }
            }
            return outcome
        }
        await finish(outcome)
    }

    private func prepareAndRun() async throws -> ProcessEnd {
        if services.host.wasStarted(in: processFolder) {
            log.line("the server was restarted; watching the running command again")
        } else {
            try await start()
        }
        try await services.move(id, to: .running)
        return try await services.host.waitForEnd(in: processFolder)
    }

    private func start() async throws {
        try await services.move(id, to: .preparing)
        let properties: JobProperties = try job.properties.decoded()
        let command: CommandJob = try job.properties.decoded()
        let log = log
        let materializer = Materializer(services: services, job: id, folder: folder)
        let working = try await materializer.code(command.codeId)
        let bindings = try await materializer.bindings(properties) { log.line($0) }
        let searchPath = try await activate(command.environmentId)
        try Task.checkCancellation()
        try await services.move(id, to: .starting)
        let spec = try await spec(command, bindings, searchPath: searchPath, working: working)
        for replica in spec.replicas {
            try FileManager.default.createDirectory(atPath: (replica.logFile as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        }
        try services.host.start(spec, in: processFolder)
    }

    /// The environment's folders for `PATH`.
    private func activate(_ environmentID: String?) async throws -> [String] {
        guard let environmentID, let id = ResourceID(path: environmentID) else { return [services.toolFolder] }
        let environment = try await services.resources.get(id)
        let recipe = try EnvironmentRecipe(environment.properties.decoded(as: EnvironmentProperties.self))
        let log = log
        guard recipe.needsEnvironment else {
            for note in recipe.notes { log.line(note.text) }
            return [services.toolFolder]
        }
        let venv = try await services.environments.folder(for: recipe) { log.line($0) }
        return [venv + "/bin", services.toolFolder]
    }

    private func spec(_ command: CommandJob, _ bindings: Materializer.Bindings, searchPath: [String], working: String) async throws -> ProcessSpec {
        let text = try CommandTemplate.render(
            command.command, inputs: bindings.inputs, outputs: bindings.outputPaths, optionalInputs: bindings.optional)
        let owner = Principal(name: job.systemData.createdBy, role: .job, runID: id.name)
        let (token, expires) = try await services.access.issueToken(for: owner, resource: services.serverURL, lifetime: 30 * 24 * 3600)
        let experiment = try await services.experiment(id)
        let environment = JobEnvironment(
            job: id, experimentName: experiment.name, experimentID: experiment.id,
            rootRunID: job.properties.value(at: "properties", "azureml.pipelinerunid")?.stringValue ?? id.name, serverURL: services.serverURL,
            certificateAuthority: services.folder.certificateBundle,
            trackingURI: id.workspace == services.home ? services.serverURL : "\(services.serverURL)/mlflow/v2.0\(id.workspace.path)",
            token: token, tokenExpires: expires, identityHeader: services.access.identityHeader(forRun: id.name), searchPath: searchPath,
            workingDirectory: working, logFolder: folder + "/logs")
        let variables = environment.variables(
            own: command.environmentVariables ?? [:], literals: bindings.literals, inputPaths: bindings.inputPaths,
            outputPaths: bindings.outputPaths, machine: services.machine)
        let ranks = JobEnvironment.ranks(command.distribution, nodes: command.resources?.instanceCount ?? 1, port: Int.random(in: 20000...45000))
        let logs = ranks.indices.map { rank in
            services.folder.jobLog(id, ranks.count == 1 ? "user_logs/std_log.txt" : "user_logs/std_log_process_\(rank).txt")
        }
        return ProcessSpec(
            command: ["/bin/bash", "-c", text], workingDirectory: working, environment: variables,
            replicas: zip(ranks, logs).map { ProcessSpec.Replica(environment: $0, logFile: $1) },
            timeoutSeconds: command.limits?.timeoutSeconds.map(Double.init))
    }

    /// Collects what is there and writes down the end, however it came.
    private func finish(_ outcome: Result<ProcessEnd, any Error>) async {
        do {
            var succeeded = false
            var problem: Problem?
            var final = JobStatus.failed
            switch outcome {
            case .success(let end):
                succeeded = end.isSuccess
                final = succeeded ? .completed : end.reason == .stopped ? .canceled : .failed
                if final == .failed { problem = explain(end) }
            case .failure(is CancellationError):
                // The server is stopping: the job stays as it is and is found again.
                if try await services.resources.get(id).jobStatus != .cancelRequested { return }
                final = .canceled
            case .failure(let error):
                problem = error as? Problem ?? Problem(.internalFault, "\(error)")
                log.line("the job could not be run: \(problem?.description ?? "")")
            }
            var outputs: JSON = [:]
            if case .success = outcome {
                try await services.move(id, to: .finalizing)
                let properties: JobProperties = try job.properties.decoded()
                outputs = try await OutputCollector(services: services, job: id, folder: folder).collect(properties, succeeded: succeeded)
            }
            try await services.move(id, to: final, error: problem, also: outputs)
            removeWorkingFiles()
        } catch {
            _ = try? await services.move(id, to: .failed, error: error as? Problem ?? Problem(.internalFault, "\(error)"))
        }
    }

    /// The end in a sentence, with the last lines of the log and what the environment could not give.
    private func explain(_ end: ProcessEnd) -> Problem {
        let tail = JobLog.tail(of: services.folder.jobLog(id))
        let lines = tail.split(separator: "\n").suffix(5).joined(separator: "\n")
        var message = end.sentence
        if let line = tail.split(separator: "\n").last(where: { $0.contains("ModuleNotFoundError: No module named") }) {
            message +=
                "; the environment lacks a package (\(line.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "")): "
                + "add it to the pip list of the conda file, and see system_logs/prepare.log for the lines that could not be honoured"
        }
        if !lines.isEmpty { message += "\nlast lines of user_logs/std_log.txt:\n\(lines)" }
        return Problem(.userCodeFailed, message)
    }

    /// The bytes are in the store; the working copies go, the logs stay for the streams.
    private func removeWorkingFiles() {
        for name in ["inputs", "outputs", "code"] { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    }
}
