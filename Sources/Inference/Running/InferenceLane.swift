import Foundation
import Synchronization

/// A network with a thread of its own that runs what comes through the queue.
final class InferenceLane: Sendable {
    private let network: Mutex<any InferenceNetwork>

    init(_ network: sending any InferenceNetwork) {
        self.network = Mutex(network)
    }

    /// Works until the queue is closed.
    func start(on queue: InferenceQueue, batch: NetworkInput.Batch, name: String) {
        let thread = Thread { [self] in
            while let jobs = queue.next(limit: batch.limit) {
                do {
                    let outputs = try run(jobs.map(\.canvas), side: jobs[0].side, batch: batch)
                    for (job, output) in zip(jobs, outputs) { job.deliver(.success(output)) }
                } catch {
                    let failure = error as? InferenceError ?? InferenceError("\(error)")
                    for job in jobs { job.deliver(.failure(failure)) }
                }
            }
        }
        thread.name = name
        thread.start()
    }

    /// The output of each canvas.
    func run(_ canvases: [[Float]], side: Int, batch: NetworkInput.Batch) throws -> [HeadOutput] {
        guard let first = canvases.first else { return [] }
        let count = if case .exactly(let fixed) = batch { max(1, fixed) } else { canvases.count }
        var joined = first
        if count > 1 {
            joined.reserveCapacity(count * first.count)
            for canvas in canvases.dropFirst() { joined += canvas }
            joined += repeatElement(0.5, count: max(0, count * first.count - joined.count))
        }
        return try Array(network.withLock { try $0.run(joined, count: count, side: side) }.pictures(count).prefix(canvases.count))
    }
}
