/// Which class was seen as which. In each image the pair of any two classes that overlaps most is joined first, then the next
/// of those left, down to the least overlap; of equal overlaps the surer detection first. Crowd regions and what lies in them count for nothing.
package struct ConfusionMatrix: Sendable, Hashable, Codable {
    /// The classes; the last row and column of `counts` is the background.
    package var classNames: [String]
    /// Row: what it is. Column: what it was seen as. The last column counts missed objects, the last row detections of nothing.
    package var counts: [[Int]]
    /// Least overlap of a pair.
    package var overlap: Double
    /// Least confidence of a detection.
    package var threshold: Double

    package init(_ set: EvaluationSet, threshold: Double, overlap: Double = 0.5) {
        let background = set.classNames.count
        classNames = set.classNames
        self.overlap = overlap
        self.threshold = threshold
        counts = Array(repeating: Array(repeating: 0, count: background + 1), count: background + 1)
        let view = ImageView(set, threshold: threshold)
        for index in set.imageNames.indices {
            let image = view.image(index)
            var pairs: [(overlap: Double, detection: Int, truth: Int)] = []
            for detection in image.detections.indices {
                for truth in image.truths.indices where image.overlap(detection, truth) >= overlap {
                    pairs.append((image.overlap(detection, truth), detection, truth))
                }
            }
            pairs.sort { ($1.overlap, $0.detection, $0.truth) < ($0.overlap, $1.detection, $1.truth) }
            var isFound = [Bool](repeating: false, count: image.truths.count)
            var isUsed = [Bool](repeating: false, count: image.detections.count)
            for pair in pairs where !isFound[pair.truth] && !isUsed[pair.detection] {
                (isFound[pair.truth], isUsed[pair.detection]) = (true, true)
                counts[view.truthClass(image.truths[pair.truth])][view.detectionClass(image.detections[pair.detection])] += 1
            }
            for (place, truth) in image.truths.enumerated() where !isFound[place] { counts[view.truthClass(truth)][background] += 1 }
            for (place, detection) in image.detections.enumerated()
            where !isUsed[place] && !view.isInCrowd(detection, of: image, share: overlap, sameClass: false) {
                counts[background][view.detectionClass(detection)] += 1
            }
        }
    }
}
