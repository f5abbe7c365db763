/// The COCO detection protocol, number for number as pycocotools 2.0.11 (`COCOeval`, boxes): ten overlaps, 101 recall
/// points, at most 100 detections an image and class, three sizes, crowd regions that count for nothing.
package struct COCOEvaluator: Evaluator {
    private let settings: COCOSettings

    package init(_ settings: COCOSettings = COCOSettings()) {
        self.settings = settings
    }

    /// `coco`; `coco-modified` with settings of one's own, because the numbers then compare with nobody else's.
    package var protocolName: String { settings == COCOSettings() ? "coco" : "coco-modified" }
    package var says: String { "COCO, as pycocotools 2.0.11 computes it" }

    package var rules: EvaluationRules {
        EvaluationRules(
            overlaps: settings.overlapThresholds, assignment: .bestFree, detectionLimit: .perClass(settings.maximumDetections),
            integration: .points101, areaRanges: COCOSettings.areaRanges, recallLimits: [1, 10, settings.maximumDetections])
    }

    /// The twelve of `COCOeval.summarize`, under the names of its papers.
    package func namedNumbers(_ report: DetectionReport, of classes: [ClassEvaluation]) -> [String: Double] {
        [
            "AP": report.meanAveragePrecision, "AP50": report.at50, "AP75": report.at75, "AP_small": report.small, "AP_medium": report.medium,
            "AP_large": report.large, "AR_1": report.recalls.at1, "AR_10": report.recalls.at10, "AR_100": report.recalls.at100,
            "AR_small": report.recalls.small, "AR_medium": report.recalls.medium, "AR_large": report.recalls.large,
        ]
    }
}
