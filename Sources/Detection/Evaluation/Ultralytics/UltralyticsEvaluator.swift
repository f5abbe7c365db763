/// What `yolo val` prints. Written from its behaviour, which changed between releases. 8.0.190 gives a detection only the truth
/// it overlaps most, and lets precision fall in a straight line beyond the recall that was reached; 8.4.190 passes it on to the
/// next free truth, and ends where the detections end.
///
/// Both know no crowds (their labels leave them out) and average over trapezoids. Perfect detections score 0.995. The numbers compare with a run on the same
/// boxes; a run of `yolo val` adds its own letterboxing, suppression and half precision.
package struct UltralyticsEvaluator: Evaluator {
    package enum Release: String, Sendable {
        case v8_0_190 = "8.0.190"
        case v8_4 = "8.4"
    }

    private let release: Release

    package init(_ release: Release) {
        self.release = release
    }

    package var protocolName: String { "ultralytics-\(release.rawValue)" }
    package var says: String { "Ultralytics \(release.rawValue), without COCO's JSON" }

    package var rules: EvaluationRules {
        EvaluationRules(
            overlaps: EvaluationRules.standardOverlaps, assignment: release == .v8_4 ? .bestFree : .onlyBest, crowds: .leftOut,
            detectionLimit: .perImage(300, raised: release == .v8_4), leastScore: 0.001,
            integration: release == .v8_4 ? .trapezoids : .trapezoidsFalling)
    }

    package func namedNumbers(_ report: DetectionReport, of classes: [ClassEvaluation]) -> [String: Double] {
        let point = ConfidenceCurves(classes).best
        let (half, mean) = (report.at50, report.meanAveragePrecision)
        return [
            "metrics/mAP50(B)": half, "metrics/mAP50-95(B)": mean, "metrics/precision(B)": point?.precision ?? -1,
            "metrics/recall(B)": point?.recall ?? -1,
            "fitness": release == .v8_4 || mean < 0 ? mean : 0.1 * half + 0.9 * mean,
        ]
    }
}
