/// What the COCO protocol leaves open. With the defaults the numbers are those of pycocotools 2.0.11.
package struct COCOSettings: Sendable, Hashable, Codable {
    /// Ascending, at most `EvaluationRules.mostOverlaps`; 0.50 to 0.95 in ten steps.
    package var overlapThresholds: [Double]
    /// Detections per image and class that count, best first.
    package var maximumDetections: Int

    package init(overlapThresholds: [Double] = EvaluationRules.standardOverlaps, maximumDetections: Int = 100) {
        self.overlapThresholds = Array(overlapThresholds.prefix(EvaluationRules.mostOverlaps))
        self.maximumDetections = max(0, maximumDetections)
    }

    /// All, small, medium, large: square pixels, both ends belong to the range.
    static let areaRanges: [ClosedRange<Double>] = [0...1e10, 0...1024, 1024...9216, 9216...1e10]
}
