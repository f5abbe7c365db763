import ArgumentParser
import Detection
import Drawing
import Foundation
import Imaging
import Inference

/// Runs a model on picture files.
struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Find objects in pictures: JSON on standard output, drawn pictures in a folder.")

    @Option(help: "A model file, or the folder that holds it.")
    var model: String

    @Argument(help: "Pictures (JPEG, PNG), or folders of them.")
    var images: [String]

    @Option(help: "Write each picture with its boxes drawn into this folder, as NAME.png.")
    var outputDir: String?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var thresholds: ThresholdOptions

    private struct Result: Encodable {
        struct Object: Encodable {
            var class_id: Int
            var class_name: String
            var confidence: Double
            /// Left, top, right, bottom in pixels.
            var box_xyxy: [Double]
        }
        var image: String
        var width: Int
        var height: Int
        var detections: [Object]
    }

    func run() throws {
        let detector = try engine.open(model)
        let paths = try images.flatMap(Self.pictures)
        if let outputDir { try FileManager.default.createDirectory(atPath: outputDir, withIntermediateDirectories: true) }
        var results: [Result] = []
        var failures = 0
        for path in paths {
            do {
                let image = try PixelImage(contentsOfFile: path)
                let found = try detector.detect([image], settings: thresholds.settings)[0]
                results.append(
                    Result(
                        image: path, width: image.width, height: image.height,
                        detections: found.map {
                            .init(
                                class_id: $0.category, class_name: detector.classNames[$0.category], confidence: $0.score,
                                box_xyxy: [$0.box.xMin, $0.box.yMin, $0.box.xMax, $0.box.yMax])
                        }))
                if let outputDir {
                    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
                    try DetectionOverlay(classNames: detector.classNames).drawn(found, on: image).write(toFile: "\(outputDir)/\(name).png")
                }
            } catch {
                failures += 1
                Talk.say("error: \(error)")
            }
        }
        FileHandle.standardOutput.write(try prettyJSON(results))
        if failures > 0 { throw ExitCode(1) }
    }

    private static func pictures(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            .filter { ["jpg", "jpeg", "png"].contains(URL(fileURLWithPath: $0).pathExtension.lowercased()) }.map { "\(path)/\($0)" }
    }
}
