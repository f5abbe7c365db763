/// One loaded network in one engine. Used by one thread at a time; a lane of `NetworkDetector` sees to that. What goes in
/// and out is plain values, so that a network never shares memory with its callers.
package protocol InferenceNetwork: AnyObject {
    /// Runs the network on `count` pictures (`canvases` of shape [count, 3, side, side], R G B planes from 0 to 1) and
    /// answers with its first output, whose first side is `count`.
    func run(_ canvases: [Float], count: Int, side: Int) throws -> HeadOutput
}

/// The raw numbers that a detection network gives for pictures.
package struct HeadOutput: Sendable {
    package let values: [Float]
    /// Sides, the batch side included.
    package let dims: [Int]

    package init(values: [Float], dims: [Int]) {
        self.values = values
        self.dims = dims
    }

    /// The output of each picture alone, with a batch side of 1.
    /// - Throws: `InferenceError` when the network did not answer for `count` pictures.
    func pictures(_ count: Int) throws -> [HeadOutput] {
        guard dims.first == count, count > 0, values.count % count == 0 else {
            throw InferenceError("the model's output has the sides \(dims) for a batch of \(count)")
        }
        if count == 1 { return [self] }
        let each = values.count / count
        return (0..<count).map {
            HeadOutput(values: Array(values[($0 * each)..<(($0 + 1) * each)]), dims: [1] + dims.dropFirst())
        }
    }
}

/// What a network can be given.
package struct NetworkInput: Sendable, Hashable {
    /// How many pictures one run takes.
    package enum Batch: Sendable, Hashable {
        /// The graph was made for this number; missing pictures are filled up with empty ones.
        case exactly(Int)
        /// Any number up to this one.
        case upTo(Int)

        /// The most pictures of one run.
        package var limit: Int {
            switch self {
            case .exactly(let count), .upTo(let count): max(1, count)
            }
        }
    }

    /// Side in pixels of the square picture.
    package var side: Int
    /// Whether other sides that are multiples of 32 work as well.
    package var takesOtherSides: Bool
    package var batch: Batch

    package init(side: Int, takesOtherSides: Bool = false, batch: Batch = .exactly(1)) {
        self.side = side
        self.takesOtherSides = takesOtherSides
        self.batch = batch
    }

    /// As many pictures as two of 640 pixels have, 16 at most: small pictures leave a core idle between two of them,
    /// large ones gain nothing from company and would only wait for it.
    package static func usualBatch(side: Int) -> Batch { .upTo(min(16, max(1, 2 * 640 * 640 / max(1, side * side)))) }
}
