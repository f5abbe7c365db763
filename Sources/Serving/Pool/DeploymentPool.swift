package import NIOCore
internal import Resources
internal import Synchronization

/// The worker slots of one deployment and the requests that wait for them. A lock, not an actor: nothing waits while it is
/// held, and every request passes here twice.
package final class DeploymentPool: Sendable {
    /// Thrown at a request that chose this pool just before it was replaced; the caller looks at the routes again.
    struct Closed: Error {}

    private struct Waiting {
        let ticket: UInt64
        let call: WorkerCall
        let timer: Scheduled<Void>
    }

    private struct State {
        var free: [WorkerConnection] = []
        var waiting: [Waiting] = []
        var inFlight = 0
        var isClosed = false
        var nextTicket: UInt64 = 0
    }

    private let state = Mutex(State())
    private let group: any EventLoopGroup
    /// Requests at once, answered or waiting; more are refused.
    package let limit: Int
    /// For the whole stay of a request, waiting included.
    package let timeout: Duration

    package init(limit: Int, timeout: Duration, group: any EventLoopGroup) {
        self.limit = max(1, limit)
        self.timeout = timeout
        self.group = group
    }

    /// Requests that are here now.
    package var inFlight: Int { state.withLock { $0.inFlight } }

    /// Has a free worker answer the request, or the next one that becomes free.
    /// - Throws: `.tooManyRequests` at once when `limit` is reached, `WorkerFailure`, `Closed`.
    package func score(_ request: WorkerRequest) async throws -> WorkerReply {
        try enter()
        defer { state.withLock { $0.inFlight -= 1 } }
        let amount = TimeAmount(timeout)
        let result: Result<WorkerReply, WorkerFailure> = await withCheckedContinuation { continuation in
            dispatch(
                WorkerCall(request: request, deadline: .now() + amount, grace: max(amount, .seconds(1))) {
                    continuation.resume(returning: $0)
                })
        }
        return try result.get()
    }

    private func enter() throws {
        let limit = limit
        try state.withLock { state in
            if state.isClosed { throw Closed() }
            guard state.inFlight < limit else {
                throw Problem(
                    .tooManyRequests,
                    "the deployment has \(limit) requests in flight, twice max_concurrent_requests_per_instance times "
                        + "instance_count; try again, or raise one of them"
                )
            }
            state.inFlight += 1
        }
    }

    private func dispatch(_ call: WorkerCall) {
        let free = state.withLock { $0.free.popLast() }
        if let free { return free.send(call) }
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let timer = group.next().scheduleTask(deadline: call.deadline) { [weak self] () -> Void in self?.giveUp(ticket) }
        // A slot may have become free between the two looks.
        let late = state.withLock { state -> WorkerConnection? in
            if let free = state.free.popLast() { return free }
            state.waiting.append(Waiting(ticket: ticket, call: call, timer: timer))
            return nil
        }
        if let late {
            timer.cancel()
            late.send(call)
        }
    }

    private func giveUp(_ ticket: UInt64) {
        let expired = state.withLock { state -> Waiting? in
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
            return state.waiting.remove(at: index)
        }
        expired?.call.complete(.failure(.timedOut))
    }

    // MARK: Slots

    /// Takes a connection in; `onHung` is called when its worker owes an answer for too long.
    package func add(_ connection: WorkerConnection, onHung: @escaping @Sendable () -> Void) {
        connection.observe(
            .init(
                onFree: { [weak self] in self?.release($0) }, onHung: { _ in onHung() },
                onClosed: { [weak self] closed in self?.state.withLock { $0.free.removeAll { $0 === closed } } }))
        if connection.isOpen { release(connection) }
    }

    private func release(_ connection: WorkerConnection) {
        let next = state.withLock { state -> Waiting? in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.free.append(connection)
            return nil
        }
        guard let next else { return }
        next.timer.cancel()
        connection.send(next.call)
    }

    // MARK: The end

    /// Takes no more requests; those that are here are still answered.
    package func close() { state.withLock { $0.isClosed = true } }

    /// Takes no more requests and tells the waiting ones that there is nobody left.
    package func fail() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for entry in waiting {
            entry.timer.cancel()
            entry.call.complete(.failure(.died))
        }
    }

    /// Waits until nothing is in flight, at most `limit`. Cancelling ends the wait.
    package func drained(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while inFlight > 0, ContinuousClock.now < end {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return }
        }
    }
}
