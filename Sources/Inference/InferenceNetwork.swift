/// One loaded network in one engine. Used by one thread at a time; `NetworkDetector` sees to that. What goes in and out
/// is plain values, so that a network never shares memory with its callers.
package protocol InferenceNetwork: AnyObject {
    /// Runs the network on one picture (`canvas` of shape [1, 3, side, side], R G B planes from 0 to 1) and answers with
    /// its first output.
    func run(_ canvas: [Float], side: Int) throws -> HeadOutput
}

/// The raw numbers that a detection network gives for one picture.
package struct HeadOutput: Sendable {
    package let values: [Float]
    /// Sides, the batch side included.
    package let dims: [Int]

    package init(values: [Float], dims: [Int]) {
        self.values = values
        self.dims = dims
    }
}
