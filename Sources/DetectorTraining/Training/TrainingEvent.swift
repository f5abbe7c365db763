package import Detection

/// What a training tells while it runs.
package enum TrainingEvent: Sendable {
    /// Before the first step: what will be done, in sentences.
    case note(String)
    /// After a step; for progress between epochs.
    case step(epoch: Int, step: Int, steps: Int, loss: Float, imagesPerSecond: Double)
    case epoch(EpochReport)
}

/// One epoch in numbers.
package struct EpochReport: Sendable {
    /// From 1.
    package var epoch: Int
    /// Epochs planned; an estimate when the training follows the clock.
    package var epochs: Int
    /// Means over the steps.
    package var loss: DetectionLoss.Parts
    package var learningRate: Double
    /// Pictures trained on per second, validation left out.
    package var imagesPerSecond: Double
    /// Since the training began, interruptions left out.
    package var seconds: Double
    /// Of the averaged weights on the held-out images under the COCO protocol; nil when this epoch was not measured.
    package var validation: DetectionReport?
    /// Whether these weights are the best so far.
    package var isBest: Bool

    /// The numbers by the names that Ultralytics logs them under, for MLflow; use `epoch` as the step.
    package var metrics: [(name: String, value: Double)] {
        var metrics: [(String, Double)] = [
            ("train/box_loss", Double(loss.box)), ("train/cls_loss", Double(loss.classes)), ("train/dfl_loss", Double(loss.distribution)),
            ("lr/pg0", learningRate), ("time/images_per_second", imagesPerSecond), ("time/seconds", seconds),
        ]
        if let validation {
            metrics += [("metrics/mAP50(B)", validation.at50), ("metrics/mAP50-95(B)", validation.meanAveragePrecision)]
            if let point = validation.bestF1 {
                metrics += [("metrics/precision(B)", point.precision), ("metrics/recall(B)", point.recall)]
            }
        }
        return metrics
    }
}

/// How a training ended.
package struct TrainingSummary: Sendable {
    package enum Ending: String, Sendable {
        case finished, timeIsUp, noBetterModel, stopped
    }

    package var ending: Ending
    /// Epochs done, those before an interruption included.
    package var epochs: Int
    package var bestEpoch: Int
    package var seconds: Double
    /// Of `best.safetensors` on the held-out images; nil without held-out images.
    package var best: DetectionReport?
    /// The files written, relative to the output folder.
    package var files: [String]
}
