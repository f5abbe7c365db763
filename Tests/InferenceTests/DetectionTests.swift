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
