import DetectorTraining
import Detection
import Foundation
import Imaging
import Inference
import TensorEngine
import Testing

@Suite struct UltralyticsCheckpointTests {
    private static func sentence(_ data: Data) -> String {
        do {
            let read = try UltralyticsCheckpoint(data, source: "runs/best.pt")
            return "read as \(read.card)"
        } catch {
            return "\(error)"
        }
    }

    private static func wrapped(_ pickle: [UInt8]) -> Data { StoredZip.encoded([("a/data.pkl", pickle)]) }

    @Test(arguments: [false, true])
    func `size, names, picture size and every number are read`(isZip64: Bool) throws {
        var model = PickledModel()
        model.isZip64 = isZip64
        let read = try UltralyticsCheckpoint(model.encoded(), source: "best.pt")
        #expect(read.architecture == model.architecture)
        #expect(read.card == ModelCard(architecture: "yolov8n", names: ["can", "bottle"], imgsz: 320))
        for parameter in model.architecture.layers.flatMap(\.parameters) {
            let values = try read.weights.floats(parameter.name, shape: parameter.shape)
            let start = PickledModel.offset(of: parameter.name)
            let isEqual = values.indices.allSatisfy { values[$0] == PickledModel.value(at: start + $0) }
            #expect(isEqual, "\(parameter.name)")
        }
    }

