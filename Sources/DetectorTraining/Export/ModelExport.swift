import Foundation
import Inference
package import TensorEngine

/// A trained model from one format into the others.
package enum ModelExport {
    /// Writes the YOLOv8 at `modelPath` (`.pt` of Ultralytics, or `.safetensors` with its card) into `folder` as NAME.onnx,
    /// NAME.safetensors and NAME.json; the weights file it was read from is not written over.
    ///
    /// - Returns: the names of the files written.
    /// - Throws: `InferenceError` when it is no such model.
    package static func write(modelPath: String, to folder: String, imgsz: Int?, engine: TensorEngine) throws -> [String] {
        let url = URL(fileURLWithPath: modelPath)
        guard let file = try ModelFolder(path: modelPath).files[url.pathExtension.lowercased()] else {
            throw InferenceError("\(modelPath) is no .pt or .safetensors file")
        }
        let weights: SafeTensors
        var card: ModelCard
        (weights, card) = try file.detectorWeights()
        guard let scale = DetectorScale(modelName: card.architecture) else {
            throw InferenceError("the card of \(modelPath) names the architecture \(card.architecture), which is none from yolov8n to yolov8x")
        }
        if let imgsz { card.imgsz = imgsz }
        let network = try DetectorNetwork(DetectorArchitecture(scale: scale, classCount: card.names.count), weights: weights, engine: engine)
        let target = URL(fileURLWithPath: folder)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        let name = url.deletingPathExtension().lastPathComponent
        let files = ModelFiles(folder: target, card: card)
        try files.writeONNX(network, name: name)
        try files.writer.wait()
        guard target.appendingPathComponent("\(name).safetensors").standardizedFileURL != url.standardizedFileURL else { return ["\(name).onnx"] }
        try files.writeWeights(network, name: name, metrics: card.metrics ?? [:])
        try files.writer.wait()
        return ["\(name).onnx", "\(name).safetensors", "\(name).json"]
    }
}
