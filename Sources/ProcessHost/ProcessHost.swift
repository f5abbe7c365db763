internal import CProcessShim
internal import Foundation
package import Resources

/// Starts, finds again, watches and stops commands. Each lives in a folder of its own with a supervisor beside it, so
/// that nothing is lost when the server dies.
package struct ProcessHost: Sendable {
    /// `martlet` itself, which runs the supervisor.
    private let supervisor: String

    package init(supervisor: String) { self.supervisor = supervisor }

    /// Starts `spec` under a supervisor; its notes go to `folder`, which is made. Notes of an earlier command are removed.
    package func start(_ spec: ProcessSpec, in folder: String) throws(Problem) {
        let files = ProcessFiles(folder: folder)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for old in [files.end, files.record, files.stop] where FileManager.default.fileExists(atPath: old) {
                try FileManager.default.removeItem(atPath: old)
            }
            try files.write(spec, to: files.spec)
            let pid = try spawn([supervisor, "supervise", folder])
            if let identity = ProcessIdentity(pid: pid) { try files.write(identity, to: files.record) }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalFault, "cannot start a process in \(folder): \(error.localizedDescription)")
        }
    }

    /// How the command in `folder` ended; `nil` while it runs.
    package func end(in folder: String) -> ProcessEnd? {
        let files = ProcessFiles(folder: folder)
        if let end = files.read(ProcessEnd.self, from: files.end) { return end }
        guard let identity = files.read(ProcessIdentity.self, from: files.record) else {
            return ProcessEnd(reason: .lost)
        }
        // Our own finished child stays a zombie until it is waited for.
        waitpid(identity.pid, nil, WNOHANG)
        if identity.isAlive { return nil }
        // It may have written its note between the two looks.
        return files.read(ProcessEnd.self, from: files.end) ?? ProcessEnd(reason: .lost)
    }

    /// Whether a command was ever started in `folder`.
    package func wasStarted(in folder: String) -> Bool { FileManager.default.fileExists(atPath: ProcessFiles(folder: folder).record) }

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
        guard let identity = files.read(ProcessIdentity.self, from: files.record), identity.isAlive else { return }
        if !FileManager.default.createFile(atPath: files.stop, contents: nil) { kill(identity.pid, SIGTERM) }
    }

    /// The supervisor gets a session of its own, so that signals to the server's terminal do not reach it.
    private func spawn(_ arguments: [String]) throws(Problem) -> pid_t {
        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { $0.withCString { strdup($0) } } + [nil]
        let environment: [UnsafeMutablePointer<CChar>?] = ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"].map { $0.withCString { strdup($0) } } + [nil]
        defer { (words + environment).forEach { free($0) } }
        var pid: pid_t = 0
        let status = process_spawn_detached(words, environment, &pid)
        guard status == 0 else {
            throw Problem(.internalFault, "cannot start \(arguments[0]): \(String(cString: strerror(status)))")
        }
        return pid
    }
}
