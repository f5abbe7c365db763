package import Detection

/// Reads the output of a detection head. Two forms are known:
/// - dense (YOLOv8, YOLO11): [1, 4 + classes, N], per column centre x, centre y, width, height in canvas pixels and one
///   score from 0 to 1 per class;
/// - end to end (YOLOv10, YOLO26): [1, N, 6], per row left, top, right, bottom, score, class, already suppressed.
package struct HeadDecoder {
    /// A box on the canvas with its best class.
    package typealias Candidate = DetectedObject

    /// More candidates than this are cut to the best ones, so that a careless threshold costs no minutes.
    static let candidateLimit = 30_000

    package let classCount: Int

    package init(classCount: Int) {
        self.classCount = classCount
    }

    /// How many classes an output of these sides tells of; nil when it is no detection head.
    package static func classCount(ofDims dims: [Int]) -> Int? {
        guard dims.count == 3, dims[0] == 1 else { return nil }
        return dims[1] > 4 && dims[2] > dims[1] ? dims[1] - 4 : nil
    }

    /// Whether `dims` is a form that `decode` reads for this many classes.
    func accepts(_ dims: [Int]) -> Bool { isDense(dims) || isEndToEnd(dims) }

    /// Whether an output of these sides comes with duplicates already taken out.
    func isSuppressed(_ dims: [Int]) -> Bool { isEndToEnd(dims) && !isDense(dims) }

    private func isDense(_ dims: [Int]) -> Bool { dims.count == 3 && dims[0] == 1 && dims[1] == 4 + classCount && dims[2] > 0 }
    private func isEndToEnd(_ dims: [Int]) -> Bool { dims.count == 3 && dims[0] == 1 && dims[1] > 0 && dims[2] == 6 }

    /// The candidates at or above the confidence of `settings`, not yet suppressed, in canvas pixels.
    package func decode(_ output: HeadOutput, settings: DetectionSettings) throws -> [Candidate] {
        guard accepts(output.dims), output.values.count >= output.dims.reduce(1, *) else {
            throw InferenceError(
                "the model's output has the sides \(output.dims), but a detector of \(classCount) classes gives "
                    + "[1, \(4 + classCount), N] or [1, N, 6]; check that the class names belong to this model")
        }
        var found = isDense(output.dims) ? dense(output, settings) : endToEnd(output, settings)
        if found.count > Self.candidateLimit {
            found.sort { $0.score > $1.score }
            found.removeSubrange(Self.candidateLimit...)
        }
        return found
    }

    private func dense(_ output: HeadOutput, _ settings: DetectionSettings) -> [Candidate] {
        let count = output.dims[2]
        let threshold = Float(settings.confidence)
        var best = [Float](repeating: -1, count: count)
        var category = [Int32](repeating: 0, count: count)
        return output.values.withUnsafeBufferPointer { values in
            // Class after class over all columns: the memory is read in order, whatever the number of classes.
            best.withUnsafeMutableBufferPointer { best in
                category.withUnsafeMutableBufferPointer { category in
                    for candidate in 0..<classCount where settings.classes?.contains(candidate) ?? true {
                        let scores = UnsafeBufferPointer(rebasing: values[((4 + candidate) * count)..<((5 + candidate) * count)])
                        for column in 0..<count where scores[column] > best[column] {
                            best[column] = scores[column]
                            category[column] = Int32(truncatingIfNeeded: candidate)
                        }
                    }
                }
            }
            return (0..<count).compactMap { column in
                guard best[column] >= threshold, best[column] >= 0 else { return nil }
                let width = Double(values[2 * count + column]), height = Double(values[3 * count + column])
                return DetectedObject(
                    box: BoundingBox(
                        x: Double(values[column]) - width / 2, y: Double(values[count + column]) - height / 2,
                        width: width, height: height),
                    category: Int(category[column]), score: Double(min(best[column], 1)))
            }
        }
    }

    private func endToEnd(_ output: HeadOutput, _ settings: DetectionSettings) -> [Candidate] {
        (0..<output.dims[1]).compactMap { row in
            let values = output.values[(6 * row)..<(6 * row + 6)].map(Double.init)
            guard values[4] >= settings.confidence, let category = Int(exactly: values[5].rounded()), (0..<classCount).contains(category),
                settings.classes?.contains(category) ?? true
            else { return nil }
            return DetectedObject(
                box: BoundingBox(xMin: values[0], yMin: values[1], xMax: values[2], yMax: values[3]), category: category,
                score: min(values[4], 1))
        }
    }
}
