import ArgumentParser
import Drawing
import Foundation
import Inference

/// Serves a model on a Unix domain socket: a deployment without a scoring script.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer scoring requests on a Unix domain socket with a detector.")

    @Option(help: "A model file, or the folder that holds it; AZUREML_MODEL_DIR when left out.")
    var modelDir: String?

    @Option(help: "The path of the socket to listen at.")
    var socket: String

    @Option(help: "Requests that will come at the same time: 1 has each answered as soon as possible, more have more answered.")
    var concurrency: Int?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var thresholds: ThresholdOptions

    func validate() throws {
        if let concurrency, concurrency < 1 { throw ValidationError("--concurrency must be at least 1") }
    }

    func run() throws {
        guard let model = modelDir ?? ProcessInfo.processInfo.environment["AZUREML_MODEL_DIR"], !model.isEmpty else {
            throw ValidationError("give the model by --model-dir, or set AZUREML_MODEL_DIR")
        }
        let detector = try engine.open(model, concurrency: concurrency)
        let overlay = DetectionOverlay(classNames: detector.classNames)
        let scorer = DetectorScorer(detector: detector, settings: try thresholds.settings(for: detector)) { overlay.drawn($0, on: $1) }
        // The model is loaded and warm before the socket is there, so whoever can connect gets answers.
        let listener = try WorkerSocket(path: socket)
        Talk.say("ready at \(socket)")
        try listener.serve { request, body in
            let (response, content) = scorer.respond(to: request, body: body)
            if request.kind == .score {
                let reason = response.status == 200 ? "" : " \(String(decoding: content.prefix(300), as: UTF8.self))"
                Talk.say("\(request.id) \(response.status) \(response.ms) ms\(reason)")
            }
            return (response, content)
        }
    }
}
