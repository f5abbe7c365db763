/// Erlang's rule for supervisors: so many restarts in so many seconds, then give up. Pure.
package struct RestartIntensity: Sendable, Hashable {
    package var limit: Int
    package var window: Duration
    private var ends: [ContinuousClock.Instant] = []

    package init(limit: Int = 5, window: Duration = .seconds(60)) {
        self.limit = limit
        self.window = window
    }

    /// Notes that a worker ended at `time`.
    /// - Returns: whether it may be started again.
    package mutating func mayRestart(at time: ContinuousClock.Instant) -> Bool {
        ends.removeAll { $0.duration(to: time) > window }
        ends.append(time)
        return ends.count <= limit
    }
}
