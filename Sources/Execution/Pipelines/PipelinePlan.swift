package import Kinds

/// What a pipeline should do next, from what its steps have done. Pure: the same picture gives the same answer, so a
/// restarted server goes on where the old one stopped.
package struct PipelinePlan: Sendable, Hashable {
    /// Steps whose inputs are there and that have no job yet, in the order of their names.
    package var start: [String] = []
    /// Jobs of steps to be cancelled.
    package var cancel: [String] = []
    /// The pipeline's own end, once nothing runs any more.
    package var end: JobStatus?
    /// The step that failed first, by name.
    package var failedStep: String?

    /// - Parameters:
    ///   - edges: step to the steps it waits for.
    ///   - statuses: of the steps that have a job.
    package static func decide(
        edges: [String: Set<String>], statuses: [String: JobStatus], cancelRequested: Bool, continuesOnFailure: Bool
    ) -> PipelinePlan {
        var plan = PipelinePlan()
        let failed = statuses.filter { $0.value == .failed || ($0.value == .canceled && !cancelRequested) }.keys.sorted()
        let alive = statuses.filter { !$0.value.isTerminal }
        plan.failedStep = failed.first
        let isStopping = cancelRequested || (!failed.isEmpty && !continuesOnFailure)
        if isStopping {
            plan.cancel = alive.filter { $0.value != .cancelRequested }.keys.sorted()
            if alive.isEmpty { plan.end = cancelRequested ? .canceled : .failed }
            return plan
        }
        plan.start = edges.keys.filter { step in
            statuses[step] == nil && (edges[step] ?? []).allSatisfy { statuses[$0] == .completed }
        }.sorted()
        if alive.isEmpty, plan.start.isEmpty { plan.end = failed.isEmpty ? .completed : .failed }
        return plan
    }
}
