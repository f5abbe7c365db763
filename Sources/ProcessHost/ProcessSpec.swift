/// What to run: one command, in one or more copies that share a fate (the ranks of a distributed job).
package struct ProcessSpec: Codable, Sendable, Hashable {
    /// One copy of the command.
    package struct Replica: Codable, Sendable, Hashable {
        /// Laid over `ProcessSpec.environment`.
        package var environment: [String: String]
        /// Takes stdout and stderr, appended.
        package var logFile: String

        package init(environment: [String: String] = [:], logFile: String) {
            self.environment = environment
            self.logFile = logFile
        }
    }

    /// The executable (absolute, or found on `PATH` of `environment`) and its arguments.
    package var command: [String]
    package var workingDirectory: String
    /// The whole environment: nothing is inherited.
    package var environment: [String: String]
    package var replicas: [Replica]
    /// The processes are stopped after this many seconds.
    package var timeoutSeconds: Double?
    /// From the polite signal to the deadly one.
    package var graceSeconds: Double
    /// Whether the processes end with the server (a scoring worker) or outlive it (a job).
    package var endsWithParent: Bool

    package init(
        command: [String], workingDirectory: String, environment: [String: String], replicas: [Replica], timeoutSeconds: Double? = nil,
        graceSeconds: Double = 10, endsWithParent: Bool = false
    ) {
        self.command = command
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.replicas = replicas
        self.timeoutSeconds = timeoutSeconds
        self.graceSeconds = graceSeconds
        self.endsWithParent = endsWithParent
    }
}

/// How it ended.
package struct ProcessEnd: Codable, Sendable, Hashable {
    package enum Reason: String, Codable, Sendable {
        /// All copies ended by themselves; `code` is the first non-zero exit code, or 0.
        case exited
        /// A copy was killed by the signal `code`.
        case signalled
        /// The time limit passed.
        case timedOut
        /// Somebody asked for it.
        case stopped
        /// The command could not be started; `message` says why.
        case notStarted
        /// The supervisor vanished without a word: it was killed, or the machine went down.
        case lost
    }

    package var reason: Reason
    package var code: Int32
    package var message: String?

    package init(reason: Reason, code: Int32 = 0, message: String? = nil) {
        self.reason = reason
        self.code = code
        self.message = message
    }

    package var isSuccess: Bool { reason == .exited && code == 0 }

    /// A sentence for a status or a log.
    package var sentence: String {
        switch reason {
        case .exited: code == 0 ? "the command ended well" : "the command ended with exit code \(code)"
        case .signalled: "the command was killed by signal \(code)\(code == 9 ? " (out of memory, or killed by hand)" : "")"
        case .timedOut: "the command was stopped: it ran longer than its time limit"
        case .stopped: "the command was stopped on request"
        case .notStarted: "the command could not be started: \(message ?? "unknown reason")"
        case .lost: "the process that watched the command is gone without a word; it was killed, or the machine was restarted"
        }
    }
}
