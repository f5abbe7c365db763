/// What Azure's automated machine learning reports for object detection with its default settings, as `azureml-metrics` 0.0.91
/// computes it: Pascal VOC's matching at one overlap and the area under the stepwise envelope, with COCO's crowds, without
/// Pascal VOC's difficult objects, and with precision and recall after the last detection.
///
/// Of equal scores the later detection goes first. There azureml-metrics itself is not defined: it reverses an unstable sort.
package struct AzureMLEvaluator: Evaluator {
    package init() {}

    package var protocolName: String { "azureml" }
    package var says: String { "Azure AutoML for images, as azureml-metrics 0.0.91 computes it" }
    package var rules: EvaluationRules { EvaluationRules(assignment: .onlyBest, ties: .laterFirst, integration: .area) }

    package func namedNumbers(_ report: DetectionReport, of classes: [ClassEvaluation]) -> [String: Double] {
        [
            "mean_average_precision": report.meanAveragePrecision,
            "precision": classes.map(\.finalPrecision).meanOfMeasured,
            "recall": classes.map { $0.recalls[0] }.meanOfMeasured,
        ]
    }
}

extension ClassEvaluation {
    /// Precision after the last detection; 0 for detections without any truth, −1 without detections.
    var finalPrecision: Double {
        guard detectionCount > 0 else { return -1 }
        let hits = outcomes.count { $0 == .hit }, misses = outcomes.count { $0 == .miss }
        return truthCounts[0] == 0 || hits == 0 ? 0 : HitCurve.precision(hits: hits, misses: misses)
    }
}
