import ArgumentParser
import DetectorTraining
import Foundation
import TensorEngine

/// Turns the weights of a detector into the formats that engines run.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a YOLOv8 (.pt of Ultralytics, or .safetensors) as .onnx and as .safetensors with its card; no Python is run.")

    @Argument(help: "A .pt or .safetensors file.")
    var model: String

    @Option(help: "The folder to write into; that of the model when left out.")
    var output: String?

    @Option(help: "Side in pixels of the pictures that the .onnx takes; that of its training when left out.")
    var imgsz: Int?

    func validate() throws {
        if let imgsz, !(64...2048).contains(imgsz) || imgsz % 32 != 0 { throw ValidationError("--imgsz must be a multiple of 32 between 64 and 2048") }
    }

    func run() async throws {
        let folder = output ?? URL(filePath: model).deletingLastPathComponent().path(percentEncoded: false)
        let (model, imgsz) = (model, imgsz)
        let files = try await TensorEngine.onThread(named: "export") {
            try ModelExport.write(modelPath: model, to: folder, imgsz: imgsz, engine: TensorEngine.load())
        }
        Talk.say("wrote \(files.joined(separator: ", ")) to \(folder)")
    }
}
