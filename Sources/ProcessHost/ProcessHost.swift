internal import CProcessShim
internal import Foundation
package import Resources
internal import Synchronization

/// Starts, finds again, watches and stops commands. Each lives in a folder of its own with a supervisor beside it, so
/// that nothing is lost when the server dies.
package struct ProcessHost: Sendable {
    /// `martlet` itself, which runs the supervisor.
    private let supervisor: String
    private let children = Children()

    package init(supervisor: String) { self.supervisor = supervisor }

    /// Starts `spec` under a supervisor; its notes go to `folder`, which is made. Notes of an earlier command are removed.
    /// - Throws: `.conflict` while a command runs in `folder`.
    package func start(_ spec: ProcessSpec, in folder: String) throws(Problem) {
        let files = ProcessFiles(folder: folder)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            guard let lock = try ProcessLock(takingAt: files.lock) else { throw Problem(.conflict, "a command is still running in \(folder)") }
            defer { lock.release() }
            for old in [files.end, files.record, files.stop] where FileManager.default.fileExists(atPath: old) {
                try FileManager.default.removeItem(atPath: old)
            }
            try files.write(spec, to: files.spec)
            children.add(try spawn([supervisor, "supervise", folder, "--parent", "\(getpid())"], keeping: lock))
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalFault, "cannot start a process in \(folder): \(error.localizedDescription)")
        }
    }

    /// How the command in `folder` ended; `nil` while it runs.
    package func end(in folder: String) -> ProcessEnd? {
        let files = ProcessFiles(folder: folder)
        let isRunning = ProcessLock.isHeld(at: files.lock)
        children.reap()
        return isRunning ? nil : files.read(ProcessEnd.self, from: files.end) ?? ProcessEnd(reason: .lost)
    }

    /// Whether a command was ever started in `folder`.
    package func wasStarted(in folder: String) -> Bool {
        let files = ProcessFiles(folder: folder)
        return ProcessLock.isHeld(at: files.lock) || [files.record, files.end].contains { FileManager.default.fileExists(atPath: $0) }
    }

    /// Waits for the end. Cancelling the task stops the waiting, not the command.
    package func waitForEnd(in folder: String) async throws -> ProcessEnd {
        var pause = Duration.milliseconds(5)
        while true {
            if let end = end(in: folder) { return end }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    /// Asks the command to end: its supervisor sends SIGTERM to all of its processes and SIGKILL after the grace time.
    /// The request is a file: a signal would kill a supervisor that does not listen yet, and leave the command alone.
    package func stop(in folder: String) {
        let files = ProcessFiles(folder: folder)
        guard ProcessLock.isHeld(at: files.lock) else { return }
        if !FileManager.default.createFile(atPath: files.stop, contents: nil), let pid = files.read(pid_t.self, from: files.record) { kill(pid, SIGTERM) }
    }

    /// The supervisor gets a session of its own, so that signals to the server's terminal do not reach it.
    private func spawn(_ arguments: [String], keeping lock: ProcessLock) throws(Problem) -> pid_t {
        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { $0.withCString { strdup($0) } } + [nil]
        let environment: [UnsafeMutablePointer<CChar>?] = ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"].map { $0.withCString { strdup($0) } } + [nil]
        defer { (words + environment).forEach { free($0) } }
        var pid: pid_t = 0
        let status = process_spawn_detached(words, environment, lock.descriptor, &pid)
        guard status == 0 else {
            throw Problem(.internalFault, "cannot start \(arguments[0]): \(String(cString: strerror(status)))")
        }
        return pid
    }
}

/// The supervisors that this process started: their remains stay until they are waited for.
private final class Children: Sendable {
    private let pids = Mutex<Set<pid_t>>([])

    func add(_ pid: pid_t) { pids.withLock { _ = $0.insert(pid) } }

    func reap() {
        pids.withLock { pids in
            for pid in pids where waitpid(pid, nil, WNOHANG) != 0 { pids.remove(pid) }
        }
    }
}
