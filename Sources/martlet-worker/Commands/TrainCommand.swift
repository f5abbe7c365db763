import ArgumentParser
import Detection
import DetectorTraining
import Drawing
import Foundation
import Imaging
import TensorEngine
import TrackingClient

/// Trains a detector.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a detector on labelled images.",
        discussion: """
            Settings have the names of Ultralytics' arguments and are given as --epochs 60, --imgsz=320 or epochs=60, or by an \
            arguments file of Ultralytics (--cfg args.yaml), which the command line overrules:
            \(TrainingSettings.names.joined(separator: ", ")).

            --weights best.pt starts from a YOLOv8 of Ultralytics (or from .safetensors); the pickle in it is not run. With resume, a \
            training goes on from the checkpoint in the output folder with the settings it had.

            Writes best.safetensors, best.json, best.onnx, last.safetensors, results.csv, curve.png and metrics.json to the \
            output folder. Parameters, metrics of every epoch and the files go to the MLflow run of the environment \
            (MLFLOW_TRACKING_URI), when there is one.
            """)

    @Option(help: "A folder or label file in any form that `dataset inspect` tells (data.yaml too).")
    var data: String?

    @Option(help: "The folder of the images, when it is not beside the labels.")
    var images: String?

    @Option(help: "The label file or folder, instead of --data.")
    var annotations: String?

    @Option(help: "A YAML file of settings, by Ultralytics' names.")
    var cfg: String?

    @Option(help: "The folder to write into.")
    var output = "outputs"

    @Option(help: "The share of the images that is held out to measure with, when the data does not say which.")
    var holdout = 0.2

    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Training settings.", valueName: "setting"))
    var settings: [String] = []

    func validate() throws {
        guard holdout > 0, holdout < 1 else { throw ValidationError("--holdout must lie between 0 and 1") }
        _ = try arguments()
    }

    private func arguments() throws -> TrainingArguments {
        do {
            return try TrainingArguments(words: settings, file: cfg, data: data, images: images, annotations: annotations, output: output)
        } catch let error as ValidationError {
            throw error
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() async throws {
        let arguments = try arguments()
        let settings = arguments.settings
        if !arguments.foreign.isEmpty { Talk.say("of no meaning here: \(arguments.foreign.joined(separator: ", "))") }
        let (training, validation) = try arguments.data.readSplit(holdout: holdout, seed: UInt64(bitPattern: Int64(settings.seed)))
        let run = await TrackingRun.fromEnvironment(name: "train")
        await run?.logParams(settings.described)
        let (events, feed) = AsyncStream.makeStream(of: TrainingEvent.self)
        async let course = follow(events, run)
        let output = output
        do {
            let summary = try await TensorEngine.onThread(named: "training") {
                defer { feed.finish() }
                let engine = try TensorEngine.load()
                let trainer = try Trainer(
                    settings: settings, training: training, validation: validation, outputFolder: output, engine: engine)
                return try trainer.run { feed.yield($0) }
            }
            try await conclude(summary, course: await course, run)
            await run?.finish()
        } catch {
            feed.finish()
            _ = await course
            await run?.finish(failed: true)
            throw error
        }
    }

    /// Shows the progress and hands each epoch's numbers to the run, off the training's thread.
    private func follow(_ events: AsyncStream<TrainingEvent>, _ run: TrackingRun?) async -> [EpochReport] {
        var reports: [EpochReport] = []
        let clock = ContinuousClock()
        var spoken = clock.now
        for await event in events {
            switch event {
            case .note(let sentence):
                Talk.say(sentence)
            case .step(let epoch, let step, let steps, let loss, let imagesPerSecond):
                // One line that changes on a terminal, now and then a line in a log.
                guard spoken.duration(to: clock.now) > (Talk.isTerminal ? .milliseconds(200) : .seconds(10)) else { continue }
                let line = "epoch \(epoch): step \(step) of \(steps), loss \(String(format: "%.3f, %.1f img/s", loss, imagesPerSecond))"
                if Talk.isTerminal { Talk.show(line) } else { Talk.say(line) }
                spoken = clock.now
            case .epoch(let report):
                reports.append(report)
                Talk.say(Self.line(report))
                spoken = clock.now
                await run?.logMetrics(Dictionary(report.metrics, uniquingKeysWith: { $1 }), step: report.epoch)
            }
        }
        return reports
    }

    private static func line(_ report: EpochReport) -> String {
        let loss = String(
            format: "box %.3f  cls %.3f  dfl %.3f", Double(report.loss.box), Double(report.loss.classes), Double(report.loss.distribution))
        let measured = report.validation.map { String(format: "  mAP50 %.3f  mAP50-95 %.3f", $0.at50, $0.meanAveragePrecision) } ?? ""
        return "epoch \(report.epoch)/\(report.epochs)  \(loss)\(measured)  "
            + String(format: "%.1f img/s  %.0f s", report.imagesPerSecond, report.seconds) + (report.isBest ? "  *" : "")
    }

    /// Draws the curve, writes the numbers, and stores every file with the run.
    private func conclude(_ summary: TrainingSummary, course: [EpochReport], _ run: TrackingRun?) async throws {
        var files = summary.files
        if !course.isEmpty {
            try curve(course).write(toFile: output + "/curve.png")
            files.append("curve.png")
        }
        if let best = summary.best {
            try prettyJSON(best).write(to: URL(fileURLWithPath: output + "/metrics.json"), options: .atomic)
            files.append("metrics.json")
            await run?.logMetrics(best.metrics, step: summary.bestEpoch)
            print(ReportTable(report: best).text)
        }
        await run?.setTags(["training.ending": summary.ending.rawValue, "training.best_epoch": "\(summary.bestEpoch)"])
        // The checkpoint to go on from stays with the job's output: it is large and of no use elsewhere.
        for file in files where !file.contains("checkpoint") { await run?.logArtifact(output + "/" + file) }
        Talk.say(
            "\(summary.ending.rawValue) after \(summary.epochs) epochs and \(Int(summary.seconds)) s, best epoch \(summary.bestEpoch); "
                + "wrote \(files.joined(separator: ", ")) to \(output)")
    }

    private func curve(_ course: [EpochReport]) -> PixelImage {
        func series(_ name: String, _ value: (EpochReport) -> Double?) -> CurveChart.Series {
            CurveChart.Series(name: name, points: course.compactMap { report in value(report).map { (Double(report.epoch), $0) } })
        }
        return CurveChart.page([
            CurveChart(
                title: "Training losses", yLabel: "loss",
                series: [
                    series("box") { Double($0.loss.box) }, series("classes") { Double($0.loss.classes) },
                    series("distribution") { Double($0.loss.distribution) },
                ]),
            CurveChart(
                title: "Held-out precision (COCO)", yLabel: "mAP",
                series: [
                    series("mAP50") { $0.validation?.at50 }, series("mAP50-95") { $0.validation?.meanAveragePrecision },
                ], yRange: 0...1),
        ])
    }
}
