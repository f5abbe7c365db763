import Detection
import Imaging
import Inference
import Testing

@Suite("From the head's numbers to objects in the picture")
struct HeadDecoderTests {
    /// Two classes, three cells: [1, 6, 3].
    private let dense = HeadOutput(
        values: [
            10, 50, 80,  // centre x
            20, 50, 80,  // centre y
            4, 20, 10,  // width
            8, 40, 10,  // height
            0.9, 0.1, 0.2,  // class 0
            0.3, 0.7, 0.1,  // class 1
        ], dims: [1, 6, 3])

    @Test("A dense head gives its best class per cell, above the confidence")
    func denseHead() throws {
        let found = try HeadDecoder(classCount: 2).decode(dense, settings: DetectionSettings(confidence: 0.25))
        #expect(found.map(\.category) == [0, 1])
        #expect(found[0].box == BoundingBox(xMin: 8, yMin: 16, xMax: 12, yMax: 24))
        #expect(found[1].box == BoundingBox(xMin: 40, yMin: 30, xMax: 60, yMax: 70))
        #expect(abs(found[0].score - 0.9) < 1e-6)
    }

    @Test("A filter of classes looks at no other class")
    func classFilter() throws {
        let found = try HeadDecoder(classCount: 2).decode(dense, settings: DetectionSettings(confidence: 0.25, classes: [1]))
        #expect(found.map(\.category) == [1, 1])
    }

    @Test("An end-to-end head gives rows of corners; unknown classes are dropped")
    func endToEnd() throws {
        let output = HeadOutput(values: [1, 2, 3, 4, 0.8, 1, 5, 6, 7, 8, 0.9, 9, 0, 0, 1, 1, 0.1, 0], dims: [1, 3, 6])
        let found = try HeadDecoder(classCount: 5).decode(output, settings: DetectionSettings(confidence: 0.25))
        #expect(found.count == 1)
        #expect(found.first?.box == BoundingBox(xMin: 1, yMin: 2, xMax: 3, yMax: 4))
        #expect(found.first?.category == 1)
    }

    @Test("Outputs of another form are refused", arguments: [[1, 7, 3], [6, 3], [2, 6, 3], [1, 6, 1000], []])
    func refused(dims: [Int]) {
        #expect(throws: InferenceError.self) {
            try HeadDecoder(classCount: 2).decode(HeadOutput(values: [Float](repeating: 0, count: 18), dims: dims), settings: .init())
        }
    }

    @Test("Scores that are no numbers are never detections")
    func notNumbers() throws {
        let output = HeadOutput(values: [1, 1, 1, 1, .nan], dims: [1, 5, 1])
        #expect(try HeadDecoder(classCount: 1).decode(output, settings: DetectionSettings(confidence: 0)).isEmpty)
    }
}

/// A network that always says the same.
private final class FixedNetwork: InferenceNetwork {
    private let output: HeadOutput

    init(_ output: HeadOutput) {
        self.output = output
    }

    func run(_ canvas: [Float], side: Int) -> HeadOutput { output }
}

@Suite("The detector around a network")
struct NetworkDetectorTests {
    /// A picture of 200 × 100 on a canvas of 64: scale 0.32, 16 pixels of padding above and below.
    private let image = PixelImage(width: 200, height: 100)

    private func detector(_ boxes: [(x: Float, y: Float, w: Float, h: Float, score: Float)]) throws -> NetworkDetector {
        let columns = boxes.count
        let values = boxes.map(\.x) + boxes.map(\.y) + boxes.map(\.w) + boxes.map(\.h) + boxes.map(\.score)
        return try NetworkDetector(
            network: FixedNetwork(HeadOutput(values: values, dims: [1, 5, columns])), classNames: ["can"], inputSize: 64, engine: "fixed",
            modelPath: "model.onnx")
    }

    @Test("Boxes come back in pixels of the picture, cut to it")
    func letterboxUndone() throws {
        let found = try detector([(32, 32, 16, 8, 0.9), (2, 18, 16, 16, 0.5)]).detect([image], settings: DetectionSettings())[0]
        #expect(found.count == 2)
        let first = found[0].box
        #expect(abs(first.xMin - 75) < 0.01 && abs(first.xMax - 125) < 0.01)
        #expect(abs(first.yMin - 37.5) < 0.01 && abs(first.yMax - 62.5) < 0.01)
        #expect(found[1].box.xMin == 0 && found[1].box.yMin == 0)
    }

    @Test("Overlaps of a class are suppressed, and boxes in the padding are no objects")
    func suppression() throws {
        let found = try detector([(32, 32, 16, 8, 0.6), (32, 32, 16, 9, 0.9), (32, 5, 10, 4, 0.8)])
            .detect([image], settings: DetectionSettings())[0]
        #expect(found.count == 1)
        #expect(found.first.map { abs($0.score - 0.9) < 1e-6 } == true)
    }

    @Test("A batch gives what its pictures give alone")
    func batch() throws {
        let detector = try detector([(32, 32, 16, 8, 0.9)])
        let other = PixelImage(width: 64, height: 64)
        let both = try detector.detect([image, other], settings: DetectionSettings())
        #expect(try both == [detector.detect([image], settings: .init())[0], detector.detect([other], settings: .init())[0]])
    }

    @Test("A model whose output does not fit its class names is refused when it is opened")
    func wrongNames() {
        #expect(throws: InferenceError.self) {
            try NetworkDetector(
                network: FixedNetwork(HeadOutput(values: [Float](repeating: 0, count: 70), dims: [1, 7, 10])), classNames: ["a"],
                inputSize: 64, engine: "fixed", modelPath: "m.onnx")
        }
    }

    @Test("Without names the classes are numbered")
    func numbered() throws {
        let detector = try NetworkDetector(
            network: FixedNetwork(HeadOutput(values: [Float](repeating: 0, count: 70), dims: [1, 7, 10])), classNames: nil, inputSize: 64,
            engine: "fixed", modelPath: "m.onnx")
        #expect(detector.classNames == ["class0", "class1", "class2"])
    }
}
