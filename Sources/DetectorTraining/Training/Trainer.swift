import Detection
import Foundation
import Inference
package import TensorEngine

/// Trains a detector from labelled images and leaves its files in an output folder: `best.safetensors` and
/// `last.safetensors` with their cards, `best.onnx`, `results.csv`, and the checkpoint to go on from.
///
/// Everything runs on the calling thread (see `TensorEngine.onThread`), but for the making of pictures.
package struct Trainer {
    private let settings: TrainingSettings
    private let training: LabelledFolder
    private let validation: LabelledFolder?
    private let output: URL
    private let engine: TensorEngine

    /// - Throws: `TrainingError` when settings or data cannot work together.
    package init(
        settings: TrainingSettings, training: LabelledFolder, validation: LabelledFolder?, outputFolder: String, engine: TensorEngine
    ) throws {
        try settings.validate()
        let categories = training.dataset.categories
        guard !categories.isEmpty else { throw TrainingError("the training set names no classes") }
        guard training.dataset.images.count >= 2 else {
            throw TrainingError("a training needs at least 2 images, there are \(training.dataset.images.count)")
        }
        guard training.dataset.objectCount > 0 else { throw TrainingError("no image of the training set has a label") }
        for folder in [training, validation].compactMap({ $0 }) {
            guard folder.dataset.categories == categories else {
                throw TrainingError("the held-out set has the classes \(folder.dataset.categories), the training set \(categories)")
            }
            let known = categories.indices
            if let image = folder.dataset.images.first(where: { $0.objects.contains { !known.contains($0.category) } }) {
                throw TrainingError("\(image.fileName) has a label of a class that is not among the \(categories.count) classes")
            }
        }
        self.settings = settings
        self.training = training
        self.validation = validation.flatMap { $0.dataset.images.isEmpty ? nil : $0 }
        output = URL(fileURLWithPath: outputFolder)
        self.engine = engine
    }

    /// The settings of the training whose checkpoint lies in `folder`, so that going on needs no more than the folder's name;
    /// nil when there is none.
    package static func interruptedSettings(in folder: String) throws -> TrainingSettings? {
        try TrainingCheckpoint.read(folder: URL(fileURLWithPath: folder))?.state.settings
    }

    /// Trains until the epochs are done, the time is up, no better model comes, or `shouldStop` says so (asked at every step).
    ///
    /// A stop within an epoch drops that epoch's steps: the checkpoint is of the epoch before.
    package func run(
        onEvent: (TrainingEvent) throws -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> TrainingSummary {
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        if let threads = settings.threads {
            engine.threadCount = threads
        } else if ProcessInfo.processInfo.environment["OMP_NUM_THREADS"] == nil {
            // Left alone, some builds of libtorch take one core only.
            engine.threadCount = ProcessInfo.processInfo.activeProcessorCount
        }
        var session = try TrainingSession(
            settings: settings, training: training, validation: validation, output: output, engine: engine, onEvent: onEvent)
        return try session.run(shouldStop: shouldStop, onEvent: onEvent)
    }
}