    @Test(arguments: AllBackends.list.filter { $0.fileTypes.contains("pt") }.map(\.name))
    func `every engine that reads a .pt opens it, and sees what it sees with the same weights as .safetensors`(engine: String) throws {
        let backend = try #require(AllBackends.list.first { $0.name == engine })
        guard case .ready = backend.availability(in: .fromEnvironment()) else { return }
        let folder = try TemporaryFolder()
        let (checkpoint, weights) = (folder.path("one/best.pt"), folder.path("two/best.safetensors"))
        for path in [checkpoint, weights] {
            try FileManager.default.createDirectory(at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        }
        var model = PickledModel()
        model.imageSize = 64
        try model.encoded().write(to: URL(fileURLWithPath: checkpoint))
        let read = try UltralyticsCheckpoint(path: checkpoint)
        let items = try read.weights.names.map { name in
            let values = try read.weights.floats(name)
            return SafeTensors.Item(
                name: name, type: .float32, shape: read.weights.shape(of: name) ?? [], bytes: values.withUnsafeBytes { Array($0) })
        }
        try SafeTensors.encoded(items).write(to: URL(fileURLWithPath: weights))
        try read.card.json().write(to: URL(fileURLWithPath: folder.path("two/best.json")))
        var picture = PixelImage(width: 64, height: 64)
        for index in picture.pixels.indices { picture.pixels[index] = UInt8(truncatingIfNeeded: index &* 37) }
        let settings = DetectionSettings(confidence: 0.001)
        let found = try [checkpoint, weights].map { path in
            let detector = try AllBackends.open(path, options: DetectorOptions(engine: engine, threads: 1))
            #expect(detector.classNames == model.names && detector.inputSize == 64)
            return try detector.detect([picture], settings: settings)
        }
        #expect(found[0] == found[1])
    }

    @Test(arguments: DetectorScale.allCases)
    func `all five sizes are known by their shapes`(scale: DetectorScale) throws {
        var model = PickledModel()
        model.architecture = DetectorArchitecture(scale: scale, classCount: 2)
        model.offsetShift = 0
        // The larger sizes have layers that the shared storage is too small for: known, and then found to be cut short.
        let sentence = Self.sentence(model.encoded())
        #expect(sentence.contains("yolov8\(scale.rawValue)") || sentence.contains("a tensor lies outside its bytes"), "\(sentence)")
    }

    @Test func `a tensor stored column by column is brought in order`() throws {
        var model = PickledModel()
        model.transposed = ["model.0.conv.weight"]
        let read = try UltralyticsCheckpoint(model.encoded(), source: "best.pt")
        let values = try read.weights.floats("model.0.conv.weight", shape: [16, 3, 3, 3])
        let start = PickledModel.offset(of: "model.0.conv.weight")
        // Element (2, 1, 0, 2) lies 2 + 1 · 16 + 0 · 48 + 2 · 144 places in.
        #expect(values[2 * 27 + 9 + 2] == PickledModel.value(at: start + 2 + 16 + 288))
    }

    @Test func `without names and training arguments there are numbered classes and 640 pixels`() throws {
        var model = PickledModel()
        model.names = []
        model.imageSize = nil
        let card = try UltralyticsCheckpoint(model.encoded(), source: "best.pt").card
        #expect(card.names == ["class0", "class1"])
        #expect(card.imgsz == 640)
    }

    @Test(arguments: ["posix system", "builtins eval", "ultralytics.nn.tasks sys.modules", "torch load"])
    func `a global that no detector needs is refused by name`(global: String) {
        var model = PickledModel()
        model.attributeClass = global
        let sentence = Self.sentence(model.encoded())
        #expect(sentence.contains(global.replacing(" ", with: ".")), "\(sentence)")
        #expect(sentence.contains("yolo export model=best.pt format=onnx"))
    }

    @Test(arguments: [
        ("ultralytics.nn.tasks SegmentationModel", "ultralytics.nn.modules.conv Conv", "segmentation"),
        ("ultralytics.nn.tasks DetectionModel", "ultralytics.nn.modules.block C3k2", "YOLO11"),
        ("ultralytics.nn.tasks DetectionModel", "ultralytics.nn.modules.block C3", "YOLOv5"),
    ])
    func `other families are named, with the command that exports them`(model: String, layer: String, family: String) {
        var other = PickledModel()
        (other.modelClass, other.layerClass) = (model, layer)
        let sentence = Self.sentence(other.encoded())
        #expect(sentence.contains(family), "\(sentence)")
        #expect(sentence.contains("yolo export model=best.pt format=onnx"))
    }

    @Test func `other strides and tensors outside their bytes are refused`() {
        var model = PickledModel()
        model.strides = [4, 8, 16]
        #expect(Self.sentence(model.encoded()).contains("stride"))
        model = PickledModel()
        model.offsetShift = PickledModel.storageCount
        #expect(Self.sentence(model.encoded()).contains("outside its bytes"))
        model.offsetShift = -5000
        #expect(Self.sentence(model.encoded()).contains("outside its bytes"))
    }

    @Test func `a file cut anywhere is refused`() {
        let data = PickledModel().encoded()
        for length in stride(from: 0, to: data.count, by: 9973) {
            #expect(throws: InferenceError.self) { try UltralyticsCheckpoint(data.prefix(length), source: "best.pt") }
        }
        let pickle = PickledModel().pickle()
        for length in stride(from: 0, to: pickle.count, by: 1009) {
            #expect(throws: InferenceError.self) { try UltralyticsCheckpoint(Self.wrapped(Array(pickle.prefix(length))), source: "best.pt") }
        }
    }

    @Test func `damaged bytes give an error or a model, never a crash`() {
        let pickle = PickledModel().pickle()
        let zip = StoredZip.encoded([("a/data.pkl", Array("garbage".utf8)), ("a/data/0", [1, 2, 3])], isZip64: true)
        var random = RandomSource(seed: 5, path: 9)
        for _ in 0..<300 {
            var damaged = pickle
            for _ in 0..<3 { damaged[random.index(below: damaged.count)] = UInt8(truncatingIfNeeded: random.next()) }
            _ = try? UltralyticsCheckpoint(Self.wrapped(damaged), source: "best.pt")
        }
        for place in zip.indices {
            for byte: UInt8 in [0, 1, 0x7F, 0xFF] {
                var damaged = zip
                damaged[place] = byte
                #expect(throws: InferenceError.self) { try UltralyticsCheckpoint(damaged, source: "best.pt") }
            }
        }
    }

    @Test func `a pickle that nests without end or contains itself is no danger`() {
        let deep = [UInt8(ascii: "N")] + [UInt8](repeating: 0x85, count: 1_000_000) + Array(".".utf8)
        #expect(Self.sentence(Self.wrapped(deep)).contains("no whole model"))
        // A list with itself inside, a dictionary that is its own value.
        #expect(Self.sentence(Self.wrapped(Array("]q\u{0}h\u{0}a.".utf8))).contains("no whole model"))
        #expect(Self.sentence(Self.wrapped(Array("}q\u{0}U\u{5}modelh\u{0}s.".utf8))).contains("no whole model"))
    }

    @Test func `compressed members, other archives and old files are told apart`() {
        #expect(Self.sentence(StoredZip.encoded([("a/data.pkl", [1])], method: 8)).contains("compressed"))
        #expect(Self.sentence(StoredZip.encoded([("a/readme", [1])])).contains("data.pkl"))
        #expect(Self.sentence(Data([0x80, 2, 0x8A, 0x0A] + [UInt8](repeating: 7, count: 100))).contains("torch 1.6"))
    }
}
