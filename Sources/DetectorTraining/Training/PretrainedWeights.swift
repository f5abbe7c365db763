import Foundation
import Inference
import TensorEngine

/// Weights to start a training from: a safetensors file, or a `.pt` of Ultralytics.
struct PretrainedWeights {
    let path: String
    let weights: SafeTensors
    /// The size of the network they are for.
    let scale: DetectorScale

    private static let stem = "model.0.conv.weight"

    /// - Throws: `InferenceError` when the file cannot be read; `TrainingError` when it is for no YOLOv8.
    init(path: String) throws {
        self.path = path
        weights = path.lowercased().hasSuffix(".pt") ? try UltralyticsCheckpoint(path: path).weights : try SafeTensors(path: path)
        guard let width = weights.shape(of: Self.stem)?.first, let scale = DetectorScale(stemChannels: width) else {
            throw TrainingError("\(path) holds no weights of a YOLOv8 (no \(Self.stem) of a known width)")
        }
        self.scale = scale
    }

    /// Gives `network` every tensor that fits, and says how many did.
    func start(_ network: DetectorNetwork) throws -> String {
        guard scale == network.architecture.scale else {
            throw TrainingError(
                "\(path) holds weights of \(scale.modelName), not of \(network.architecture.scale.modelName); name that model, or none")
        }
        let taken = try network.adopt(weights)
        let rest = network.tensors.count - taken
        return "started from \(taken) of \(network.tensors.count) tensors of \(path)"
            + (rest > 0 ? "; \(rest) of the head have another shape there and start at random" : "")
    }
}
