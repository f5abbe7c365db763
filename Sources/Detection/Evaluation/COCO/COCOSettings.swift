/// What the COCO protocol leaves open. With the defaults the numbers are those of pycocotools 2.0.11.
package struct COCOSettings: Sendable, Hashable, Codable {
    /// Ascending; 0.50 to 0.95 in ten steps.
    package var overlapThresholds: [Double]
    /// Detections per image and class that count, best first.
    package var maximumDetections: Int

    package init(overlapThresholds: [Double] = COCOSettings.standardThresholds, maximumDetections: Int = 100) {
        self.overlapThresholds = overlapThresholds
        self.maximumDetections = max(0, maximumDetections)
    }

    /// Spelled so that each value is the same double as NumPy's `linspace(.5, .95, 10)`: 0.6 + 0.05 is not 0.65.
    package static let standardThresholds: [Double] = {
        let step = (0.95 - 0.5) / 9
        return (0..<9).map { 0.5 + Double($0) * step } + [0.95]
    }()

    static let recallLevels: [Double] = (0..<100).map { Double($0) * 0.01 } + [1]
    /// All, small, medium, large: square pixels, both ends belong to the range.
    static let areaRanges: [ClosedRange<Double>] = [0...1e10, 0...1024, 1024...9216, 9216...1e10]
}
