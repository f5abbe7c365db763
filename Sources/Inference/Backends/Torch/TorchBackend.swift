import Foundation
import TensorEngine

/// The tensor plug-in (libtorch): runs `.torchscript` files, and YOLOv8-family weights when it is asked for by name.
package struct TorchBackend: DetectorBackend {
    package let name = "torch"
    package let summary = "libtorch plug-in, for .torchscript and .safetensors"
    package let fileTypes = ["torchscript", "safetensors"]

    package init() {}

    package func availability(in search: EngineSearch) -> EngineAvailability {
        let path = TensorEngine.defaultPluginPath
        return FileManager.default.fileExists(atPath: path) ? .ready(path) : .missing("make setup-engine")
    }

    package func open(_ model: ModelFile, options: DetectorOptions) throws -> NetworkDetector {
        let engine = try TensorEngine.load()
        if let threads = options.threads { engine.threadCount = threads }
        guard let side = model.card?.imgsz else {
            throw InferenceError(
                "\(model.path) does not say its picture size; put a \(model.stem).json with architecture, names and imgsz beside it")
        }
        // A script was traced with one picture of one size; weights make a network for any.
        let input =
            fileExtension(model.path) == "torchscript"
            ? NetworkInput(side: side) : NetworkInput(side: side, takesOtherSides: true, batch: NetworkInput.usualBatch(side: side))
        return try NetworkDetector(
            input: input, classNames: model.card?.names, engine: name, modelPath: model.path,
            settings: model.card?.settings ?? DetectionSettings()
        ) { _ in try TorchNetwork(model, engine: engine) }
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

    init(_ model: ModelFile, engine: TensorEngine) throws {
        self.engine = engine
        if fileExtension(model.path) == "torchscript" {
            let script = try TorchScript(path: model.path, engine: engine)
            predict = { try script.forward($0).first }
        } else {
            guard let card = model.card, let scale = DetectorScale(modelName: card.architecture) else {
                throw InferenceError("the card beside \(model.path) must name an architecture from yolov8n to yolov8x")
            }
            let network = try DetectorNetwork(
                DetectorArchitecture(scale: scale, classCount: card.names.count), weights: SafeTensors(path: model.path), engine: engine
            ).folded()
            predict = { try network.predict($0) }
        }
    }

    package func run(_ canvases: [Float], count: Int, side: Int) throws -> HeadOutput {
        try engine.withoutGradients {
            let input = try Tensor(canvases, shape: [count, 3, side, side], engine: engine)
            guard let output = try predict(input) else { throw InferenceError("the TorchScript model gave no tensor") }
            return HeadOutput(values: try output.array(of: Float.self), dims: output.shape)
        }
    }
}
