package import ProcessHost
package import Resources

/// What serving needs of the machine's processes; `ProcessHost` is the one that outlives tests.
package protocol WorkerLauncher: Sendable {
    /// Starts a command; its notes go to `folder`.
    func start(_ spec: ProcessSpec, in folder: String) throws(Problem)
    /// How it ended; `nil` while it runs.
    func end(in folder: String) -> ProcessEnd?
    /// Asks it to end.
    func stop(in folder: String)
}

extension ProcessHost: WorkerLauncher {}
