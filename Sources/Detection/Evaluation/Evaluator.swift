/// A named way to measure detections against the truth. There is no plain "mAP": protocols differ by several points on
/// the same boxes, so each number travels with the name of the one that made it.
package protocol Evaluator: Sendable {
    /// What is printed beside every number, for example `coco`.
    var protocolName: String { get }

    /// - Parameters:
    ///   - truth: labelled images; `DetectedObject.category` indexes its `categories`.
    ///   - detections: one array per image of `truth`, in the same order. Images beyond its end count as having no detections,
    ///     arrays beyond the last image are left out, and so are detections of no known class or with numbers that are
    ///     not finite.
    func evaluate(truth: LabelledDataset, detections: [[DetectedObject]]) -> DetectionReport
}
