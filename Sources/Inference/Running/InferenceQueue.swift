import Foundation

/// Pictures on their way from the threads that draw them to the lanes that run the network. Bounded: who brings more than
/// there is room for, waits.
final class InferenceQueue: Sendable {
    /// One picture, drawn.
    struct Job: Sendable {
        let canvas: [Float]
        let side: Int
        /// Called once, on a lane's thread.
        let deliver: @Sendable (Result<HeadOutput, InferenceError>) -> Void
    }

    private struct State: Sendable {
        var jobs: [Job] = []
        var isClosed = false
    }

    private let state = ConditionLock(State())
    private let room: Int
    /// How long a batch that is not full waits for more pictures, in seconds.
    private let patience: Double

    init(room: Int, patience: Double) {
        self.room = max(1, room)
        self.patience = patience
    }

    /// Puts a picture into the queue; waits while there is no room.
    func submit(_ job: Job) {
        let isAccepted = state.wait { state -> Bool? in
            if state.isClosed { return false }
            guard state.jobs.count < room else { return nil }
            state.jobs.append(job)
            return true
        }
        if isAccepted != true { job.deliver(.failure(InferenceError("the model has been closed"))) }
    }

    /// The next pictures to run together, all of one side, oldest first; nil once the queue is closed and empty. A single
    /// picture starts at once. Only where several came together does an open batch wait for others, for `patience`.
    func next(limit: Int) -> [Job]? {
        guard
            var batch = state.wait(for: { state -> [Job]? in
                if !state.jobs.isEmpty { return Self.take(from: &state.jobs, limit: limit) }
                return state.isClosed ? [] : nil
            }), !batch.isEmpty
        else { return nil }
        guard batch.count > 1, batch.count < limit, patience > 0 else { return batch }
        let deadline = Date(timeIntervalSinceNow: patience)
        while batch.count < limit {
            let (side, missing) = (batch[0].side, limit - batch.count)
            guard
                let more = state.wait(
                    until: deadline,
                    for: { state -> [Job]? in
                        let more = Self.take(from: &state.jobs, limit: missing, side: side)
                        return more.isEmpty ? nil : more
                    })
            else { break }
            batch += more
        }
        return batch
    }

    /// What is in the queue is still run; nothing new is taken.
    func close() { state.change { $0.isClosed = true } }

    private static func take(from jobs: inout [Job], limit: Int, side: Int? = nil) -> [Job] {
        guard let wanted = side ?? jobs.first?.side else { return [] }
        var taken: [Job] = []
        jobs.removeAll { job in
            guard taken.count < limit, job.side == wanted else { return false }
            taken.append(job)
            return true
        }
        return taken
    }
}
