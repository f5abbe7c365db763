import Detection
import Foundation
import Imaging
import Inference
import Testing

/// What every engine of `AllBackends` must do. An engine whose library is not on this machine is passed over; the native
/// one always runs.
@Suite("Every back-end", .serialized)
struct BackendConformanceTests {
    /// An engine with one of its file types.
    struct Case: Sendable, CustomTestStringConvertible {
        var engine: String
        var fileType: String
        var testDescription: String { "\(engine) with .\(fileType)" }

        var backend: (any DetectorBackend)? { AllBackends.list.first { $0.name == engine } }
        var isHere: Bool {
            if case .ready = backend?.availability(in: .fromEnvironment()) { return (try? backend?.describe(in: .fromEnvironment())) != nil }
            return false
        }
    }

    static let cases = AllBackends.list.flatMap { backend in backend.fileTypes.map { Case(engine: backend.name, fileType: $0) } }
    /// A .torchscript cannot be made here; a .pt holds the weights of a .safetensors, and UltralyticsCheckpointTests compares the two.
    static let present = cases.filter { $0.isHere && !["torchscript", "pt"].contains($0.fileType) }

    private func options(_ engine: String, lanes: Int? = nil) -> DetectorOptions { DetectorOptions(engine: engine, threads: 1, lanes: lanes) }

    /// Two halves, red and green, of different strength.
    private func picture(_ red: UInt8, _ green: UInt8) -> PixelImage {
        var image = PixelImage(width: 64, height: 64)
        for index in 0..<64 * 64 { image.pixels[index * 3 + (index / 64 < 32 ? 0 : 1)] = index / 64 < 32 ? red : green }
        return image
    }

    @Test("Names are unique, every engine says what it reads, and the native one is always there")
    func list() {
        #expect(Set(AllBackends.list.map(\.name)).count == AllBackends.list.count)
        #expect(AllBackends.list.allSatisfy { !$0.fileTypes.isEmpty && !$0.summary.isEmpty && $0.precisions.first == .float32 })
        #expect(Self.present.contains { $0.engine == "native" })
    }

    @Test("Sees what is there, one picture or many, in one lane or several", arguments: present)
    func sees(_ one: Case) throws {
        try TinyModels.withFolder { folder in
            let path = try #require(try TinyModels.write(one.fileType, to: folder))
            let pictures = [picture(200, 100), picture(120, 250), picture(90, 80), picture(255, 255), picture(0, 0)]
            let settings = DetectionSettings(confidence: 0.3)
            for lanes in [1, 3] {
                let detector = try AllBackends.open(path, options: options(one.engine, lanes: lanes))
                #expect(detector.engine == one.engine && detector.classNames == ["red", "green"] && detector.inputSize == 64)
                let together = try detector.detect(pictures, settings: settings)
                let alone = try pictures.map { try detector.detect([$0], settings: settings)[0] }
                #expect(together == alone)
                for (found, image) in zip(together, pictures) { check(found, image, one.fileType) }
            }
        }
    }

