package import Detection
package import Imaging

/// A loaded detection model: pixels in, objects out, whichever engine computes it.
package protocol Detector: Sendable {
    /// Names of the classes; `DetectedObject.category` indexes this list.
    var classNames: [String] { get }

    /// Side in pixels of the square picture that the network looks at, unless a caller wants another one.
    var inputSize: Int { get }

    /// The engine that runs the model, as `engine list` names it.
    var engine: String { get }

    /// What counts as a detection when nobody says otherwise: the card's word, or the usual values.
    var settings: DetectionSettings { get }

    /// Takes a picture over and answers later, so that the caller can prepare the next one meanwhile. The picture is drawn
    /// on the calling thread; that thread waits when too many pictures are on their way. Safe to call from several threads.
    func begin(_ image: PixelImage, settings: DetectionSettings) throws -> PendingDetections
}

extension Detector {
    package var settings: DetectionSettings { DetectionSettings() }

    /// The objects of each image, best first, in pixels of that image. Each image gives exactly what it gives alone.
    package func detect(_ images: [PixelImage], settings: DetectionSettings) throws -> [[DetectedObject]] {
        try images.map { try begin($0, settings: settings) }.map { try $0.value() }
    }
}

/// The detections of one picture, which may not be there yet.
package final class PendingDetections: Sendable {
    private let result: ConditionLock<Result<HeadOutput, InferenceError>?>
    private let finish: @Sendable (HeadOutput) throws -> [DetectedObject]

    /// What `deliver` brings is turned into objects by `finish`, on the thread that asks for them.
    init(finish: @escaping @Sendable (HeadOutput) throws -> [DetectedObject]) {
        result = ConditionLock(nil)
        self.finish = finish
    }

    /// Detections that need no network.
    package init(_ objects: @escaping @Sendable () throws -> [DetectedObject]) {
        result = ConditionLock(.success(HeadOutput(values: [], dims: [])))
        finish = { _ in try objects() }
    }

    func deliver(_ output: Result<HeadOutput, InferenceError>) { result.change { $0 = output } }

    /// Waits for the network. Objects come best first, in pixels of the picture.
    package func value() throws -> [DetectedObject] {
        guard let output = result.wait(for: { $0 }) else { throw InferenceError("the model gave no answer") }
        return try finish(output.get())
    }
}

/// What counts as a detection, and how large the network sees the picture.
package struct DetectionSettings: Sendable, Hashable {
    /// Least score kept, 0 to 1.
    package var confidence: Double
    /// Two boxes of one class that overlap by more than this intersection over union are one object.
    package var overlap: Double
    /// At most this many objects per image.
    package var maxDetections: Int
    /// Only these classes; all of them when nil.
    package var classes: Set<Int>?
    /// Side in pixels of the square canvas; the model's own when nil.
    package var side: Int?

    package init(
        confidence: Double = 0.25, overlap: Double = 0.7, maxDetections: Int = 300, classes: Set<Int>? = nil, side: Int? = nil
    ) {
        self.confidence = confidence
        self.overlap = overlap
        self.maxDetections = maxDetections
        self.classes = classes
        self.side = side
    }

    /// What mean average precision is measured with: nearly every candidate counts, ranked by its score.
    package static let evaluation = DetectionSettings(confidence: 0.001, overlap: 0.7, maxDetections: 300)
}
