/// Which waiting jobs may start now: first come, first served on each compute, within its budget of nodes. Pure.
package enum Placement {
    /// A job as the queue sees it.
    package struct Entry: Sendable, Hashable {
        package var job: String
        package var compute: String
        package var nodes: Int

        package init(job: String, compute: String, nodes: Int) {
            self.job = job
            self.compute = compute
            self.nodes = nodes
        }
    }

    /// - Parameters:
    ///   - waiting: in order of arrival.
    ///   - budgets: nodes a compute has; an unknown compute has none.
    /// - Returns: the jobs to start, in order. A job that needs more nodes than its compute ever has is in `impossible`.
    package static func decide(waiting: [Entry], running: [Entry], budgets: [String: Int]) -> (start: [String], impossible: [String]) {
        var free = budgets
        for entry in running { free[entry.compute, default: 0] -= entry.nodes }
        var blocked: Set<String> = []
        var start: [String] = []
        var impossible: [String] = []
        for entry in waiting {
            if entry.nodes > budgets[entry.compute, default: 0] {
                impossible.append(entry.job)
            } else if !blocked.contains(entry.compute), entry.nodes <= free[entry.compute, default: 0] {
                free[entry.compute, default: 0] -= entry.nodes
                start.append(entry.job)
            } else {
                // A large job at the head is not overtaken for ever by small ones.
                blocked.insert(entry.compute)
            }
        }
        return (start, impossible)
    }
}
