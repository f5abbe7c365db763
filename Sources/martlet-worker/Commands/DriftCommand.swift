import ArgumentParser
import Detection
import DriftReporting
import Foundation
import Inference

/// Compares production with a baseline.
struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Compare collected requests with the images a model learnt from: report.json, report.html and drift.png, the verdict on standard output.")

    @Option(help: "The folder of the baseline's images, or a .jsonl of earlier requests.")
    var baseline: String

    @Option(help: "The label file or folder, when it is not beside the images.")
    var annotations: String?

    @Option(help: "The collected requests, one JSON object a line.")
    var production: String

    @Option(help: "The folder to write into.")
    var output: String

    @Option(help: "A JSON file of monitoring_signals and minimum_samples, in the words of Azure's monitor YAML.")
    var settings: String?

    @Option(help: "The deployed model: what it sees in the baseline is compared with what it saw in production, instead of the labels.")
    var model: String?

    @Option(help: "Measure at most this many images of the baseline, spread evenly over it.")
    var limit = 500

    @Option(help: "The heading of the report.")
    var title = "Drift"

    @OptionGroup var engine: EngineOptions
    @OptionGroup var thresholds: ThresholdOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be 1 or more") }
    }

    /// Exit code 0 whatever the verdict is: a job that finds drift has not failed.
    func run() throws {
        let settings = try settings.map { try DriftSettings(file: $0) } ?? DriftSettings()
        let production = try FactTable.production(file: production)
        let report = try DriftReport(
            title: title, baseline: readBaseline(), named: name(baseline), production: production, named: name(self.production), settings: settings)
        Talk.say(firstOf: report.notes)
        Talk.say(report.headline)
        try report.write(to: URL(fileURLWithPath: output))
        FileHandle.standardOutput.write(
            try prettyJSON(
                Verdict(
                    verdict: report.verdict, breached: report.breached, baseline: report.baseline.samples, production: report.production.samples,
                    report: "\(output)/report.json")))
    }

    private struct Verdict: Encodable {
        var verdict: DriftReport.Verdict
        var breached: [String]
        var baseline: Int
        var production: Int
        var report: String
    }

    private func readBaseline() throws -> FactTable {
        if baseline.hasSuffix(".jsonl") { return try FactTable.production(file: baseline) }
        guard let model else { return try FactTable.dataset(folder: baseline, annotations: annotations, limit: limit) }
        do {
            let detector = try engine.open(model)
            let settings = try thresholds.settings(for: detector)
            return try FactTable.dataset(folder: baseline, annotations: annotations, limit: limit) { picture in
                try detector.detect([picture], settings: settings)[0].map { ($0, detector.classNames[$0.category]) }
            }
        } catch let error as InferenceError {
            // The pictures can be compared all the same, and the labels stand in for the model.
            var table = try FactTable.dataset(folder: baseline, annotations: annotations, limit: limit)
            table.notes.append("the model could not look at the baseline, so its labels are compared with predictions: \(error)")
            return table
        }
    }

    private func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
}
