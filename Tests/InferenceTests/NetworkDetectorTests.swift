import Detection
import Foundation
import Imaging
import Inference
import Synchronization
import Testing

/// Gives the same output for every picture of a batch.
private final class FixedNetwork: InferenceNetwork {
    private let output: HeadOutput

    init(_ output: HeadOutput) {
        self.output = output
    }

    func run(_ canvases: [Float], count: Int, side: Int) -> HeadOutput {
        HeadOutput(values: (0..<count).flatMap { _ in output.values }, dims: [count] + output.dims.dropFirst())
    }
}

/// Sees one box of class 0 whose score is the first number of the canvas, the red of the upper left corner.
private final class RedNetwork: InferenceNetwork {
    /// What the network was asked, for all lanes together.
    final class Diary: Sendable {
        let counts = Mutex<[Int]>([])
        let sides = Mutex<[Int]>([])
        /// Held by a test to keep the network busy.
        let gate = Mutex<Void>(())
    }

    private let diary: Diary
    private let failsInCompany: Bool

    init(_ diary: Diary, failsInCompany: Bool = false) {
        self.diary = diary
        self.failsInCompany = failsInCompany
    }

    func run(_ canvases: [Float], count: Int, side: Int) throws -> HeadOutput {
        diary.counts.withLock { $0.append(count) }
        diary.sides.withLock { $0.append(side) }
        diary.gate.withLock { _ in }
        let each = 3 * side * side
        guard canvases.count == count * each else { throw InferenceError("\(canvases.count) numbers for \(count) pictures of \(side)") }
        if failsInCompany, count > 1 { throw InferenceError("one at a time") }
        let middle = Float(side) / 2
        let values = (0..<count).flatMap { [middle, middle, middle, middle, canvases[$0 * each]] }
        return HeadOutput(values: values, dims: [count, 5, 1])
    }
}

@Suite("The detector around a network")
struct NetworkDetectorTests {
    /// A picture of 200 × 100 on a canvas of 64: scale 0.32, 16 pixels of padding above and below.
    private let image = PixelImage(width: 200, height: 100)

    private func detector(_ output: HeadOutput, names: [String]? = ["can"]) throws -> NetworkDetector {
        try NetworkDetector(input: NetworkInput(side: 64), classNames: names, engine: "fixed", modelPath: "model.onnx") { _ in
            FixedNetwork(output)
        }
    }

    private func detector(_ boxes: [(x: Float, y: Float, w: Float, h: Float, score: Float)]) throws -> NetworkDetector {
        let values = boxes.map(\.x) + boxes.map(\.y) + boxes.map(\.w) + boxes.map(\.h) + boxes.map(\.score)
        return try detector(HeadOutput(values: values, dims: [1, 5, boxes.count]))
    }

    private func red(_ diary: RedNetwork.Diary, _ input: NetworkInput, lanes: Int = 1, failsInCompany: Bool = false) throws -> NetworkDetector {
        try NetworkDetector(input: input, classNames: ["can"], engine: "fixed", modelPath: "model.onnx", lanes: lanes) { _ in
            RedNetwork(diary, failsInCompany: failsInCompany)
        }
    }

    private func picture(red: UInt8, side: Int = 32) -> PixelImage { PixelImage(width: side, height: side, red: red) }

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

    @Test("An end-to-end head is believed: its boxes are not suppressed again, only ranked and cut to the number asked for")
    func endToEnd() throws {
        let rows: [Float] = [20, 20, 40, 40, 0.6, 0, 20, 20, 40, 41, 0.9, 0, 20, 20, 41, 40, 0.8, 0, 0, 0, 9, 9, 0.1, 0]
        let detector = try detector(HeadOutput(values: rows, dims: [1, 4, 6]))
        let all = try detector.detect([image], settings: DetectionSettings())[0].map { ($0.score * 10).rounded() / 10 }
        #expect(all == [0.9, 0.8, 0.6])
        let two = try detector.detect([image], settings: DetectionSettings(maxDetections: 2))[0]
        #expect(two.count == 2)
    }

    @Test("A batch gives each picture what it gets alone, in order")
    func batch() throws {
        let diary = RedNetwork.Diary()
        let detector = try red(diary, NetworkInput(side: 64, batch: .upTo(4)))
        let pictures = (1...9).map { picture(red: UInt8(80 + $0 * 10)) }
        let together = try detector.detect(pictures, settings: DetectionSettings())
        let alone = try pictures.map { try detector.detect([$0], settings: DetectionSettings())[0] }
        #expect(together == alone)
        #expect(together.map { $0.first.map { Int(($0.score * 255).rounded()) } } == (1...9).map { 80 + $0 * 10 })
    }

