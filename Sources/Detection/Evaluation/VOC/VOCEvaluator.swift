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

    package var says: String { settings.integration == .allPoints ? "Pascal VOC 2010 and later" : "Pascal VOC 2007" }

    package var rules: EvaluationRules {
        EvaluationRules(
            overlaps: [settings.overlapThreshold], assignment: .onlyBest, difficult: .ignored,
            integration: settings.integration == .allPoints ? .area : .points11)
    }

    package func namedNumbers(_ report: DetectionReport, of classes: [ClassEvaluation]) -> [String: Double] {
        ["mAP": report.meanAveragePrecision]
    }
}
