/// Precision, recall and F1 over confidence on a grid of 1,000 points, each a mean over the classes with truth, and the point
/// where F1, smoothed over a tenth of the grid, is highest: how Ultralytics chooses the precision and recall it prints.
struct ConfidenceCurves {
    private(set) var precision = [Double](repeating: 0, count: 1000)
    private(set) var recall = [Double](repeating: 0, count: 1000)
    private(set) var f1 = [Double](repeating: 0, count: 1000)
    private let isEmpty: Bool

    init(_ classes: [ClassEvaluation]) {
        let known = classes.filter { $0.truthCounts[0] > 0 }
        isEmpty = known.isEmpty
        for evaluation in known { add(evaluation, share: 1 / Double(known.count)) }
    }

    /// Nil without truth.
    var best: (precision: Double, recall: Double, f1: Double, confidence: Double)? {
        guard !isEmpty else { return nil }
        let smooth = Self.smoothed(f1)
        guard let place = smooth.indices.max(by: { (smooth[$0], $1) < (smooth[$1], $0) }) else { return nil }
        return (precision[place], recall[place], f1[place], Double(place) / 999)
    }

    private mutating func add(_ evaluation: ClassEvaluation, share: Double) {
        let truthCount = Double(evaluation.truthCounts[0])
        // Confidence falls along the detections, so the grid is walked from its end.
        var next = 0
        var hits = 0.0
        var passed: (score: Double, precision: Double, recall: Double)?
        for place in (0..<1000).reversed() {
            let confidence = place == 999 ? 1 : Double(place) * (1.0 / 999)
            while next < evaluation.scores.count, evaluation.scores[next] >= confidence {
                if evaluation.outcomes[next] == .hit { hits += 1 }
                passed = (evaluation.scores[next], hits / Double(next + 1), hits / truthCount)
                next += 1
            }
            var point = (precision: 1.0, recall: 0.0)
            if evaluation.scores.isEmpty {
                point.precision = 0
            } else if let passed {
                point = (passed.precision, passed.recall)
                if next < evaluation.scores.count, passed.score > confidence {
                    // Between two detections both run straight.
                    let found = evaluation.outcomes[next] == .hit ? hits + 1 : hits
                    let step = (passed.score - confidence) / (passed.score - evaluation.scores[next])
                    point.precision += step * (found / Double(next + 1) - passed.precision)
                    point.recall += step * (found / truthCount - passed.recall)
                }
            }
            precision[place] += share * point.precision
            recall[place] += share * point.recall
            f1[place] += share * 2 * point.precision * point.recall / (point.precision + point.recall + 1e-16)
        }
    }

    /// A moving mean over 101 points; beyond the ends the first and last value go on.
    private static func smoothed(_ values: [Double]) -> [Double] {
        let reach = 50
        return values.indices.map { place in
            var sum = 0.0
            for offset in -reach...reach { sum += values[min(max(place + offset, 0), values.count - 1)] }
            return sum / Double(2 * reach + 1)
        }
    }
}
