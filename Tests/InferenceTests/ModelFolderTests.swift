import Foundation
import Inference
import Testing

@Suite("Finding the model")
final class ModelFolderTests {
    private let root = NSTemporaryDirectory() + "models-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func place(_ path: String, _ content: String = "x") throws {
        let url = URL(fileURLWithPath: root + "/" + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: url)
    }

    private func refusal() -> String {
        do {
            _ = try ModelFolder(path: root)
            return "not refused"
        } catch {
            return "\(error)"
        }
    }

    @Test("Folders that hold only a folder are walked into, as below AZUREML_MODEL_DIR")
    func nested() throws {
        try place("fridge/1/outputs/best.onnx")
        try place("fridge/1/outputs/results.csv")
        #expect(try ModelFolder(path: root).files.mapValues(\.path) == ["onnx": root + "/fridge/1/outputs/best.onnx"])
    }

    @Test("All formats of the model are found, with the card")
    func formats() throws {
        for ending in ["onnx", "safetensors"] {
            try place("best." + ending)
            try place("last." + ending)
        }
        try place("best.json", "{\"architecture\": \"yolov8n\", \"names\": [\"can\"], \"imgsz\": 320}")
        let files = try ModelFolder(path: root).files
        #expect(files["onnx"]?.path == root + "/best.onnx")
        #expect(files["safetensors"]?.card == ModelCard(architecture: "yolov8n", names: ["can"], imgsz: 320))
    }

    @Test("A .pt file is a model; one that is no YOLOv8 is refused with the command that exports it")
    func pickle() throws {
        try place("best.pt")
        #expect(try ModelFolder(path: root).files["pt"]?.path == root + "/best.pt")
        let error = #expect(throws: InferenceError.self) { try AllBackends.open(root, options: DetectorOptions(engine: "native")) }
        #expect(error?.description.contains("yolo export model=best.pt format=onnx") == true)
    }

    @Test("Other pickled files are refused")
    func pickledOtherwise() throws {
        try place("best.pth")
        #expect(refusal().contains("never run"))
    }

    @Test("An empty folder, several candidates and a missing place are told apart")
    func others() throws {
        #expect(refusal().contains("found nothing"))
        try place("a.onnx")
        try place("b.onnx")
        #expect(refusal().contains("several .onnx models (a.onnx, b.onnx)"))
        #expect(throws: InferenceError.self) { try ModelFolder(path: root + "/nowhere") }
    }

    @Test("A broken card is an error, not a card that is not there")
    func brokenCard() throws {
        try place("best.safetensors")
        try place("best.json", "{\"names\": [], \"architecture\": \"yolov8n\", \"imgsz\": 320}")
        #expect(refusal().contains("names must not be empty"))
        try place("best.json", "oops")
        #expect(refusal().contains("is not a model card"))
    }

    @Test("Without an engine for the file every reason is told")
    func noEngine() throws {
        try place("best.onnx")
        let error = #expect(throws: InferenceError.self) {
            try AllBackends.open(root, options: DetectorOptions(search: EngineSearch(folders: [])))
        }
        #expect(error?.description.contains("onnxruntime is not installed (make setup-engines)") == true)
        #expect(throws: InferenceError.self) { try AllBackends.open(root, options: DetectorOptions(engine: "magic")) }
    }

    @Test("A library is found in a package folder or bare, the newest first")
    func engines() throws {
        try place("site/onnxruntime/capi/libonnxruntime.so.1.9.0")
        try place("site/onnxruntime/capi/libonnxruntime.so.1.32.0")
        try place("bare/libopenvino_c.so.2641")
        let search = EngineSearch(folders: [root + "/site", root + "/bare"])
        #expect(search.library("libonnxruntime.so", packageFolder: "onnxruntime/capi")?.hasSuffix("1.32.0") == true)
        #expect(search.library("libopenvino_c.so", packageFolder: "openvino/libs") == root + "/bare/libopenvino_c.so.2641")
        #expect(search.library("libother.so", packageFolder: "other") == nil)
        // A library that is none is an error of that engine, not a crash.
        try place("model/best.onnx")
        #expect(throws: InferenceError.self) { try AllBackends.open(root + "/model", options: DetectorOptions(search: search)) }
    }
}

@Suite("Reading .onnx files without an engine")
struct ONNXDescriptionTests {
    /// Protobuf by hand: a field of bytes.
    private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(content.count)] + content }
    private func dim(_ size: UInt8?) -> [UInt8] { field(1, size.map { [1 << 3, $0] } ?? field(2, Array("batch".utf8))) }
    private func value(_ dims: [UInt8?]) -> [UInt8] {
        field(1, Array("v".utf8)) + field(2, field(1, [1 << 3, 1] + field(2, dims.flatMap(dim))))
    }
    private func property(_ key: String, _ text: String) -> [UInt8] { field(14, field(1, Array(key.utf8)) + field(2, Array(text.utf8))) }

    private var model: [UInt8] {
        field(7, field(11, value([1, 3, 64, 64])) + field(12, value([1, 6, nil])))
            + property("names", "{0: 'can', 1: \"cook's jar\"}") + property("imgsz", "[64, 64]")
    }

    private func describe(_ bytes: [UInt8]) throws -> ONNXDescription {
        let path = NSTemporaryDirectory() + "\(UUID().uuidString).onnx"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ONNXDescription(path: path)
    }

    @Test("Sizes and class names are read")
    func read() throws {
        let description = try describe(model)
        #expect(description.inputDims == [1, 3, 64, 64])
        #expect(description.outputDims == [1, 6, nil])
        #expect(description.names == ["can", "cook's jar"])
        #expect(description.inputSize == 64)
    }

    @Test("A file that ends early or is something else is refused")
    func broken() {
        for count in 1..<model.count where count != field(7, []).count {
            // Cut after a whole field it is a shorter model; anywhere else it is none.
            if let cut = try? describe(Array(model.prefix(count))) { #expect(cut.inputDims == [1, 3, 64, 64]) }
        }
        #expect(throws: InferenceError.self) { try describe([]) }
        #expect(throws: InferenceError.self) { try describe(Array("not a model".utf8)) }
        #expect(throws: InferenceError.self) { try describe([UInt8](repeating: 0xFF, count: 100)) }
    }
}
