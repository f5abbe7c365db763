internal import Foundation
internal import Kinds
internal import Resources

/// A rollout as it stands, kept with its endpoint (`rollout` among what was observed) so that it goes on after a restart.
struct RolloutState: Codable, Sendable, Hashable {
    enum Phase: String, Codable, Sendable {
        /// The candidate has its small share.
        case canary
        /// The candidate has everything.
        case completed
        /// The traffic is as it was before.
        case rolledBack
        /// Somebody else changed the traffic; the rollout keeps its hands off.
        case abandoned
    }

    var phase: Phase
    var deployment: String
    /// Traffic before, without the candidate.
    var before: [String: Int]
    /// Traffic of the small share; another one at the endpoint was put there by somebody else.
    var split: [String: Int]
    var share: Int
    var requests: Int
    var errorRate: Double
    var p99Milliseconds: Double?
    var by: String
    /// Milliseconds since 1970.
    var since: Int64
    /// Whether the small share has been put.
    var isPlaced = false
    /// What the candidate answered in its share.
    var answered = 0
    var failed = 0
    var reason: String?

    var rollout: StagedRollout {
        StagedRollout(
            candidate: deployment, before: before, share: share,
            gate: .init(errorRate: errorRate, p99Milliseconds: p99Milliseconds ?? .infinity, requests: requests))
    }

    init?(of endpoint: Resource) {
        guard let stored = endpoint.observed[OnlineEndpoint.rolloutMember]?.arrayValue?.first, let state = try? stored.decoded(as: RolloutState.self)
        else { return nil }
        self = state
    }

    /// What a caller asks for.
    /// - Throws: `.invalidInput` that names the member.
    init(_ body: JSON, of endpoint: Resource, by principal: String, at time: Date) throws(Problem) {
        func number(_ name: String, _ range: ClosedRange<Double>, _ standard: Double) throws(Problem) -> Double {
            guard let value = body[name], !value.isNull else { return standard }
            guard let number = value.doubleValue, range.contains(number) else {
                throw Problem(.invalidInput, "'\(name)' must be a number from \(range.lowerBound) to \(range.upperBound)", target: name)
            }
            return number
        }
        guard let name = body["deployment"]?.stringValue, !name.isEmpty else {
            throw Problem(.invalidInput, "'deployment' names the deployment that is to take over", target: "deployment")
        }
        deployment = name
        share = Int(try number("share", 1...99, 10))
        requests = Int(try number("requests", 1...1_000_000, 20))
        errorRate = try number("errorRate", 0...1, 0.01)
        let p99 = try number("p99Milliseconds", 0...3_600_000, 0)
        p99Milliseconds = p99 > 0 ? p99 : nil
        before = (endpoint.properties["traffic"]?.objectValue ?? [:]).reduce(into: [:]) { shares, pair in
            if pair.key != name { shares[pair.key] = Int(clamping: pair.value.integerValue ?? 0) }
        }
        (phase, split, by, since) = (.canary, [:], principal, time.milliseconds)
    }

    // Encoding a value of plain members cannot fail.
    var json: JSON { (try? JSON(encoding: self)) ?? .null }

    /// In an array, because reports are laid over each other member by member, and this one replaces the one before.
    var observed: JSON { [OnlineEndpoint.rolloutMember: [json]] }
}
