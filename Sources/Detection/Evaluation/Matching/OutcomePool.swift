/// The outcomes of many detections with their scores, to find the confidence threshold worth using.
struct OutcomePool {
    private var entries: [(score: Double, isHit: Bool)] = []
    private(set) var truthCount = 0

    init(_ classes: some Collection<ClassEvaluation>) {
        entries.reserveCapacity(classes.reduce(0) { $0 + $1.scores.count })
        for evaluation in classes {
            truthCount += evaluation.truthCounts[0]
            for (score, outcome) in zip(evaluation.scores, evaluation.outcomes) where outcome != .ignored {
                entries.append((score, outcome == .hit))
            }
        }
        if classes.count > 1 { entries.sort { $0.score > $1.score } }
    }

    /// The threshold of the highest F1 = 2·TP / (2·TP + FP + FN); the highest such threshold when several tie.
    func bestF1() -> OperatingPoint? {
        var best: OperatingPoint?
        forEachPoint { if $0.f1 > best?.f1 ?? 0 { best = $0 } }
        return best
    }

    /// The threshold that finds most while precision is `precision` or more; the highest such threshold when several tie.
    /// Nil where no threshold reaches it.
    func point(ofPrecision precision: Double) -> OperatingPoint? {
        var best: OperatingPoint?
        forEachPoint { if $0.precision >= precision, $0.recall > best?.recall ?? 0 { best = $0 } }
        return best
    }

    /// What happens at `threshold`; nil where nothing is kept or there is no truth.
    func point(atThreshold threshold: Double) -> OperatingPoint? {
        let kept = entries.prefix { $0.score >= threshold }
        return kept.isEmpty || truthCount == 0 ? nil : point(threshold: threshold, hits: Double(kept.count(where: \.isHit)), kept: Double(kept.count))
    }

    /// Detections of equal score stand or fall together.
    private func forEachPoint(_ body: (OperatingPoint) -> Void) {
        guard truthCount > 0 else { return }
        var hits = 0.0
        for index in entries.indices {
            if entries[index].isHit { hits += 1 }
            if index + 1 < entries.count, entries[index + 1].score == entries[index].score { continue }
            if hits > 0 { body(point(threshold: entries[index].score, hits: hits, kept: Double(index + 1))) }
        }
    }

    private func point(threshold: Double, hits: Double, kept: Double) -> OperatingPoint {
        OperatingPoint(
            threshold: threshold, precision: hits / kept, recall: hits / Double(truthCount), f1: 2 * hits / (kept + Double(truthCount)))
    }
}
