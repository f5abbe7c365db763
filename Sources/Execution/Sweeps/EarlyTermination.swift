internal import Foundation
internal import Kinds
package import Resources

/// Which running trials are not worth going on with (Azure's three policies). Pure.
package struct EarlyTermination: Sendable {
    enum Policy: Sendable, Hashable {
        case bandit(factor: Double, amount: Double)
        case median
        case truncation(percentage: Int, excludesFinished: Bool)
    }

    let policy: Policy
    /// Every how many reports of the metric, and after how many first.
    let interval: Int
    let delay: Int

    /// `nil` without a policy.
    package init?(_ json: JSON?) {
        guard let json, let type = json["policyType"]?.stringValue else { return nil }
        interval = Int(clamping: max(1, json["evaluationInterval"]?.integerValue ?? 1))
        delay = Int(clamping: max(0, json["delayEvaluation"]?.integerValue ?? 0))
        switch type {
        case "Bandit":
            policy = .bandit(factor: json["slackFactor"]?.doubleValue ?? 0, amount: json["slackAmount"]?.doubleValue ?? 0)
        case "MedianStopping": policy = .median
        case "TruncationSelection":
            policy = .truncation(
                percentage: Int(clamping: json["truncationPercentage"]?.integerValue ?? 0),
                excludesFinished: json["excludeFinishedJobs"]?.boolValue ?? false)
        default: return nil
        }
    }

    /// The numbers of the running trials to stop.
    package func stops(among trials: [SweepPlan.Trial], isMaximized: Bool) -> [Int] {
        // Everything below looks for the greatest.
        let sign = isMaximized ? 1.0 : -1.0
        let histories = trials.map { trial in trial.metrics.filter(\.isFinite).map { $0 * sign } }
        func best(_ index: Int, within count: Int) -> Double? { histories[index].prefix(count).max() }
        var stopped: [Int] = []
        for (index, trial) in trials.enumerated() where !trial.status.isTerminal {
            let reports = histories[index].count / interval * interval
            guard reports > 0, reports >= delay, let mine = best(index, within: reports) else { continue }
            let isBad: Bool
            switch policy {
            case .bandit(let factor, let amount):
                guard let top = histories.indices.compactMap({ best($0, within: histories[$0].count) }).max() else { continue }
                // The factor is a ratio to the best, on the metric's own scale.
                isBad = mine < top - amount - (factor > 0 ? abs(top) * (isMaximized ? factor / (1 + factor) : factor) : 0)
            case .median:
                let averages = histories.filter { $0.count >= reports }.map { $0.prefix(reports).reduce(0, +) / Double(reports) }.sorted()
                guard averages.count > 1 else { continue }
                let middle = averages.count / 2
                isBad = mine < (averages.count % 2 == 1 ? averages[middle] : (averages[middle - 1] + averages[middle]) / 2)
            case .truncation(let percentage, let excludesFinished):
                let rivals = trials.indices.filter { histories[$0].count >= reports && !(excludesFinished && trials[$0].status.isTerminal) }
                    .sorted { (best($0, within: reports) ?? 0, -$0) < (best($1, within: reports) ?? 0, -$1) }
                let (cut, _) = rivals.count.multipliedReportingOverflow(by: percentage)
                isBad = rivals.prefix(cut / 100).contains(index)
            }
            if isBad { stopped.append(trial.number) }
        }
        return stopped
    }
}
