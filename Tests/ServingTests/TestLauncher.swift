import Foundation
import ProcessHost
import Resources
import Serving
import Synchronization

/// Starts processes as children of the test, without a supervisor.
final class TestLauncher: WorkerLauncher {
    private let processes = Mutex<[String: pid_t]>([:])
    private let ends = Mutex<[String: ProcessEnd]>([:])
    private let natives = Mutex<[String: NativeWorker]>([:])

    func start(_ spec: ProcessSpec, in folder: String) throws(Problem) {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if spec.command.dropFirst().first == "serve" { return startNative(spec, in: folder) }
        // `env -C` changes the folder and then becomes the command.
        let words = (["/usr/bin/env", "-C", spec.workingDirectory] + spec.command).map { strdup($0) } + [nil]
        let variables = spec.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, spec.replicas[0].logFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var pid: pid_t = 0
        guard posix_spawn(&pid, "/usr/bin/env", &actions, nil, words, variables) == 0 else {
            throw Problem(.internalFault, "cannot start \(spec.command[0])")
        }
        let child = pid
        processes.withLock { $0[folder] = child }
        ends.withLock { $0[folder] = nil }
    }

    /// A native worker that cannot load its model says so in its log and ends, as the real one does.
    private func startNative(_ spec: ProcessSpec, in folder: String) {
        do {
            let worker = try NativeWorker(spec)
            natives.withLock { $0[folder] = worker }
        } catch {
            try? Data("error: \(error)\n".utf8).write(to: URL(filePath: spec.replicas[0].logFile))
            ends.withLock { $0[folder] = ProcessEnd(reason: .exited, code: 1) }
        }
    }

    func end(in folder: String) -> ProcessEnd? {
        if natives.withLock({ $0[folder] }) != nil { return nil }
        if let end = ends.withLock({ $0[folder] }) { return end }
        guard let pid = processes.withLock({ $0[folder] }) else { return ProcessEnd(reason: .lost) }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7F
        let end = signal == 0 ? ProcessEnd(reason: .exited, code: (status >> 8) & 0xFF) : ProcessEnd(reason: .signalled, code: signal)
        ends.withLock { $0[folder] = end }
        return end
    }

    func stop(in folder: String) {
        if let native = natives.withLock({ $0.removeValue(forKey: folder) }) {
            ends.withLock { $0[folder] = ProcessEnd(reason: .exited, code: 0) }
            return native.stop()
        }
        guard end(in: folder) == nil, let pid = processes.withLock({ $0[folder] }) else { return }
        kill(pid, SIGTERM)
    }

    /// Kills what runs in folders beneath `prefix`, as a crash would.
    func killAll(beneath prefix: String) {
        for (folder, pid) in processes.withLock({ $0 }) where folder.hasPrefix(prefix) && end(in: folder) == nil { kill(pid, SIGKILL) }
    }

    /// How many processes run now.
    var running: Int { processes.withLock { Array($0.keys) }.filter { end(in: $0) == nil }.count }
}
