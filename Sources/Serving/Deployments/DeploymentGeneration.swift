internal import ControlPlane
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import ProcessHost
internal import Resources
internal import Synchronization

/// The workers of a deployment as it was asked for at one time. An update starts a new generation beside the old one.
final class DeploymentGeneration: Sendable {
    enum Event: Sendable {
        /// All workers answer.
        case ready
        /// The workers cannot be started, or do not stay up; the generation has ended.
        case failed(Problem)
    }

    let plan: DeploymentPlan
    let pool: DeploymentPool
    private let services: ServingServices
    private let deployment: ResourceID
    private let sockets: SocketFolder
    private let folder: String
    private let log: DeploymentLog
    private let bell = AsyncStream.makeStream(of: Void.self)
    private let intensity = Mutex(RestartIntensity())
    private let readyCount = Mutex(0)
    private let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)

    init(plan: DeploymentPlan, of deployment: ResourceID, services: ServingServices, sockets: SocketFolder, log: DeploymentLog) {
        self.plan = plan
        self.deployment = deployment
        self.services = services
        self.sockets = sockets
        self.log = log
        // A name of its own: the notes of an earlier worker must not be taken for those of a new one.
        folder = "\(services.folder.deployment(deployment))/\(String(UInt64.random(in: 0..<(1 << 40)), radix: 36))"
        pool = DeploymentPool(
            limit: plan.inFlightLimit, timeout: .milliseconds(plan.timeoutMilliseconds), group: MultiThreadedEventLoopGroup.singleton)
    }

    /// Prepares and keeps the workers until `stop` is called, or they do not stay up.
    func run(_ post: @escaping @Sendable (Event) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await self.work(post)
                } catch is CancellationError {
                } catch {
                    post(.failed(error as? Problem ?? Problem(.internalFault, "\(error)")))
                }
            }
            group.addTask { for await _ in self.bell.stream {} }
            await group.next()
            group.cancelAll()
        }
        pool.fail()
        await removeFolder()
    }

    /// Ends the generation at once.
    func stop() { bell.continuation.finish() }

    /// Ends the generation after the requests that are with it, or after 30 seconds. It must be out of the routes by now.
    func retire() async {
        pool.close()
        await pool.drained(within: .seconds(30))
        stop()
    }

    private func work(_ post: @escaping @Sendable (Event) -> Void) async throws {
        log.rotate()
        let files = DeploymentFiles(services: services, deployment: deployment, plan: plan, folder: folder, log: log, cores: cores)
        let command: WorkerCommand
        do {
            command = try await files.prepare()
        } catch let problem as Problem {
            log.line("the deployment could not be prepared: \(problem.description)")
            throw problem
        }
        try Task.checkCancellation()
        let count = plan.processes(cores: cores)
        let slots = plan.slots
        log.line("starting \(count) worker\(count == 1 ? "" : "s") of \(slots) slot\(slots == 1 ? "" : "s") each")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                group.addTask {
                    try await self.keep(index, command) {
                        let isLast = self.readyCount.withLock { ready in
                            ready += 1
                            return ready == count
                        }
                        if isLast { post(.ready) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: One worker

    private enum Ending {
        case notReady(ProcessEnd), tooSlow, crashed(ProcessEnd?), hung
    }

    /// Starts a worker again whenever it ends, as long as that does not happen too often.
    private func keep(_ index: Int, _ command: WorkerCommand, whenReady: @escaping @Sendable () -> Void) async throws {
        var wasReady = false
        while true {
            try Task.checkCancellation()
            let ending = try await session(index, command) {
                if !wasReady { whenReady() }
                wasReady = true
            }
            try Task.checkCancellation()
            switch ending {
            case .notReady(let end) where !wasReady: throw failure("a worker did not start: \(Self.explain(end))", lines: 20)
            case .tooSlow where !wasReady:
                throw failure(
                    "a worker was not ready within \(Int(plan.startupSeconds)) seconds; raise the readiness probe's failure_threshold",
                    lines: 20)
            case .hung:
                log.note("worker \(index) gave no answer long after its request's time was over; it is replaced")
                continue
            case .notReady(let end): log.note("worker \(index) did not start again: \(Self.explain(end))")
            case .tooSlow: log.note("worker \(index) was not ready in time")
            case .crashed(let end): log.note("worker \(index) ended: \(end.map(Self.explain) ?? "it hung up")")
            }
            guard intensity.withLock({ $0.mayRestart(at: .now) }) else {
                throw failure("the deployment's workers ended more than 5 times in 60 seconds and are not started again", lines: 100)
            }
        }
    }

    /// One life of a worker process.
    private func session(_ index: Int, _ command: WorkerCommand, whenReady: () -> Void) async throws -> Ending {
        let process = "\(folder)/workers/\(index)"
        let socket = sockets.next()
        try services.launcher.start(command.spec(socket: socket, log: log.console), in: process)
        defer {
            services.launcher.stop(in: process)
            unlink(socket)
        }
        let deadline = ContinuousClock.now + .seconds(plan.startupSeconds)
        var connections: [WorkerConnection] = []
        defer { for connection in connections { connection.close() } }
        while connections.isEmpty {
            if let first = try? await WorkerConnection.open(path: socket, group: MultiThreadedEventLoopGroup.singleton) {
                connections.append(first)
            } else if let end = services.launcher.end(in: process) {
                return .notReady(end)
            } else if ContinuousClock.now > deadline {
                return .tooSlow
            } else {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        do {
            _ = try await connections[0].ask(WorkerRequest(id: "health", kind: .health, method: "GET", path: "/"), within: .seconds(10))
            while connections.count < plan.slots {
                connections.append(try await WorkerConnection.open(path: socket, group: MultiThreadedEventLoopGroup.singleton))
            }
        } catch {
            return .crashed(await end(of: process))
        }
        let isHung = Mutex(false)
        let all = connections
        for connection in all {
            pool.add(connection) {
                isHung.withLock { $0 = true }
                for connection in all { connection.close() }
            }
        }
        whenReady()
        await withTaskGroup(of: Void.self) { group in
            for connection in all { group.addTask { await connection.waitUntilClosed() } }
            await group.next()
            group.cancelAll()
        }
        return isHung.withLock { $0 } ? .hung : .crashed(await end(of: process))
    }

    /// How a process ended whose connection has just closed.
    private func end(of process: String) async -> ProcessEnd? {
        for _ in 0..<100 {
            if let end = services.launcher.end(in: process) { return end }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return nil }
        }
        return nil
    }

    // MARK: What went wrong

    private static func explain(_ end: ProcessEnd) -> String {
        end.reason == .exited && end.code == 3 ? "the scoring script could not be started (exit code 3)" : end.sentence
    }

    /// The sentence with the last lines of the log, and the way out where the log shows it.
    private func failure(_ sentence: String, lines: Int) -> Problem {
        let tail = DeploymentLog.tail(of: log.console, lines: lines)
        var message = sentence
        if let line = tail.last(where: { $0.contains("ModuleNotFoundError: No module named") }) {
            let package = line.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
            message += "; the environment lacks a package (\(package)): add it to the pip list of the conda file"
        }
        if !tail.isEmpty { message += "\nlast lines of the deployment's log:\n" + tail.joined(separator: "\n") }
        return Problem(.userCodeFailed, message)
    }

    /// Waits for the processes, then takes their folder away.
    private func removeFolder() async {
        for index in 0..<plan.processes(cores: cores) {
            let process = "\(folder)/workers/\(index)"
            guard FileManager.default.fileExists(atPath: process) else { continue }
            services.launcher.stop(in: process)
            for _ in 0..<150 where services.launcher.end(in: process) == nil {
                do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
            }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
