import Foundation
import Inference
import TensorEngine

/// Everything a training needs to go on as if it had never stopped: one safetensors file, replaced in one step after
/// every epoch. Random numbers need no state of their own: they follow from seed, epoch and place.
struct TrainingCheckpoint: Codable {
    static let fileName = "checkpoint.safetensors"

    var settings: TrainingSettings
    var categories: [String]
    /// Epochs done.
    var epoch: Int
    /// Steps done.
    var steps: Int
    var seconds: Double
    var best: Best?

    struct Best: Codable {
        var epoch: Int
        var fitness: Double
    }

    private static let metadataKey = "martlet.training"

    func write(network: DetectorNetwork, average: AveragedWeights, optimizer: WeightOptimizer, folder: URL, by writer: FileWriter) throws {
        let items =
            try network.items(prefix: "weights.") + average.network.items(prefix: "average.") + optimizer.items(prefix: "optimizer.")
        let state = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        try writer.write(
            SafeTensors.encoded(items, metadata: [Self.metadataKey: state]), to: folder.appendingPathComponent(Self.fileName))
    }

    /// The checkpoint in `folder`; nil when there is none.
    static func read(folder: URL) throws -> (state: TrainingCheckpoint, file: SafeTensors)? {
        let path = folder.appendingPathComponent(fileName).path
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try SafeTensors(path: path)
        guard let text = file.metadata[metadataKey],
            let state = try? JSONDecoder().decode(TrainingCheckpoint.self, from: Data(text.utf8))
        else { throw TrainingError("\(path) is no checkpoint of a training; remove it or name another output folder") }
        return (state, file)
    }

    /// Puts weights, averages and the optimiser's memory back.
    func restore(_ file: SafeTensors, network: DetectorNetwork, average: AveragedWeights, optimizer: WeightOptimizer) throws {
        let taken = try (network.adopt(file, prefix: "weights."), average.network.adopt(file, prefix: "average."))
        guard taken == (network.tensors.count, network.tensors.count) else {
            throw TrainingError("the checkpoint holds another network than \(settings.model ?? "yolov8n") with \(categories.count) classes")
        }
        try optimizer.restore(from: file, prefix: "optimizer.", steps: steps)
    }
}