    /// What the tiny models see by their making.
    private func check(_ found: [DetectedObject], _ image: PixelImage, _ type: String) {
        if type == "onnx" {
            let (red, green) = (Double(image.pixels[0]) / 255, Double(image.pixels[(64 * 63) * 3 + 1]) / 255)
            let wanted = [(0, red, 16.0), (0, red, 48), (1, green, 16), (1, green, 48)].filter { $0.1 >= 0.3 }
            #expect(found.count == wanted.count)
            for (category, score, middle) in wanted {
                #expect(
                    found.contains { object in
                        let top = category == 0 ? 12.0 : 44
                        let edges = [object.box.xMin - middle + 8, object.box.xMax - middle - 8, object.box.yMin - top, object.box.yMax - top - 8]
                        return object.category == category && abs(object.score - score) < 1e-4 && edges.allSatisfy { abs($0) < 1e-2 }
                    }, "class \(category) at \(middle)")
            }
        } else {
            #expect(!found.isEmpty)
            #expect(found.allSatisfy { $0.category == 0 && abs($0.score - 0.75) < 1e-4 })
            #expect(found.contains { $0.box.width == 64 && $0.box.height == 64 })
        }
    }

    @Test("A fixed batch side is filled up", arguments: present.filter { $0.fileType == "onnx" })
    func fixedBatch(_ one: Case) throws {
        try TinyModels.withFolder { folder in
            try TinyModels.write(TinyModels.onnx(batch: 2), "onnx", to: folder)
            let detector = try AllBackends.open(folder, options: options(one.engine))
            #expect(detector.input.batch == .exactly(2))
            for count in [1, 2, 3] {
                let found = try detector.detect((0..<count).map { _ in picture(200, 100) }, settings: DetectionSettings(confidence: 0.5))
                #expect(found.count == count && found.allSatisfy { $0.count == 2 })
            }
        }
    }

    @Test("A graph that takes any batch by its word and one picture in truth is run one by one", arguments: present.filter { $0.fileType == "onnx" })
    func falseBatch(_ one: Case) throws {
        try TinyModels.withFolder { folder in
            try TinyModels.write(TinyModels.onnx(reshape: [1, 6, 4]), "onnx", to: folder)
            let detector = try AllBackends.open(folder, options: options(one.engine))
            #expect(detector.input.batch.limit == 1)
            let found = try detector.detect([picture(200, 0), picture(0, 200)], settings: DetectionSettings())
            #expect(found.map { $0.map(\.category) } == [[0, 0], [1, 1]])
        }
    }

    @Test("Broken files are errors in words, whatever the engine makes of them", arguments: present)
    func broken(_ one: Case) throws {
        try TinyModels.withFolder { folder in
            var whole: [UInt8] = []
            if let path = try TinyModels.write(one.fileType, to: folder) { whole = Array(try Data(contentsOf: URL(filePath: "\(path)/best.\(one.fileType)"))) }
            let header = #"{"model.0.conv.weight":{"dtype":"F32","shape":[9999999999,9999999999],"data_offsets":[0,4]}}"#
            let length = [UInt8(header.utf8.count)] + [UInt8](repeating: 0, count: 7)
            let huge = one.fileType == "onnx" ? TinyModels.onnx(batch: 1 << 40, side: 1 << 40) : length + Array(header.utf8) + [0, 0, 0, 0]
            let cuts = [1, 7, 8, 9, 100, whole.count / 2, whole.count - 1].map { Array(whole.prefix($0)) }
            let files = cuts + [[], [UInt8](repeating: 0, count: 4096), Array("not a model at all, but a text".utf8), huge]
            for (index, bytes) in files.enumerated() {
                try TinyModels.write(bytes, one.fileType, to: folder)
                let error = #expect(throws: InferenceError.self, "file \(index)") { try AllBackends.open(folder, options: options(one.engine)) }
                #expect((error?.description.count ?? 0) > 30)
            }
        }
    }

    @Test(
        "Pictures in 16-bit numbers come close, where an engine offers them", arguments: present.filter { $0.backend?.precisions.contains(.bfloat16) == true })
    func bfloat16(_ one: Case) throws {
        try TinyModels.withFolder { folder in
            let path = try #require(try TinyModels.write(one.fileType, to: folder))
            let detector = try AllBackends.open(path, options: DetectorOptions(engine: one.engine, precision: .bfloat16))
            let scores = try detector.detect([picture(200, 100)], settings: DetectionSettings(confidence: 0.3))[0].map(\.score)
            #expect(scores.count == 4 && zip(scores, [0.784, 0.784, 0.392, 0.392]).allSatisfy { abs($0 - $1) < 0.02 })
        }
    }

    @Test("16-bit numbers are refused by an engine that does not know them, with its name")
    func noBfloat16() throws {
        try TinyModels.withFolder { folder in
            _ = try TinyModels.write("safetensors", to: folder)
            let error = #expect(throws: InferenceError.self) {
                try AllBackends.open(folder, options: DetectorOptions(engine: "native", precision: .bfloat16))
            }
            #expect(error?.description.contains("native does not compute in bf16") == true)
        }
    }

    @Test("The card's thresholds are the model's own, and a card that contradicts itself is refused")
    func card() throws {
        try TinyModels.withFolder { folder in
            _ = try TinyModels.write("safetensors", to: folder)
            var card = TinyModels.card
            card.confidence = 0.9
            card.classes = ["green"]
            card.maxDetections = 7
            try card.json().write(to: URL(filePath: folder + "/best.json"))
            let detector = try AllBackends.open(folder, options: options("native"))
            #expect(detector.settings == DetectionSettings(confidence: 0.9, maxDetections: 7, classes: [1]))
            card.classes = ["blue"]
            try card.json().write(to: URL(filePath: folder + "/best.json"))
            #expect(throws: InferenceError.self) { try AllBackends.open(folder, options: options("native")) }
        }
    }

    @Test("A side other than the card's works where the weights make any network")
    func otherSide() throws {
        try TinyModels.withFolder { folder in
            _ = try TinyModels.write("safetensors", to: folder)
            let detector = try AllBackends.open(folder, options: options("native"))
            let found = try detector.detect([PixelImage(width: 96, height: 96)], settings: DetectionSettings(side: 96))[0]
            #expect(found.contains { $0.box.width == 96 })
        }
    }

    @Test("One request at a time gets one lane with every core, more get more lanes", arguments: present.filter { $0.fileType == "onnx" })
    func lanes(_ one: Case) throws {
        try TinyModels.withFolder { folder in
            let path = try #require(try TinyModels.write(one.fileType, to: folder))
            let cores = ProcessInfo.processInfo.activeProcessorCount
            for (concurrency, lanes) in [(1, 1), (2, min(2, cores)), (nil, cores)] as [(Int?, Int)] {
                let detector = try AllBackends.open(path, options: DetectorOptions(engine: one.engine, concurrency: concurrency))
                #expect(detector.laneCount == lanes)
            }
        }
    }
}
