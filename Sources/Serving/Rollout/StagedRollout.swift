/// The gated way of a new deployment to all of an endpoint's traffic: a smoke test, a small share, everything, or back to
/// where it was. Pure: what happened goes in, the next traffic comes out; an ordinary put of the endpoint makes it true.
package struct StagedRollout: Sendable, Hashable {
    /// What the new deployment must keep to while it has its small share.
    package struct Gate: Sendable, Hashable {
        /// Most failed requests, as a share of all.
        package var errorRate: Double
        /// 99th percentile of the answer time, in milliseconds.
        package var p99Milliseconds: Double
        /// Requests before a judgement.
        package var requests: Int

        package init(errorRate: Double = 0.01, p99Milliseconds: Double = .infinity, requests: Int = 20) {
            self.errorRate = errorRate
            self.p99Milliseconds = p99Milliseconds
            self.requests = requests
        }
    }

    package enum Stage: Sendable, Hashable {
        /// No traffic yet; the smoke test decides.
        case smoke(passed: Bool)
        /// It has its small share; these were its requests.
        case canary(requests: Int, failures: Int, p99Milliseconds: Double)
    }

    package enum Decision: Sendable, Hashable {
        /// Put this traffic and go on to the next stage.
        case shift([String: Int])
        /// Too few requests for a judgement.
        case wait
        /// All traffic is the new deployment's.
        case finish([String: Int])
        /// Put the old traffic back; the sentence says why.
        case rollBack([String: Int], reason: String)
    }

    /// The new deployment's name.
    package var candidate: String
    /// Traffic before the rollout, without the candidate.
    package var before: [String: Int]
    /// Percent of the first stage, 1 to 99.
    package var share: Int
    package var gate: Gate

    package init(candidate: String, before: [String: Int], share: Int = 10, gate: Gate = Gate()) {
        self.candidate = candidate
        self.before = before.filter { $0.key != candidate }
        self.share = min(99, max(1, share))
        self.gate = gate
    }

    package func decide(after stage: Stage) -> Decision {
        switch stage {
        case .smoke(passed: false): return .rollBack(back, reason: "the smoke test failed")
        case .smoke(passed: true):
            // An endpoint without traffic has nothing to protect.
            return before.values.contains { $0 > 0 } ? .shift(split) : .finish([candidate: 100])
        case .canary(let requests, let failures, let p99):
            // Failures that exceed the gate even if all requests still missing succeed need no more evidence.
            let rate = Double(failures) / Double(max(1, max(requests, gate.requests)))
            if rate > gate.errorRate {
                return .rollBack(back, reason: "\(failures) of \(requests) requests failed, more than \(gate.errorRate * 100) %")
            }
            guard requests >= gate.requests else { return .wait }
            if p99 > gate.p99Milliseconds {
                return .rollBack(back, reason: "99 % of the requests took up to \(p99) ms, more than \(gate.p99Milliseconds) ms")
            }
            var traffic = before.mapValues { _ in 0 }
            traffic[candidate] = 100
            return .finish(traffic)
        }
    }

    private var back: [String: Int] {
        var traffic = before
        traffic[candidate] = 0
        return traffic
    }

    /// The candidate's share, and the rest in the proportions of before; whole numbers that add up to 100.
    private var split: [String: Int] {
        let total = before.values.reduce(0) { $0 + max(0, $1) }
        let rest = 100 - share
        var traffic: [String: Int] = [candidate: share]
        var given = 0
        let names = before.keys.sorted { (before[$0] ?? 0, $1) > (before[$1] ?? 0, $0) }
        for name in names {
            let part = rest * max(0, before[name] ?? 0) / max(1, total)
            traffic[name] = part
            given += part
        }
        if let first = names.first { traffic[first, default: 0] += rest - given }
        return traffic
    }
}
