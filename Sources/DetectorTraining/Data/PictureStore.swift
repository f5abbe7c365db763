import Detection
import Imaging
import Synchronization

/// The training pictures: each is read from disk once and kept small in memory, as long as there is room.
package final class PictureStore: Sendable {
    private let source: LabelledFolder
    private let side: Int
    private let limit: Int
    private let state = Mutex(State())

    private struct State {
        var pictures: [Int: TrainingPicture] = [:]
        var bytes = 0
        var failures: [Int: String] = [:]
    }

    /// Bytes of pixels kept at most.
    package static let standardLimit = 2 << 30

    package init(_ source: LabelledFolder, side: Int, limit: Int = PictureStore.standardLimit) {
        self.source = source
        self.side = side
        self.limit = limit
    }

    package var count: Int { source.dataset.images.count }

    /// The files that could not be read so far, as sentences, in the order of the images.
    package var problems: [String] { state.withLock { state in state.failures.sorted { $0.key < $1.key }.map(\.value) } }

    /// The picture at `index`; a grey one without objects when its file is no good.
    package func picture(_ index: Int) -> TrainingPicture {
        if let known = state.withLock({ $0.pictures[index] }) { return known }
        let labelled = source.dataset.images[index]
        let path = source.path(of: labelled)
        let made: TrainingPicture
        do {
            made = try TrainingPicture(labelled, path: path, side: side)
        } catch {
            made = TrainingPicture(image: Canvas.grey(width: side, height: side), objects: [])
            state.withLock { $0.failures[index] = "\(error)" }
        }
        state.withLock { state in
            guard state.bytes + made.image.pixels.count <= limit else { return }
            state.pictures[index] = made
            state.bytes += made.image.pixels.count
        }
        return made
    }
}
