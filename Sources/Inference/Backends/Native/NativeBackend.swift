import CKernels
import Foundation

/// Runs YOLOv8-family weights (`.safetensors`, `.pt`) with kernels of our own: nothing has to be installed.
package struct NativeBackend: DetectorBackend {
    package let name = "native"
    package let summary = "own kernels for YOLOv8-family .safetensors and .pt, no library"
    package let fileTypes = ["safetensors", "pt"]

    package init() {}

    package func availability(in search: EngineSearch) -> EngineAvailability {
        .ready("built in (\(String(cString: ck_instruction_set())))")
    }

    package func open(_ model: ModelFile, options: DetectorOptions) throws -> NetworkDetector {
        let (weights, card) = try model.detectorWeights()
        guard card.imgsz % 32 == 0 else {
            throw InferenceError("\(model.stem).json gives imgsz \(card.imgsz), but YOLOv8 takes multiples of 32")
        }
        let threads = options.threads ?? ProcessInfo.processInfo.activeProcessorCount
        return try NetworkDetector(
            input: NetworkInput(side: card.imgsz, takesOtherSides: true), classNames: card.names, engine: name, modelPath: model.path,
            settings: card.settings
        ) { _ in try NativeNetwork(weights: NativeWeights(file: weights, source: model.path), threads: threads) }
    }

    package func describe(in search: EngineSearch) -> EngineDescription {
        EngineDescription(version: String(cString: ck_instruction_set()), devices: ["CPU"])
    }
}
