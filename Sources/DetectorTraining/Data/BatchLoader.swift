import Dispatch
import Foundation
import Imaging
import Synchronization

/// The pictures of one step.
package struct TrainingBatch: Sendable {
    /// Pictures × side × side × 3 bytes.
    package var pixels: [UInt8]
    package var objects: [[TrainingObject]]
}

/// Makes the batches of an epoch on threads of its own, a few ahead of their use, so that the tensor thread does not wait
/// for pixels. Batches come in order, and what is in them does not depend on who made them.
package final class BatchLoader: Sendable {
    private let composer: PictureComposer
    private let order: [Int]
    private let settings: TrainingSettings
    private let epoch: Int
    private let withMosaic: Bool
    /// One place for each batch that may be under way or waiting.
    private let room = DispatchSemaphore(value: 0)
    /// For each batch, that it is made.
    private let ready: [DispatchSemaphore]
    private let state = Mutex(State())
    /// Batches of the epoch.
    package let count: Int

    private struct State {
        /// The next batch to be made, and the next to be handed out.
        var begun = 0
        var handedOut = 0
        var waiting: [Int: TrainingBatch] = [:]
        var isCancelled = false
    }

    /// Starts at once. Every image comes once, in an order drawn from seed and epoch; the batches are as equal in size as
    /// can be, since normalisation over a small remainder would be noise.
    package init(store: PictureStore, settings: TrainingSettings, epoch: Int, withMosaic: Bool) {
        self.settings = settings
        self.epoch = epoch
        self.withMosaic = withMosaic
        var random = RandomSource(seed: settings.seed, path: 3, epoch)
        order = (0..<store.count).shuffled(using: &random)
        count = Self.batchCount(images: store.count, batch: settings.batch)
        composer = PictureComposer(store: store, settings: settings)
        ready = (0..<count).map { _ in DispatchSemaphore(value: 0) }
        let workers = settings.workers ?? max(1, ProcessInfo.processInfo.activeProcessorCount / 4)
        // Signalled rather than created full: a semaphore must not end below the value it was created with.
        for _ in 0..<(workers + 2) { room.signal() }
        for index in 0..<workers {
            let thread = Thread { [self] in work() }
            thread.name = "pictures \(index)"
            thread.start()
        }
    }

    package static func batchCount(images: Int, batch: Int) -> Int { (images + batch - 1) / batch }

    private func work() {
        while true {
            room.wait()
            let next = state.withLock { state -> Int? in
                guard !state.isCancelled, state.begun < count else { return nil }
                state.begun += 1
                return state.begun - 1
            }
            guard let next else {
                // The next worker is to see the end too.
                room.signal()
                return
            }
            let batch = make(next)
            state.withLock { $0.waiting[next] = batch }
            ready[next].signal()
        }
    }

    private func make(_ number: Int) -> TrainingBatch {
        let places = (number * order.count / count)..<((number + 1) * order.count / count)
        var batch = TrainingBatch(pixels: [], objects: [])
        batch.pixels.reserveCapacity(places.count * settings.imgsz * settings.imgsz * 3)
        for place in places {
            let picture = composer.compose(order[place], epoch: epoch, place: place, withMosaic: withMosaic)
            batch.pixels += picture.image.pixels
            batch.objects.append(picture.objects)
        }
        return batch
    }

    /// The next batch; nil after the last.
    package func next() -> TrainingBatch? {
        let number = state.withLock { state in
            defer { state.handedOut += 1 }
            return state.handedOut
        }
        guard number < count else { return nil }
        ready[number].wait()
        let batch = state.withLock { $0.waiting.removeValue(forKey: number) }
        room.signal()
        return batch
    }

    /// Ends the threads early.
    package func cancel() {
        state.withLock { $0.isCancelled = true }
        room.signal()
    }
}