    @Test("Pictures that wait while the network is busy are run together, never more than the limit, and one alone starts at once")
    func company() throws {
        let diary = RedNetwork.Diary()
        let detector = try red(diary, NetworkInput(side: 64, batch: .upTo(3)))
        diary.counts.withLock { $0 = [] }
        let settings = DetectionSettings()
        let pending = try diary.gate.withLock { _ in
            let first = try detector.begin(picture(red: 200), settings: settings)
            while diary.counts.withLock({ $0.isEmpty }) { usleep(1000) }
            return try [first] + (0..<4).map { try detector.begin(picture(red: UInt8(100 + $0)), settings: settings) }
        }
        let scores = try pending.map { try Int((#require($0.value().first).score * 255).rounded()) }
        #expect(scores == [200, 100, 101, 102, 103])
        #expect(diary.counts.withLock { $0 } == [1, 3, 1])
    }

    @Test("A graph made for four pictures is always given four")
    func fixedBatch() throws {
        let diary = RedNetwork.Diary()
        let detector = try red(diary, NetworkInput(side: 64, batch: .exactly(4)))
        let found = try detector.detect([picture(red: 150)], settings: DetectionSettings())
        #expect(found.count == 1 && found[0].count == 1)
        #expect(diary.counts.withLock { Set($0) } == [4])
    }

    @Test("A graph that cannot do what it says is refused while it is opened")
    func falsePromise() throws {
        #expect(throws: NetworkDetector.BatchRefusal.self) {
            try red(RedNetwork.Diary(), NetworkInput(side: 64, batch: .upTo(4)), failsInCompany: true)
        }
        _ = try red(RedNetwork.Diary(), NetworkInput(side: 64, batch: .upTo(1)), failsInCompany: true)
    }

    @Test("Several threads and lanes at once mix nothing up")
    func crowd() throws {
        let detector = try red(RedNetwork.Diary(), NetworkInput(side: 64, batch: .upTo(2)), lanes: 3)
        let wrong = Mutex<[UInt8]>([])
        DispatchQueue.concurrentPerform(iterations: 100) { index in
            let red = UInt8(100 + index)
            let found = try? detector.detect([picture(red: red)], settings: DetectionSettings())[0].first
            if found.map({ UInt8(($0.score * 255).rounded()) }) != red { wrong.withLock { $0.append(red) } }
        }
        #expect(wrong.withLock { $0 }.isEmpty)
    }

    @Test("Another side works where the model can take it, and pictures of different sides are not run together")
    func sides() throws {
        let diary = RedNetwork.Diary()
        let detector = try red(diary, NetworkInput(side: 64, takesOtherSides: true, batch: .upTo(4)))
        diary.sides.withLock { $0 = [] }
        let pending = try [64, 96, nil].map { try detector.begin(picture(red: 150), settings: DetectionSettings(side: $0)) }
        #expect(try pending.allSatisfy { try $0.value().count == 1 })
        #expect(diary.sides.withLock { Set($0) } == [64, 96])
        #expect(throws: InferenceError.self) { try detector.begin(picture(red: 1), settings: DetectionSettings(side: 65)) }
        let fixed = try red(RedNetwork.Diary(), NetworkInput(side: 64))
        let error = #expect(throws: InferenceError.self) { try fixed.begin(picture(red: 1), settings: DetectionSettings(side: 96)) }
        #expect(error?.description.contains("64 pixels only, not 96") == true)
    }

    @Test("A failing network fails its pictures and not the next ones")
    func failure() throws {
        final class Moody: InferenceNetwork {
            private var runs = 0
            func run(_ canvases: [Float], count: Int, side: Int) throws -> HeadOutput {
                runs += 1
                if runs == 2 { throw InferenceError("not now") }
                return HeadOutput(values: [32, 32, 9, 9, 0.9], dims: [1, 5, 1])
            }
        }
        let detector = try NetworkDetector(input: NetworkInput(side: 64), classNames: ["a"], engine: "fixed", modelPath: "m") { _ in Moody() }
        #expect(throws: InferenceError.self) { try detector.detect([image], settings: DetectionSettings()) }
        #expect(try detector.detect([image], settings: DetectionSettings())[0].count == 1)
    }

    @Test("A model whose output does not fit its class names is refused when it is opened")
    func wrongNames() {
        #expect(throws: InferenceError.self) {
            try detector(HeadOutput(values: [Float](repeating: 0, count: 70), dims: [1, 7, 10]), names: ["a"])
        }
    }

    @Test("Without names the classes are numbered")
    func numbered() throws {
        let detector = try detector(HeadOutput(values: [Float](repeating: 0, count: 70), dims: [1, 7, 10]), names: nil)
        #expect(detector.classNames == ["class0", "class1", "class2"])
    }
}
