package import Detection
package import Imaging

/// What the collector records of a scored request beside its answer: facts of each picture.
package struct ScoringFacts: Sendable, Hashable, Codable {
    package var images: [ImageRecord]

    package init(images: [ImageRecord]) {
        self.images = images
    }

    /// One picture of the request.
    package struct ImageRecord: Sendable, Hashable, Codable {
        /// Brightness, contrast and so on, by name (`Imaging.AllFacts`).
        package var image: ImageFacts
        /// What was seen, where the answer's body does not tell it to the collector.
        package var detections: [Found]?

        package init(image: ImageFacts, detections: [Found]? = nil) {
            self.image = image
            self.detections = detections
        }
    }

    /// A detection as the collector keeps it.
    package struct Found: Sendable, Hashable, Codable {
        /// Class name.
        package var category: String
        /// 0 to 1.
        package var score: Double
        /// Left, top, right, bottom in shares of the picture, 0 to 1, four decimals.
        package var box: [Double]

        /// - Parameters: the object in pixels of a picture of `width` × `height`.
        package init(_ object: DetectedObject, width: Int, height: Int, classNames: [String]) {
            category = classNames.indices.contains(object.category) ? classNames[object.category] : "\(object.category)"
            score = object.score
            let shares = ScoringOutput.fractions(object.box, width: width, height: height)
            box = [shares.xMin, shares.yMin, shares.xMax, shares.yMax].map { ($0 * 10_000).rounded() / 10_000 }
        }
    }
}
