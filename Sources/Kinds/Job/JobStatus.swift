/// The states of a job in Azure's words, with the moves that are allowed between them.
package enum JobStatus: String, Sendable, CaseIterable, Codable {
    case notStarted = "NotStarted"
    case queued = "Queued"
    case preparing = "Preparing"
    case provisioning = "Provisioning"
    case starting = "Starting"
    case running = "Running"
    case paused = "Paused"
    case notResponding = "NotResponding"
    case cancelRequested = "CancelRequested"
    case finalizing = "Finalizing"
    case completed = "Completed"
    case failed = "Failed"
    case canceled = "Canceled"

    /// Nothing follows.
    package var isTerminal: Bool { next.isEmpty }

    /// Whether the job's own process may be alive.
    package var isActive: Bool { [.running, .paused, .notResponding, .cancelRequested, .finalizing].contains(self) }

    /// The states that may follow. A restart of the server can put a job that had not begun back to the queue.
    package var next: Set<JobStatus> {
        switch self {
        case .notStarted: [.queued, .preparing, .provisioning, .starting, .running, .cancelRequested, .canceled, .failed]
        case .queued: [.preparing, .provisioning, .starting, .running, .cancelRequested, .canceled, .failed]
        case .preparing: [.queued, .provisioning, .starting, .running, .cancelRequested, .canceled, .failed]
        case .provisioning: [.queued, .preparing, .starting, .running, .cancelRequested, .canceled, .failed]
        case .starting: [.queued, .running, .cancelRequested, .canceled, .failed]
        case .running: [.paused, .notResponding, .cancelRequested, .finalizing, .completed, .failed, .canceled]
        case .paused: [.running, .cancelRequested, .canceled, .failed]
        case .notResponding: [.running, .cancelRequested, .finalizing, .failed, .canceled]
        case .cancelRequested: [.finalizing, .canceled, .failed, .completed]
        case .finalizing: [.completed, .failed, .canceled]
        case .completed, .failed, .canceled: []
        }
    }

    package func canMove(to status: JobStatus) -> Bool { next.contains(status) }
}
