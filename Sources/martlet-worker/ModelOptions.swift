import ArgumentParser
import Inference

/// How a model is run.
struct EngineOptions: ParsableArguments {
    @Option(help: "The engine to run the model with (see `engine list`); the fastest that can, when left out.")
    var engine: String?

    @Option(help: "Threads of one run of the network; left to the engine when left out.")
    var threads: Int?

    @Option(help: "Runs of the network at the same time, each with its own threads; by cores and picture size when left out.")
    var lanes: Int?

    @Option(help: "The numbers to compute in: f32, or bf16 (faster and less exact, where the engine and the processor can).")
    var precision: Precision?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must lie between 1 and 1024") }
        if let lanes, !(1...256).contains(lanes) { throw ValidationError("--lanes must lie between 1 and 256") }
    }

    /// - Parameter concurrency: pictures that will be asked for at the same time; nil for any number.
    func open(_ model: String, concurrency: Int? = nil) throws -> NetworkDetector {
        let detector = try AllBackends.open(
            model, options: DetectorOptions(engine: engine, threads: threads, lanes: lanes, concurrency: concurrency, precision: precision))
        let lanes = detector.laneCount > 1 ? ", \(detector.laneCount) lanes" : ""
        let batch = detector.input.batch.limit > 1 ? ", up to \(detector.input.batch.limit) pictures together" : ""
        Talk.say(
            "\(detector.modelPath): \(detector.classNames.count) classes, \(detector.inputSize) pixels, "
                + "run by \(detector.engine)\(lanes)\(batch)")
        return detector
    }
}

extension Precision: ExpressibleByArgument {}

/// What counts as a detection. What is left out comes from the model's card, or else is 0.25, 0.7 and 300.
struct ThresholdOptions: ParsableArguments {
    @Option(name: [.long, .customLong("conf")], help: "Least confidence of a detection, 0 to 1.")
    var confidence: Double?

    @Option(
        name: [.long, .customLong("iou")],
        help: "Two boxes of a class that overlap by more than this (intersection over union) are one object.")
    var overlap: Double?

    @Option(name: [.long, .customLong("max-det")], help: "At most this many objects per picture.")
    var maxDetections: Int?

    @Option(help: "Only these classes: names or numbers, separated by commas.")
    var classes: String?

    @Option(help: "Side in pixels of the square that the network sees, for models that can take several.")
    var imgsz: Int?

    private func wishes() throws -> ScoringWishes {
        var wishes = ScoringWishes()
        let given: [(String, String?)] = [
            ("confidence", confidence.map { "\($0)" }), ("overlap", overlap.map { "\($0)" }),
            ("max_detections", maxDetections.map { "\($0)" }), ("classes", classes), ("imgsz", imgsz.map { "\($0)" }),
        ]
        for case (let name, let word?) in given { try wishes.set(name, to: [word]) }
        return wishes
    }

    func settings(for detector: some Detector) throws -> DetectionSettings {
        try wishes().settings(over: detector.settings, classNames: detector.classNames)
    }

    func validate() throws {
        do { _ = try wishes() } catch { throw ValidationError("\(error)") }
    }
}
