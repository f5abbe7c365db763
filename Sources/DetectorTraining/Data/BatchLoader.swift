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

/// Makes the batches of an epoch on a thread of its own, a few ahead of their use, so that the tensor thread never waits
/// for pixels.
package final class BatchLoader: Sendable {
    private let ready = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)
    private let state = Mutex(State())
    /// Batches of the epoch.
    package let count: Int

    private struct State {
        var waiting: [TrainingBatch] = []
        var isCancelled = false
    }

    /// Starts at once. Every image comes once, in an order drawn from seed and epoch; the batches are as equal in size as
    /// can be, since normalisation over a small remainder would be noise.
    package init(store: PictureStore, settings: TrainingSettings, epoch: Int, withMosaic: Bool, ahead: Int = 3) {
        // Signalled rather than created full: a semaphore must not end below the value it was created with.
        for _ in 0..<ahead { room.signal() }
        var random = RandomSource(seed: settings.seed, path: 3, epoch)
        let order = (0..<store.count).shuffled(using: &random)
        let batchCount = Self.batchCount(images: store.count, batch: settings.batch)
        let batches = (0..<batchCount).map { ($0 * order.count / batchCount)..<(($0 + 1) * order.count / batchCount) }
        count = batchCount
        let composer = PictureComposer(store: store, settings: settings)
        let thread = Thread { [self] in
            for places in batches {
                room.wait()
                if state.withLock({ $0.isCancelled }) { return }
                var batch = TrainingBatch(pixels: [], objects: [])
                batch.pixels.reserveCapacity(places.count * settings.imgsz * settings.imgsz * 3)
                for place in places {
                    let picture = composer.compose(order[place], epoch: epoch, place: place, withMosaic: withMosaic)
                    batch.pixels += picture.image.pixels
                    batch.objects.append(picture.objects)
                }
                state.withLock { $0.waiting.append(batch) }
                ready.signal()
            }
        }
        thread.name = "batches"
        thread.start()
    }

    package static func batchCount(images: Int, batch: Int) -> Int { (images + batch - 1) / batch }

    /// The next batch; call exactly `count` times.
    package func next() -> TrainingBatch {
        ready.wait()
        let batch = state.withLock { $0.waiting.removeFirst() }
        room.signal()
        return batch
    }

    /// Ends the thread early.
    package func cancel() {
        state.withLock { $0.isCancelled = true }
        room.signal()
    }
}
