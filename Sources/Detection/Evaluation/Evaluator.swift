/// A named way to measure detections against the truth. There is no plain "mAP": protocols differ by several points on
/// the same boxes, so each number travels with the name of the one that made it.
package protocol Evaluator: Sendable {
    /// What is printed beside every number, for example `coco`.
    var protocolName: String { get }
    /// Where the protocol comes from, in one line.
    var says: String { get }
    /// How it decides.
    var rules: EvaluationRules { get }
    /// Numbers that only this protocol has, under the names its own tool gives them.
    func namedNumbers(_ report: DetectionReport, of classes: [ClassEvaluation]) -> [String: Double]
}

extension Evaluator {
    /// See `EvaluationSet.init(truth:detections:)` for what is left out.
    package func evaluate(truth: LabelledDataset, detections: [[DetectedObject]]) -> DetectionReport {
        evaluate(EvaluationSet(truth: truth, detections: detections))
    }

    /// - Parameter threads: all cores where it is nil; the numbers do not depend on it.
    package func evaluate(_ set: EvaluationSet, threads: Int? = nil) -> DetectionReport {
        let classes = ClassEvaluation.all(set, rules: rules, threads: threads)
        var report = DetectionReport(protocolName: protocolName, set: set, classes: classes, rules: rules)
        report.named = namedNumbers(report, of: classes)
        return report
    }
}
