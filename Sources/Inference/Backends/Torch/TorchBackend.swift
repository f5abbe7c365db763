import Foundation
import TensorEngine

/// The tensor plug-in (libtorch): runs `.torchscript` files, and YOLOv8-family weights when it is asked for by name.
package struct TorchBackend: DetectorBackend {
    package let name = "torch"
    package let summary = "libtorch plug-in, for .torchscript, .safetensors and .pt"
    package let fileTypes = ["torchscript", "safetensors", "pt"]

    package init() {}

    package func availability(in search: EngineSearch) -> EngineAvailability {
        let path = TensorEngine.defaultPluginPath
        return FileManager.default.fileExists(atPath: path) ? .ready(path) : .missing("make setup-engine")
    }

    package func open(_ model: ModelFile, options: DetectorOptions) throws -> NetworkDetector {
        let engine = try TensorEngine.load()
        if let threads = options.threads { engine.threadCount = threads }
        if fileExtension(model.path) != "torchscript" {
            let (weights, card) = try model.detectorWeights()
            return try NetworkDetector(
                input: NetworkInput(side: card.imgsz, takesOtherSides: true, batch: NetworkInput.usualBatch(side: card.imgsz)),
                classNames: card.names, engine: name, modelPath: model.path, settings: card.settings
            ) { _ in try TorchNetwork(weights, card, engine: engine) }
        }
        guard let side = model.card?.imgsz else {
            throw InferenceError(
                "\(model.path) does not say its picture size; put a \(model.stem).json with architecture, names and imgsz beside it")
        }
        // A script was traced with one picture of one size.
        return try NetworkDetector(
            input: NetworkInput(side: side), classNames: model.card?.names, engine: name, modelPath: model.path,
            settings: model.card?.settings ?? DetectionSettings()
        ) { _ in try TorchNetwork(scriptPath: model.path, engine: engine) }
    }

    package func describe(in search: EngineSearch) throws -> EngineDescription {
        let engine = try TensorEngine.load()
        return EngineDescription(version: engine.version, devices: engine.cudaDeviceCount > 0 ? ["CPU", "CUDA"] : ["CPU"])
    }
}

private final class TorchNetwork: InferenceNetwork {
    private let engine: TensorEngine
    /// A picture to the decoded head.
    private let predict: (Tensor) throws -> Tensor?

    init(scriptPath: String, engine: TensorEngine) throws {
        self.engine = engine
        let script = try TorchScript(path: scriptPath, engine: engine)
        predict = { try script.forward($0).first }
    }

    init(_ weights: SafeTensors, _ card: ModelCard, engine: TensorEngine) throws {
        self.engine = engine
        guard let scale = DetectorScale(modelName: card.architecture) else {
            throw InferenceError("the model's card must name an architecture from yolov8n to yolov8x, not \(card.architecture)")
        }
        let network = try DetectorNetwork(
            DetectorArchitecture(scale: scale, classCount: card.names.count), weights: weights, engine: engine
        ).folded()
        predict = { try network.predict($0) }
    }

    package func run(_ canvases: [Float], count: Int, side: Int) throws -> HeadOutput {
        try engine.withoutGradients {
            let input = try Tensor(canvases, shape: [count, 3, side, side], engine: engine)
            guard let output = try predict(input) else { throw InferenceError("the TorchScript model gave no tensor") }
            return HeadOutput(values: try output.array(of: Float.self), dims: output.shape)
        }
    }
}
