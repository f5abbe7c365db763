import ArgumentParser
import DatasetFormats
import Detection
import EvaluationReporting
import Foundation
import Imaging
import Inference
import TrackingClient

/// Measures detections on labelled images: those of a file, or those of a model that is run here.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model, or detections in COCO's result form, on labelled images, by a named protocol.",
        discussion: """
            evaluate --truth LABELS --detections results.json --protocol coco
            evaluate --truth LABELS --detections results.json --compare voc --explain
            evaluate --model best.onnx --data FOLDER --html report.html
            """)

    @Option(name: [.customLong("truth"), .customLong("dataset"), .customLong("data")], help: "Labelled images; the form is told by looking.")
    var truth: String?

    @Option(help: "Detections in COCO's result form: a JSON list of image_id, category_id, bbox and score.")
    var detections: String?

    @Option(help: "A model file, or the folder that holds it, instead of --detections.")
    var model: String?

    @Option(help: "The folder of the images, when it is not beside the labels.")
    var images: String?

    @Option(help: "The label file or folder, instead of --truth.")
    var annotations: String?

    @OptionGroup var measure: EvaluationOptions

    @Flag(help: "Also curves, confusion, thresholds, and the worst images with their mistakes by type (in JSON; --html has them anyway).")
    var analyse = false

    @Option(help: "Choose the confidence threshold that finds most at this precision, 0 to 1, instead of the best F1.")
    var precision: Double?

    @Option(help: "How many of the worst images to show.")
    var worst = 24

    @Option(help: "Write the evaluation as one HTML page.")
    var html: String?

    @Option(help: "Write metrics.json here: a folder, or a path that ends with .json.")
    var output: String?

    @Option(name: [.customShort("o"), .customLong("output-format")], help: "What to print: table or json.")
    var format = Format.table

    @OptionGroup var engine: EngineOptions

    enum Format: String, ExpressibleByArgument {
        case table, json
    }

    func validate() throws {
        guard truth != nil || annotations != nil else {
            throw ValidationError("give the labelled images by --truth PATH, or by --images FOLDER and --annotations FILE")
        }
        guard (model == nil) != (detections == nil) else {
            throw ValidationError("give what to measure: --detections FILE, or --model MODEL to run it here")
        }
        if let precision, !(0...1).contains(precision) { throw ValidationError("--precision must lie between 0 and 1") }
        guard (0...10_000).contains(worst) else { throw ValidationError("--worst must lie between 0 and 10000") }
    }

    /// What is measured, and where its images are.
    private struct Subject {
        var set: EvaluationSet
        var imageRoot: String
        var notes: [String]
    }

    func run() async throws {
        let evaluator = try measure.chosen
        let started = ContinuousClock.now
        let subject = try model.map(runModel) ?? readDetections()
        let read = ContinuousClock.now
        let report = evaluator.evaluate(subject.set, threads: engine.threads)
        let measured = ContinuousClock.now
        Talk.say(firstOf: subject.notes)
        Talk.say("read in \(Self.seconds(read - started)) s, measured in \(Self.seconds(measured - read)) s")

        var document = EvaluationDocument(report: report, notes: subject.notes)
        if let other = try measure.other {
            document.other = other.evaluate(subject.set, threads: engine.threads)
            if measure.explain {
                document.comparison = ProtocolComparison(from: evaluator, to: other, on: subject.set, threads: engine.threads)
            }
        }
        if analyse || html != nil || precision != nil {
            document.analysis = DetectionAnalysis(subject.set, precision: precision, worst: worst, threads: engine.threads)
        }
        try write(document, imageRoot: subject.imageRoot)
        if let run = await TrackingRun.fromEnvironment(name: "evaluate") {
            await run.logMetrics(report.metrics)
            await run.setTags(["evaluation.protocol": report.protocolName, "evaluation.images": "\(report.imageCount)"])
            await run.finish()
        }
    }

    private static func seconds(_ duration: Duration) -> String {
        duration.formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 3)).locale(Locale(identifier: "en_US_POSIX")))
            .replacingOccurrences(of: " sec", with: "")
    }

    private func write(_ document: EvaluationDocument, imageRoot: String) throws {
        switch format {
        case .table: print(ReportTable(document: document).text)
        case .json: FileHandle.standardOutput.write(try prettyJSON(document))
        }
        if let output {
            let path = output.hasSuffix(".json") ? output : output + "/metrics.json"
            try Self.write(try prettyJSON(document.report), to: path)
        }
        if let html {
            let page = document.html(title: "Evaluation of \(name(detections ?? model ?? ""))") { errors in
                try? ErrorPicture.jpeg(PixelImage(contentsOfFile: Self.path(errors.imageName, in: imageRoot)), errors: errors.errors)
            }
            try Self.write(Data(page.utf8), to: html)
        }
    }

    private static func write(_ data: Data, to path: String) throws {
        try FileManager.default.createDirectory(at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        Talk.say("wrote \(path)")
    }

    private static func path(_ imageName: String, in root: String) -> String { root.isEmpty ? imageName : "\(root)/\(imageName)" }

    private func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    // MARK: Detections of a file

    private func readDetections() throws -> Subject {
        let truth = try EvaluationTruth.read(at: annotations ?? truth ?? ".", images: images)
        let joined = try truth.joined(COCOResults(file: detections ?? ""))
        return Subject(set: joined.set, imageRoot: truth.imageRoot, notes: truth.issues.map(\.description) + joined.notes)
    }

    // MARK: Detections of a model

    private func runModel(_ model: String) throws -> Subject {
        // What `prepare` writes has the held-out images in val.
        var labels = annotations ?? truth ?? "."
        if annotations == nil, FileManager.default.fileExists(atPath: labels + "/val/annotations") { labels += "/val" }
        let data = try DataOptions.read(labels, images: annotations == nil ? images : images ?? truth)
        let detector = try engine.open(model)
        let truth = data.dataset.relabelled(detector.classNames)
        let found = try detect(truth, in: data.imageRoot, with: detector)
        return Subject(set: EvaluationSet(truth: truth, detections: found.detections), imageRoot: data.imageRoot, notes: found.unreadable)
    }

    private func detect(
        _ truth: LabelledDataset, in root: String, with detector: NetworkDetector
    ) throws -> (detections: [[DetectedObject]], unreadable: [String]) {
        var unreadable: [String] = []
        let found = try truth.images.enumerated().map { index, labelled -> [DetectedObject] in
            if index > 0, index % 100 == 0 { Talk.say("\(index) of \(truth.images.count) images") }
            let image: PixelImage
            do {
                image = try PixelImage(contentsOfFile: Self.path(labelled.fileName, in: root))
            } catch {
                unreadable.append("\(error)")
                return []
            }
            return try detector.detect([image], settings: .evaluation)[0]
        }
        guard unreadable.count < truth.images.count else {
            Talk.say(firstOf: unreadable)
            throw InferenceError("none of the \(truth.images.count) images could be read, so nothing was measured; check --images")
        }
        return (found, unreadable)
    }
}
