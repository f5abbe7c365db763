import Detection
package import Imaging

/// The one detector: letterbox, network, head, suppression and the way back to the picture's own pixels are the same for
/// every engine; only the network differs. Pictures are drawn and boxes read on the callers' threads, while the network
/// runs on lanes of its own, several pictures together where it can.
package final class NetworkDetector: Detector {
    package let classNames: [String]
    package let engine: String
    /// The file that was loaded.
    package let modelPath: String
    package let input: NetworkInput
    package let settings: DetectionSettings
    /// Runs of the network at the same time.
    package let laneCount: Int

    package var inputSize: Int { input.side }

    private let queue: InferenceQueue

    /// Thrown at a graph that says that it takes several pictures, and then works on one alone. It must be loaded anew, with
    /// a batch of one: some engines give nonsense after a batch has failed.
    package struct BatchRefusal: Error {}

    /// Opens `lanes` networks and runs each on empty pictures: a model that cannot work is refused here and not at the
    /// first request, and the first request finds everything warm. Without `classNames` the classes are numbered.
    ///
    /// - Parameters:
    ///   - patience: how long a batch of several pictures waits for more, in seconds.
    ///   - network: opens one lane; the first is number 0.
    package init(
        input: NetworkInput, classNames: [String]?, engine: String, modelPath: String, settings: DetectionSettings = DetectionSettings(),
        lanes: Int = 1, patience: Double = 0.005, network: (Int) throws -> sending any InferenceNetwork
    ) throws {
        let empty = [Float](repeating: 0.5, count: 3 * input.side * input.side)
        let first = InferenceLane(try network(0))
        let output = try first.run([empty], side: input.side, batch: input.batch)[0]
        guard let names = classNames ?? HeadDecoder.classCount(ofDims: output.dims).map({ (0..<$0).map { "class\($0)" } }) else {
            throw InferenceError("\(modelPath) is no known detector: its output has the sides \(output.dims)")
        }
        _ = try HeadDecoder(classCount: names.count).decode(output, settings: DetectionSettings())
        if case .upTo(let limit) = input.batch, limit > 1 {
            let together = try? first.run(Array(repeating: empty, count: limit), side: input.side, batch: input.batch)
            guard together?.allSatisfy({ Self.agree($0, output, side: input.side) }) == true else { throw BatchRefusal() }
        }
        var all = [first]
        while all.count < lanes {
            let lane = InferenceLane(try network(all.count))
            _ = try lane.run([empty], side: input.side, batch: input.batch)
            all.append(lane)
        }
        queue = InferenceQueue(room: 2 * all.count * input.batch.limit, patience: patience)
        for (index, lane) in all.enumerated() { lane.start(on: queue, batch: input.batch, name: "inference-\(index)") }
        self.classNames = names
        self.input = input
        self.engine = engine
        self.modelPath = modelPath
        self.settings = settings
        laneCount = all.count
    }

    deinit { queue.close() }

    /// Whether two outputs for the same picture are the same but for rounding. A model that gives no numbers at all gives
    /// none in company either.
    private static func agree(_ one: HeadOutput, _ other: HeadOutput, side: Int) -> Bool {
        func isClose(_ a: Float, _ b: Float) -> Bool {
            a == b || a.isNaN && b.isNaN || abs(a - b) <= max(0.01 * Float(side), 0.001 * max(abs(a), abs(b)))
        }
        return one.dims == other.dims && zip(one.values, other.values).allSatisfy(isClose)
    }

    package func begin(_ image: PixelImage, settings: DetectionSettings) throws -> PendingDetections {
        let side = try side(settings.side)
        let letterbox = Letterbox(side: side)
        var transform = Letterbox.Transform(scale: 1, padX: 0, padY: 0)
        let canvas = [Float](unsafeUninitializedCapacity: letterbox.floatCount) { buffer, count in
            transform = letterbox.draw(image, into: buffer)
            count = letterbox.floatCount
        }
        let decoder = HeadDecoder(classCount: classNames.count)
        let (drawn, width, height) = (transform, Double(image.width), Double(image.height))
        let pending = PendingDetections { output in
            let candidates = try decoder.decode(output, settings: settings)
            let kept =
                decoder.isSuppressed(output.dims)
                ? Array(candidates.sorted { $0.score > $1.score }.prefix(settings.maxDetections))
                : candidates.suppressingOverlaps(above: settings.overlap, limit: settings.maxDetections)
            return kept.compactMap { found in
                let box = drawn.toImage(found.box).clipped(width: width, height: height)
                return box.area > 0 ? DetectedObject(box: box, category: found.category, score: found.score) : nil
            }
        }
        queue.submit(InferenceQueue.Job(canvas: canvas, side: side) { pending.deliver($0) })
        return pending
    }

    /// The side to draw at.
    /// - Throws: `InferenceError` when the model cannot take it.
    private func side(_ wanted: Int?) throws -> Int {
        guard let wanted, wanted != input.side else { return input.side }
        guard input.takesOtherSides else {
            throw InferenceError(
                "the model takes pictures of \(input.side) pixels only, not \(wanted); leave imgsz out, or export it with free sides")
        }
        guard (32...4096).contains(wanted), wanted % 32 == 0 else {
            throw InferenceError("imgsz \(wanted) does not work; it must be a multiple of 32 from 32 to 4096")
        }
        return wanted
    }
}
