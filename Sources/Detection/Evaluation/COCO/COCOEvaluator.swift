/// The COCO detection protocol, number for number as pycocotools 2.0.11 (`COCOeval`, boxes): ten overlaps, 101 recall
/// points, at most 100 detections an image and class, three sizes, crowd regions that count for nothing.
package struct COCOEvaluator: Evaluator {
    private let settings: COCOSettings

    package init(_ settings: COCOSettings = COCOSettings()) {
        self.settings = settings
    }

    /// `coco`; `coco-modified` with settings of one's own, because the numbers then compare with nobody else's.
    package var protocolName: String { settings == COCOSettings() ? "coco" : "coco-modified" }

    package func evaluate(truth: LabelledDataset, detections: [[DetectedObject]]) -> DetectionReport {
        let table = OverlapTable(truth: truth, detections: detections)
        let scores = (0..<table.classCount).map { COCOClassScores(ofClass: $0, in: table, settings: settings) }
        var pool = OutcomePool()
        for score in scores { score.addOutcomes(at: 0.5, to: &pool) }

        func precision(_ area: Int, at threshold: Double? = nil) -> Double {
            scores.flatMap { $0.averagePrecisions(area: area, at: threshold) }.meanOfMeasured
        }
        func recall(_ area: Int, _ limit: Int) -> Double {
            scores.flatMap { $0.recalls(area: area, limit: limit) }.meanOfMeasured
        }
        let curves = scores.compactMap(\.precisionAtRecall)
        return DetectionReport(
            protocolName: protocolName,
            imageCount: truth.images.count,
            truthCount: scores.reduce(0) { $0 + $1.truthCounts[0] },
            detectionCount: (0..<table.classCount).reduce(0) { $0 + table.detectionCount(ofClass: $1) },
            meanAveragePrecision: precision(0), at50: precision(0, at: 0.5), at75: precision(0, at: 0.75),
            small: precision(1), medium: precision(2), large: precision(3),
            recalls: AverageRecalls(
                at1: recall(0, 1), at10: recall(0, 10), at100: recall(0, settings.maximumDetections),
                small: recall(1, settings.maximumDetections), medium: recall(2, settings.maximumDetections),
                large: recall(3, settings.maximumDetections)),
            perClass: scores.indices.map { category in
                ClassScore(
                    name: truth.categories[category],
                    ap: scores[category].averagePrecisions(area: 0).meanOfMeasured,
                    ap50: scores[category].averagePrecisions(area: 0, at: 0.5).meanOfMeasured,
                    truthCount: scores[category].truthCounts[0],
                    detectionCount: table.detectionCount(ofClass: category))
            },
            bestF1: pool.bestF1(),
            precisionAtRecall: curves.isEmpty
                ? [] : COCOSettings.recallLevels.indices.map { level in curves.map { $0[level] }.meanOfMeasured })
    }
}
