/// The Pascal VOC detection protocol as the devkit's `VOCevaldet` describes it: each detection looks only at the truth it
/// overlaps most; a second claim on the same object is a false positive; difficult objects count for nothing (nor do COCO
/// crowds, which VOC does not know). No cut per image.
package struct VOCEvaluator: Evaluator {
    private let settings: VOCSettings

    package init(_ settings: VOCSettings = VOCSettings()) {
        self.settings = settings
    }

    /// `voc-allpoint` or `voc-11point`, with the overlap appended when it is not 0.5.
    package var protocolName: String {
        "voc-\(settings.integration.rawValue)" + (settings.overlapThreshold == 0.5 ? "" : "@\(settings.overlapThreshold)")
    }

    package func evaluate(truth: LabelledDataset, detections: [[DetectedObject]]) -> DetectionReport {
        let table = OverlapTable(truth: truth, detections: detections)
        let isHalf = settings.overlapThreshold == 0.5
        var pool = OutcomePool()
        var classes: [ClassScore] = []
        var samples: [[Double]] = []
        for category in 0..<table.classCount {
            let (scores, outcomes, truthCount) = match(category, in: table)
            pool.add(scores: scores, outcomes: outcomes, truthCount: truthCount)
            var score = ClassScore(
                name: truth.categories[category], ap: -1, ap50: -1, truthCount: truthCount,
                detectionCount: table.detectionCount(ofClass: category))
            if truthCount > 0 {
                let curve = PrecisionRecallCurve(outcomes: outcomes, truthCount: truthCount)
                score.ap =
                    switch settings.integration {
                    case .allPoints: curve.area
                    case .elevenPoints: curve.precision(atRecalls: (0...10).map { Double($0) / 10 }).meanOfMeasured
                    }
                if isHalf {
                    score.ap50 = score.ap
                    samples.append(curve.precision(atRecalls: COCOSettings.recallLevels))
                }
            }
            classes.append(score)
        }
        let mean = classes.map(\.ap).meanOfMeasured
        return DetectionReport(
            protocolName: protocolName, imageCount: truth.images.count, truthCount: pool.truthCount,
            detectionCount: classes.reduce(0) { $0 + $1.detectionCount },
            meanAveragePrecision: mean, at50: isHalf ? mean : -1, at75: settings.overlapThreshold == 0.75 ? mean : -1,
            small: -1, medium: -1, large: -1, recalls: AverageRecalls(), perClass: classes,
            bestF1: isHalf ? pool.bestF1() : nil,
            precisionAtRecall: samples.isEmpty
                ? [] : COCOSettings.recallLevels.indices.map { level in samples.map { $0[level] }.meanOfMeasured })
    }

    /// Scores and outcomes of a class, best first, and the objects that count.
    private func match(_ category: Int, in table: OverlapTable) -> (scores: [Double], outcomes: [MatchOutcome], truthCount: Int) {
        var scores: [Double] = []
        var outcomes: [MatchOutcome] = []
        var truthCount = 0
        table.forEachCell(ofClass: category, maximumDetections: .max) { cell in
            let truths = cell.truths
            truthCount += truths.count { !$0.isDifficult && !$0.isCrowd }
            var isTaken = [Bool](repeating: false, count: truths.count)
            for (index, detection) in cell.detections.enumerated() {
                scores.append(detection.score)
                let row = index * truths.count
                let best = truths.indices.max { cell.overlaps[row + $0] < cell.overlaps[row + $1] }
                guard let best, cell.overlaps[row + best] >= settings.overlapThreshold, cell.overlaps[row + best] > 0 else {
                    outcomes.append(.falsePositive)
                    continue
                }
                if truths[best].isDifficult || truths[best].isCrowd {
                    outcomes.append(.ignored)
                } else {
                    outcomes.append(isTaken[best] ? .falsePositive : .truePositive)
                    isTaken[best] = true
                }
            }
        }
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        return (order.map { scores[$0] }, order.map { outcomes[$0] }, truthCount)
    }
}
