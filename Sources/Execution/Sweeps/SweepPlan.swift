package import Kinds

/// What a sweep should do next, from what its trials have done. Pure: the same picture gives the same answer, so a
/// restarted server goes on where the old one stopped.
package struct SweepPlan: Sendable, Hashable {
    /// One trial that has a job.
    package struct Trial: Sendable, Hashable {
        package var number: Int
        package var status: JobStatus
        /// The primary metric as logged, in order.
        package var metrics: [Double]

        package init(number: Int, status: JobStatus, metrics: [Double] = []) {
            self.number = number
            self.status = status
            self.metrics = metrics
        }

        func best(isMaximized: Bool) -> Double? {
            let finite = metrics.filter(\.isFinite)
            return isMaximized ? finite.max() : finite.min()
        }
    }

    /// Numbers of trials to start.
    package var start: [Int] = []
    /// Trials whose jobs are to be cancelled.
    package var cancel: [Int] = []
    /// The sweep's own end, once nothing runs any more.
    package var end: JobStatus?
    /// The trial with the best value of the metric; completed ones go first.
    package var best: (number: Int, value: Double)? { bestTrial.map { ($0.number, $0.value) } }
    private var bestTrial: Best?

    private struct Best: Sendable, Hashable {
        var number: Int
        var value: Double
    }

    /// - Parameters:
    ///   - trials: those that have a job, numbered from 0 without gaps.
    ///   - total: trials in all.
    ///   - isLate: whether the sweep's own time is over.
    package static func decide(
        trials: [Trial], total: Int, concurrent: Int, isMaximized: Bool, policy: EarlyTermination?, cancelRequested: Bool, isLate: Bool
    ) -> SweepPlan {
        var plan = SweepPlan()
        let completed = trials.filter { $0.status == .completed }
        plan.bestTrial = bestTrial(of: completed, isMaximized) ?? bestTrial(of: trials, isMaximized)
        let alive = trials.filter { !$0.status.isTerminal }
        func stoppable(_ trials: [Trial]) -> [Int] { trials.filter { $0.status != .cancelRequested }.map(\.number) }
        if cancelRequested || isLate {
            plan.cancel = stoppable(alive)
            if alive.isEmpty { plan.end = cancelRequested ? .canceled : completed.isEmpty ? .failed : .completed }
            return plan
        }
        let stopped = Set(policy?.stops(among: trials, isMaximized: isMaximized) ?? [])
        plan.cancel = stoppable(alive.filter { stopped.contains($0.number) })
        let room = max(0, concurrent - alive.count)
        plan.start = Array(trials.count..<max(trials.count, total)).prefix(room).map { $0 }
        if alive.isEmpty, plan.start.isEmpty { plan.end = completed.isEmpty ? .failed : .completed }
        return plan
    }

    private static func bestTrial(of trials: [Trial], _ isMaximized: Bool) -> Best? {
        let measured = trials.compactMap { trial in trial.best(isMaximized: isMaximized).map { Best(number: trial.number, value: $0) } }
        // The first of equals.
        return measured.reduce(nil) { best, next in
            guard let best else { return next }
            return (isMaximized ? next.value > best.value : next.value < best.value) ? next : best
        }
    }
}
