package import Detection
package import Imaging

/// What the collector records of a scored request: facts of each picture and of what was seen in it.
package struct ScoringFacts: Sendable, Hashable, Codable {
    package var images: [ImageRecord]

    package init(images: [ImageRecord]) {
        self.images = images
    }

    /// One picture of the request.
    package struct ImageRecord: Sendable, Hashable, Codable {
        /// Brightness, contrast and so on, by name (`Imaging.AllFacts`).
        package var image: ImageFacts
        package var prediction: PredictionFacts

        package init(image: ImageFacts, prediction: PredictionFacts) {
            self.image = image
            self.prediction = prediction
        }
    }

    /// The lists run over the detections, best first.
    package struct PredictionFacts: Sendable, Hashable, Codable {
        /// Number of detections.
        package var boxes: Int
        /// Scores, 0 to 1, four decimals.
        package var confidences: [Double]
        /// Class names.
        package var classes: [String]
        /// Share of the picture that each box covers, 0 to 1, four decimals.
        package var areas: [Double]

        package init(_ objects: [DetectedObject], in image: PixelImage, classNames: [String]) {
            let whole = Double(max(1, image.width * image.height))
            boxes = objects.count
            confidences = objects.map { Self.short($0.score) }
            classes = objects.map { classNames.indices.contains($0.category) ? classNames[$0.category] : "\($0.category)" }
            areas = objects.map { Self.short($0.box.area / whole) }
        }

        private static func short(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
    }
}
