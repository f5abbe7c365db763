import Foundation
import Inference
import TensorEngine

/// The files of a trained model: weights, card and exchange format.
struct ModelFiles {
    let folder: URL
    let settings: TrainingSettings
    let categories: [String]

    /// Writes `name.safetensors` with its card `name.json`.
    func writeWeights(_ network: DetectorNetwork, name: String, metrics: [String: Double]) throws {
        let card = ModelCard(
            architecture: network.architecture.scale.modelName, names: categories, imgsz: settings.imgsz,
            metrics: metrics.isEmpty ? nil : metrics)
        let weights = try SafeTensors.encoded(
            network.items(withCounters: true), metadata: ["format": "pt", "architecture": card.architecture])
        try AtomicFile.write(weights, to: folder.appendingPathComponent("\(name).safetensors"))
        try AtomicFile.write(card.json(), to: folder.appendingPathComponent("\(name).json"))
    }

    /// Writes `name.onnx`.
    func writeONNX(_ network: DetectorNetwork, name: String) throws {
        let bytes = try ONNXExport(network: network.folded(), names: categories, size: settings.imgsz).encoded()
        try AtomicFile.write(Data(bytes), to: folder.appendingPathComponent("\(name).onnx"))
    }
}
