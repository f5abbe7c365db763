package import Detection
package import Imaging

/// A loaded detection model: pixels in, objects out, whichever engine computes it.
package protocol Detector: Sendable {
    /// Names of the classes; `DetectedObject.category` indexes this list.
    var classNames: [String] { get }

    /// Side in pixels of the square picture that the network looks at.
    var inputSize: Int { get }

    /// The engine that runs the model, as `engine list` names it.
    var engine: String { get }

    /// The objects of each image, best first, in pixels of that image. One image after the other: a batch gives exactly
    /// what its images give alone. Safe to call from several threads; calls wait for each other.
    func detect(_ images: [PixelImage], settings: DetectionSettings) throws -> [[DetectedObject]]
}

/// What counts as a detection.
package struct DetectionSettings: Sendable, Hashable {
    /// Least score kept, 0 to 1.
    package var confidence: Double
    /// Two boxes of one class that overlap by more than this intersection over union are one object.
    package var overlap: Double
    /// At most this many objects per image.
    package var maxDetections: Int
    /// Only these classes; all of them when nil.
    package var classes: Set<Int>?

    package init(confidence: Double = 0.25, overlap: Double = 0.7, maxDetections: Int = 300, classes: Set<Int>? = nil) {
        self.confidence = confidence
        self.overlap = overlap
        self.maxDetections = maxDetections
        self.classes = classes
    }

    /// What mean average precision is measured with: nearly every candidate counts, ranked by its score.
    package static let evaluation = DetectionSettings(confidence: 0.001, overlap: 0.7, maxDetections: 300)
}
