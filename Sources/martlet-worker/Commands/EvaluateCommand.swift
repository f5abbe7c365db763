import ArgumentParser
import DatasetFormats
import Detection
import Foundation
import Imaging
import Inference
import TrackingClient

/// Measures a model on labelled images.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure a detector on labelled images and print precision by class, with the protocol named.")

    @Option(help: "A model file, or the folder that holds it.")
    var model: String

    @Option(name: [.customLong("dataset"), .customLong("data")], help: "Labelled images in any form that `dataset inspect` tells.")
    var dataset: String?

    @Option(help: "The folder of the images, when it is not beside the labels.")
    var images: String?

    @Option(help: "The label file or folder, instead of --dataset.")
    var annotations: String?

    @Option(help: "How to measure: \(AllEvaluators.all.map(\.protocolName).joined(separator: ", ")).")
    var protocolName = "coco"

    @Option(help: "Write metrics.json here: a folder, or a path that ends with .json.")
    var output: String?

    @OptionGroup var engine: EngineOptions

    func validate() throws {
        guard dataset != nil || annotations != nil else {
            throw ValidationError("give the labelled images by --dataset FOLDER, or by --images FOLDER and --annotations FILE")
        }
        guard AllEvaluators.named(protocolName) != nil else { throw ValidationError("there is no protocol \(protocolName)") }
    }

    func run() async throws {
        guard let evaluator = AllEvaluators.named(protocolName) else { return }
        // What `prepare` writes has the held-out images in val.
        var labels = annotations ?? dataset ?? "."
        if annotations == nil, FileManager.default.fileExists(atPath: labels + "/val/annotations") { labels += "/val" }
        let data = try DataOptions.read(labels, images: annotations == nil ? images : images ?? dataset)
        let detector = try engine.open(model)
        let truth = data.dataset.relabelled(detector.classNames)
        let detections = try detect(truth, in: data.imageRoot, with: detector)
        let report = evaluator.evaluate(truth: truth, detections: detections)
        print(ReportTable(report: report).text)
        if let output {
            let path = output.hasSuffix(".json") ? output : output + "/metrics.json"
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
            try prettyJSON(report).write(to: URL(fileURLWithPath: path), options: .atomic)
            Talk.say("wrote \(path)")
        }
        if let run = await TrackingRun.fromEnvironment(name: "evaluate") {
            await run.logMetrics(report.metrics)
            await run.setTags(["evaluation.protocol": report.protocolName, "evaluation.images": "\(report.imageCount)"])
            await run.finish()
        }
    }

    private func detect(_ truth: LabelledDataset, in root: String, with detector: NetworkDetector) throws -> [[DetectedObject]] {
        var unreadable: [String] = []
        let found = try truth.images.enumerated().map { index, labelled -> [DetectedObject] in
            if index > 0, index % 100 == 0 { Talk.say("\(index) of \(truth.images.count) images") }
            let image: PixelImage
            do {
                image = try PixelImage(contentsOfFile: root.isEmpty ? labelled.fileName : "\(root)/\(labelled.fileName)")
            } catch {
                unreadable.append("\(error)")
                return []
            }
            return try detector.detect([image], settings: .evaluation)[0]
        }
        Talk.say(firstOf: unreadable)
        guard unreadable.count < truth.images.count else {
            throw InferenceError("none of the \(truth.images.count) images could be read, so nothing was measured; check --images")
        }
        return found
    }
}
