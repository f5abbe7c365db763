/// Precision while detections are taken best first, known where it matters: at each hit. Between two hits it only falls, so
/// the envelope, the best precision at a recall or any higher one, never stands on a miss.
struct HitCurve {
    /// The envelope at the first, second … hit.
    private(set) var envelope: [Double]
    /// Precision after the last detection; 0 without detections.
    let last: Double
    let truthCount: Int

    /// - Parameters:
    ///   - precisions: precision at each hit.
    ///   - truthCount: objects that count; more than 0.
    init(precisions: some Collection<Double>, last: Double, truthCount: Int) {
        envelope = Array(precisions)
        for index in envelope.indices.dropLast().reversed() { envelope[index] = max(envelope[index], envelope[index + 1]) }
        self.last = last
        self.truthCount = truthCount
    }

    /// The reference adds one unit in the last place of 1 to keep 0/0 away; so do we, to agree in every digit.
    static func precision(hits: Int, misses: Int) -> Double { Double(hits) / (Double(hits + misses) + 1.0.ulp) }

    func recall(_ hits: Int) -> Double { Double(hits) / Double(truthCount) }

    var finalRecall: Double { recall(envelope.count) }

    /// The envelope at each recall of `levels` (ascending); 0 beyond the highest recall reached.
    func precision(atRecalls levels: [Double]) -> [Double] {
        var hit = 0
        return levels.map { level in
            while hit < envelope.count, recall(hit + 1) < level { hit += 1 }
            return hit < envelope.count ? envelope[hit] : 0
        }
    }

    func average(_ integration: EvaluationRules.Integration) -> Double {
        switch integration {
        case .points101: precision(atRecalls: EvaluationRules.recallLevels).meanOfMeasured
        case .points11: precision(atRecalls: (0...10).map { Double($0) / 10 }).meanOfMeasured
        case .area: area
        case .trapezoids: trapezoids(isFalling: false)
        case .trapezoidsFalling: trapezoids(isFalling: true)
        }
    }

    private var area: Double {
        var area = 0.0, reached = 0.0
        for (index, precision) in envelope.enumerated() {
            area += (recall(index + 1) - reached) * precision
            reached = recall(index + 1)
        }
        return area
    }

    /// The envelope is flat between two hits. At a recall that is reached exactly, what comes after it counts.
    private func trapezoids(isFalling: Bool) -> Double {
        guard !envelope.isEmpty else { return 0 }
        var hit = 0
        let values = EvaluationRules.recallLevels.map { level -> Double in
            while hit < envelope.count, recall(hit + 1) <= level { hit += 1 }
            if hit < envelope.count { return envelope[hit] }
            return isFalling && finalRecall < 1 ? last * (1 - level) / (1 - finalRecall) : 0
        }
        var area = 0.0
        for (index, level) in EvaluationRules.recallLevels.enumerated().dropFirst() {
            area += (values[index] + values[index - 1]) / 2 * (level - EvaluationRules.recallLevels[index - 1])
        }
        return area
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
