package import Detection
package import Imaging
import Synchronization

/// The one detector: letterbox, network, head, suppression and the way back to the picture's own pixels are the same for
/// every engine; only the network differs.
package final class NetworkDetector: Detector {
    package let classNames: [String]
    package let inputSize: Int
    package let engine: String
    /// The file that was loaded.
    package let modelPath: String

    private let network: Mutex<any InferenceNetwork>

    /// Takes over a network and runs it once on an empty picture: a model that cannot work is refused here and not at the
    /// first request. Without `classNames` the classes are numbered.
    package init(
        network: sending any InferenceNetwork, classNames: [String]?, inputSize: Int, engine: String, modelPath: String
    ) throws {
        let output = try network.run([Float](repeating: 0.5, count: 3 * inputSize * inputSize), side: inputSize)
        guard let names = classNames ?? HeadDecoder.classCount(ofDims: output.dims).map({ (0..<$0).map { "class\($0)" } }) else {
            throw InferenceError("\(modelPath) is no known detector: its output has the sides \(output.dims)")
        }
        _ = try HeadDecoder(classCount: names.count).decode(output, settings: DetectionSettings())
        self.classNames = names
        self.inputSize = inputSize
        self.engine = engine
        self.modelPath = modelPath
        self.network = Mutex(network)
    }

    package func detect(_ images: [PixelImage], settings: DetectionSettings) throws -> [[DetectedObject]] {
        let letterbox = Letterbox(side: inputSize)
        return try images.map { image in
            var transform = Letterbox.Transform(scale: 1, padX: 0, padY: 0)
            let canvas = [Float](unsafeUninitializedCapacity: letterbox.floatCount) { buffer, count in
                buffer.initialize(repeating: 0)
                transform = letterbox.draw(image, into: buffer)
                count = letterbox.floatCount
            }
            let side = inputSize
            let output = try network.withLock { try $0.run(canvas, side: side) }
            let candidates = try HeadDecoder(classCount: classNames.count).decode(output, settings: settings)
            let width = Double(image.width), height = Double(image.height)
            return candidates.suppressingOverlaps(above: settings.overlap, limit: settings.maxDetections).compactMap { found in
                let box = transform.toImage(found.box).clipped(width: width, height: height)
                return box.area > 0 ? DetectedObject(box: box, category: found.category, score: found.score) : nil
            }
        }
    }
}
