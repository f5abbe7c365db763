extension Array where Element == DetectedObject {
    /// The detections that survive greedy non-maximum suppression, best first.
    ///
    /// A detection goes when a better one of the same class (of any class when `acrossClasses`) overlaps it by more
    /// than `threshold` (intersection over union). Equal scores keep their order in the array, so the result is the same
    /// on every run. Detections whose score or box is not a finite number are dropped.
    /// - Parameter limit: the most detections to return; the search stops there.
    /// - Complexity: O(n log n + kept · n).
    package func suppressingOverlaps(
        above threshold: Double, acrossClasses: Bool = false, limit: Int = .max
    ) -> [DetectedObject] {
        guard limit > 0 else { return [] }
        let candidates = filter { $0.score.isFinite && $0.box.isFinite }
        let order = candidates.indices.sorted {
            (candidates[$1].score, $0) < (candidates[$0].score, $1)
        }
        var kept: [DetectedObject] = []
        var areas: [Double] = []
        search: for index in order {
            let candidate = candidates[index]
            let area = candidate.box.area
            for rival in kept.indices where acrossClasses || kept[rival].category == candidate.category {
                let intersection = kept[rival].box.intersectionArea(with: candidate.box)
                // Written without the division: most pairs do not touch at all.
                if intersection > 0, intersection > threshold * (area + areas[rival] - intersection) { continue search }
            }
            kept.append(candidate)
            areas.append(area)
            if kept.count == limit { break }
        }
        return kept
    }
}

extension BoundingBox {
    /// Whether all four edges are finite numbers: untrusted boxes are asked before any arithmetic.
    package var isFinite: Bool { xMin.isFinite && yMin.isFinite && xMax.isFinite && yMax.isFinite }
}
