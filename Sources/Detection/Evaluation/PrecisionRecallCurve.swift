/// What became of one detection.
enum MatchOutcome: UInt8 {
    case falsePositive, truePositive
    /// Matched something that counts for nothing, or lies outside the sizes asked for.
    case ignored
}

/// Precision against recall while detections are taken best first. Precision is the envelope: at each point the best that
/// is reached at this recall or a higher one.
struct PrecisionRecallCurve {
    private(set) var recall: [Double] = []
    private(set) var precision: [Double] = []

    /// - Parameters:
    ///   - outcomes: best detection first.
    ///   - truthCount: objects that count; more than 0.
    init(outcomes: some Sequence<MatchOutcome>, truthCount: Int) {
        var hits = 0.0, misses = 0.0
        for outcome in outcomes {
            switch outcome {
            case .truePositive: hits += 1
            case .falsePositive: misses += 1
            case .ignored: break
            }
            recall.append(hits / Double(truthCount))
            // The reference adds one unit in the last place of 1 to keep 0/0 away; so do we, to agree in every digit.
            precision.append(hits / (hits + misses + 1.0.ulp))
        }
        for index in precision.indices.dropLast().reversed() {
            precision[index] = max(precision[index], precision[index + 1])
        }
    }

    /// The highest recall reached.
    var finalRecall: Double { recall.last ?? 0 }

    /// Precision at each recall of `levels` (ascending); 0 beyond the highest recall reached.
    func precision(atRecalls levels: [Double]) -> [Double] {
        var index = 0
        return levels.map { level in
            while index < recall.count, recall[index] < level { index += 1 }
            return index < recall.count ? precision[index] : 0
        }
    }

    /// The exact area under the stepwise envelope (Pascal VOC from 2010 on).
    var area: Double {
        var area = 0.0, reached = 0.0
        for index in recall.indices {
            area += (recall[index] - reached) * precision[index]
            reached = recall[index]
        }
        return area
    }
}

/// The outcomes of many detections with their scores, to find the confidence threshold worth using.
struct OutcomePool {
    private var entries: [(score: Double, isHit: Bool)] = []
    private(set) var truthCount = 0

    mutating func add(scores: [Double], outcomes: [MatchOutcome], truthCount: Int) {
        self.truthCount += truthCount
        for (score, outcome) in zip(scores, outcomes) where outcome != .ignored {
            entries.append((score, outcome == .truePositive))
        }
    }

    /// The threshold of the highest F1 = 2·TP / (2·TP + FP + FN); the highest such threshold when several tie.
    func bestF1() -> OperatingPoint? {
        let sorted = entries.sorted { $0.score > $1.score }
        var best: OperatingPoint?
        var hits = 0.0
        for index in sorted.indices {
            if sorted[index].isHit { hits += 1 }
            // Detections of equal score stand or fall together.
            if index + 1 < sorted.count, sorted[index + 1].score == sorted[index].score { continue }
            let f1 = 2 * hits / (Double(index + 1) + Double(truthCount))
            guard hits > 0, f1 > best?.f1 ?? 0 else { continue }
            best = OperatingPoint(
                threshold: sorted[index].score, precision: hits / Double(index + 1), recall: hits / Double(truthCount), f1: f1)
        }
        return best
    }
}

extension Collection<Double> {
    /// The mean of the cells that were measured (−1 marks those that were not); −1 when none was.
    var meanOfMeasured: Double {
        var sum = 0.0, count = 0
        for value in self where value > -1 {
            sum += value
            count += 1
        }
        return count > 0 ? sum / Double(count) : -1
    }
}
