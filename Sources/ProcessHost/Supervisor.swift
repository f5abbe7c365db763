internal import Foundation
internal import Subprocess
#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif
internal import Synchronization

/// The small process between the server and a command: it owns the command's processes, outlives the server, and
/// leaves a note of how they ended. `martlet supervise FOLDER` runs it.
package enum Supervisor {
    /// Reads `FOLDER/spec.json`, runs it to its end and writes `FOLDER/end.json`. The lock of the folder is inherited.
    /// - Parameter parent: the pid of the server.
    /// - Returns: the exit code of the supervisor itself.
    package static func run(folder: String, parent: Int32) async -> Int32 {
        ProcessLock.keepFromChildren()
        let files = ProcessFiles(folder: folder)
        let end: ProcessEnd
        do {
            try files.write(getpid(), to: files.record)
            let spec = try JSONDecoder().decode(ProcessSpec.self, from: Data(contentsOf: URL(filePath: files.spec)))
            end = await run(spec, stopFile: files.stop, parent: parent)
        } catch {
            end = ProcessEnd(reason: .notStarted, message: "\(files.folder) cannot be used: \(error)")
        }
        do {
            try files.write(end, to: files.end)
            return 0
        } catch {
            // Without the specification the next server is clearing the folder away, and nobody asks any more.
            guard FileManager.default.fileExists(atPath: files.spec) else { return 0 }
            FileHandle.standardError.write(Data("cannot write \(files.end): \(error)\n".utf8))
            return 1
        }
    }

    /// Why the copies are being stopped, seen by whichever of them ends next.
    private final class StopReason: Sendable {
        private let reason = Mutex<ProcessEnd?>(nil)
        /// The first reason stays. Who watches for one and is itself cancelled has seen none.
        func set(_ end: ProcessEnd) {
            guard !Task.isCancelled else { return }
            reason.withLock { if $0 == nil { $0 = end } }
        }
        var value: ProcessEnd? { reason.withLock { $0 } }
    }

    static func run(_ spec: ProcessSpec, stopFile: String, parent: Int32) async -> ProcessEnd {
        let stop = StopReason()
        return await withTaskGroup(of: ProcessEnd?.self) { group in
            for replica in spec.replicas {
                group.addTask { await run(replica, of: spec) }
            }
            group.addTask {
                await terminationSignal()
                stop.set(ProcessEnd(reason: .stopped))
                return nil
            }
            group.addTask {
                await appearance(of: stopFile)
                stop.set(ProcessEnd(reason: .stopped))
                return nil
            }
            if spec.endsWithParent {
                group.addTask {
                    await end(ofParent: parent)
                    stop.set(ProcessEnd(reason: .stopped, message: "the server ended"))
                    return nil
                }
            }
            if let seconds = spec.timeoutSeconds {
                group.addTask {
                    try? await Task.sleep(for: .seconds(seconds))
                    stop.set(ProcessEnd(reason: .timedOut))
                    return nil
                }
            }
            var running = spec.replicas.count
            var worst = ProcessEnd(reason: .exited)
            while running > 0, let end = await group.next() {
                guard let end else {
                    group.cancelAll()
                    continue
                }
                running -= 1
                // The ranks of one job wait for each other: when one fails, the others would hang.
                if !end.isSuccess, worst.isSuccess {
                    worst = end
                    group.cancelAll()
                }
            }
            group.cancelAll()
            return stop.value ?? worst
        }
    }

    private static func run(_ replica: ProcessSpec.Replica, of spec: ProcessSpec) async -> ProcessEnd {
        var values = spec.environment
        values.merge(replica.environment) { $1 }
        var environment: [Environment.Key: String] = [:]
        for (key, value) in values { environment[Environment.Key(rawValue: key) ?? "_"] = value }
        var options = PlatformOptions()
        // A session of its own: a stop reaches the grandchildren too, and Ctrl-C at the server's terminal does not.
        options.createSession = true
        options.teardownSequence = [.send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(spec.graceSeconds))]
        do {
            let log = try FileDescriptor.open(
                FilePath(replica.logFile), .writeOnly, options: [.append, .create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead])
            defer { try? log.close() }
            guard let name = spec.command.first else { return ProcessEnd(reason: .notStarted, message: "the command is empty") }
            let result = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name), arguments: Arguments(Array(spec.command.dropFirst())),
                environment: .custom(environment), workingDirectory: FilePath(spec.workingDirectory), platformOptions: options,
                output: .fileDescriptor(log, closeAfterSpawningProcess: false), error: .combinedWithOutput)
            switch result.terminationStatus {
            case .exited(let code): return ProcessEnd(reason: .exited, code: code)
            case .signaled(let signal): return ProcessEnd(reason: .signalled, code: signal)
            }
        } catch is CancellationError {
            return ProcessEnd(reason: .stopped)
        } catch {
            return ProcessEnd(reason: .notStarted, message: "\(error)")
        }
    }

    /// Returns at the first SIGTERM or SIGINT.
    private static func terminationSignal() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.activate()
            return source
        }
        for await _ in stream { break }
        for source in sources { source.cancel() }
    }

    /// Returns when the file is there; also when cancelled.
    private static func appearance(of file: String) async {
        while !Task.isCancelled, access(file, F_OK) != 0 { try? await Task.sleep(for: .milliseconds(100)) }
    }

    /// Returns when the process that started this one has ended, which may be before this one looks for the first time.
    private static func end(ofParent parent: Int32) async {
        while getppid() == parent, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(200)) }
    }
}
