import Foundation
import Inference
import TensorEngine

/// The files of a trained model: weights, card and exchange format.
struct ModelFiles {
    let folder: URL
    /// Architecture, names and picture size.
    let card: ModelCard
    let writer = FileWriter()

    /// Writes `name.safetensors` with its card `name.json`.
    func writeWeights(_ network: DetectorNetwork, name: String, metrics: [String: Double]) throws {
        var card = card
        card.metrics = metrics.isEmpty ? nil : metrics
        let weights = try SafeTensors.encoded(
            network.items(withCounters: true), metadata: ["format": "pt", "architecture": card.architecture])
        try writer.write(weights, to: folder.appendingPathComponent("\(name).safetensors"))
        try writer.write(card.json(), to: folder.appendingPathComponent("\(name).json"))
    }

    /// Writes `name.onnx`.
    func writeONNX(_ network: DetectorNetwork, name: String) throws {
        let bytes = try ONNXExport(network: network.folded(), names: card.names, size: card.imgsz).encoded()
        try writer.write(Data(bytes), to: folder.appendingPathComponent("\(name).onnx"))
    }
}
