import ArgumentParser
import Inference

/// How a model is run.
struct EngineOptions: ParsableArguments {
    @Option(help: "The engine to run the model with (see `engine list`); the fastest that can, when left out.")
    var engine: String?

    @Option(help: "Threads for one picture; left to the engine when left out.")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must lie between 1 and 1024") }
    }

    func open(_ model: String) throws -> NetworkDetector {
        let detector = try AllBackends.open(model, options: DetectorOptions(engine: engine, threads: threads))
        Talk.say("\(detector.modelPath): \(detector.classNames.count) classes, \(detector.inputSize) pixels, run by \(detector.engine)")
        return detector
    }
}

/// What counts as a detection.
struct ThresholdOptions: ParsableArguments {
    @Option(help: "Least confidence of a detection, 0 to 1.")
    var confidence = 0.25

    @Option(help: "Two boxes of a class that overlap by more than this (intersection over union) are one object.")
    var overlap = 0.7

    @Option(help: "At most this many objects per picture.")
    var maxDetections = 300

    var settings: DetectionSettings { DetectionSettings(confidence: confidence, overlap: overlap, maxDetections: maxDetections) }

    func validate() throws {
        guard (0...1).contains(confidence), (0...1).contains(overlap) else {
            throw ValidationError("--confidence and --overlap must lie between 0 and 1")
        }
        guard (1...100_000).contains(maxDetections) else { throw ValidationError("--max-detections must lie between 1 and 100000") }
    }
}
