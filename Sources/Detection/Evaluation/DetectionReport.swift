/// How well detections meet the truth, under one named protocol.
///
/// All scores are fractions from 0 to 1, and −1 where the truth holds nothing to measure against (COCO's convention);
/// such cells are left out of every mean. A protocol that does not define a number reports −1 as well.
package struct DetectionReport: Sendable, Hashable, Codable {
    /// The protocol that made the numbers, for example `coco` or `voc-allpoint`.
    package var protocolName: String
    package var imageCount: Int
    /// Objects that count: without crowds and, in VOC protocols, without difficult ones.
    package var truthCount: Int
    /// Detections of known classes, before any cut per image.
    package var detectionCount: Int

    /// The protocol's headline number: for COCO the mean over overlaps 0.50 to 0.95, for VOC the mean at its one overlap.
    package var meanAveragePrecision: Double
    package var at50: Double
    package var at75: Double
    /// Objects below 32² square pixels, by annotated area.
    package var small: Double
    /// Objects of 32² to 96² square pixels.
    package var medium: Double
    /// Objects above 96² square pixels.
    package var large: Double
    package var recalls: AverageRecalls
    /// One entry per category of the dataset, in its order.
    package var perClass: [ClassScore]
    /// The confidence threshold with the best F1 over all classes together at overlap 0.5; absent without true positives.
    package var bestF1: OperatingPoint?
    /// Precision at recall 0, 0.01 … 1 at overlap 0.5, mean over the classes with truth; empty without truth.
    package var precisionAtRecall: [Double]
    /// Numbers under the names that the protocol's own tool gives them, for example `AR_100` or `metrics/precision(B)`.
    package var named: [String: Double]?
}

/// COCO's average recalls: the most that is found with 1, 10 and 100 detections an image, and by size.
package struct AverageRecalls: Sendable, Hashable, Codable {
    package var at1 = -1.0
    package var at10 = -1.0
    package var at100 = -1.0
    package var small = -1.0
    package var medium = -1.0
    package var large = -1.0
}

/// The part of one class in a report; −1 without truth.
package struct ClassScore: Sendable, Hashable, Codable {
    package var name: String
    /// Average precision under the protocol's headline rule.
    package var ap: Double
    package var ap50: Double
    package var truthCount: Int
    package var detectionCount: Int
    /// Average precision at overlap 0.75, where the protocol matches there.
    package var ap75: Double?
    /// Average precision by size of the object, in COCO.
    package var small: Double?
    package var medium: Double?
    package var large: Double?
    /// The highest recall, mean over the overlaps.
    package var recall: Double?
}

/// What a detector does when detections below `threshold` are thrown away.
package struct OperatingPoint: Sendable, Hashable, Codable {
    /// Detections with this score or more are kept.
    package var threshold: Double
    package var precision: Double
    package var recall: Double
    package var f1: Double

    package init(threshold: Double, precision: Double, recall: Double, f1: Double) {
        self.threshold = threshold
        self.precision = precision
        self.recall = recall
        self.f1 = f1
    }
}
