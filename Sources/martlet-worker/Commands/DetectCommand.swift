import ArgumentParser
import Detection
import Drawing
import Foundation
import Imaging
import Inference
import Synchronization

/// Runs a model on picture files.
struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Find objects in pictures: a list on standard output, drawn pictures in a folder.")

    @Option(help: "A model file, or the folder that holds it.")
    var model: String

    @Argument(help: "Pictures (JPEG, PNG), or folders of them.")
    var images: [String]

    @Option(
        name: .shortAndLong,
        help: "table, json, or coco (COCO's result list, as evaluations read it); table on a terminal and json elsewhere when left out.")
    var output: Output?

    @Option(help: "Write each picture with its boxes drawn into this folder, as NAME.png.")
    var outputDir: String?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var thresholds: ThresholdOptions

    enum Output: String, CaseIterable, ExpressibleByArgument { case table, json, coco }

    /// What was found in one picture.
    struct Seen: Sendable {
        var path: String
        var width: Int
        var height: Int
        var objects: [DetectedObject]
    }

    func run() throws {
        let detector = try engine.open(model)
        let settings = try thresholds.settings(for: detector)
        let paths = try images.flatMap(Self.pictures)
        guard !paths.isEmpty else { throw InferenceError("there is no JPEG or PNG picture in \(images.joined(separator: ", "))") }
        if let outputDir { try FileManager.default.createDirectory(atPath: outputDir, withIntermediateDirectories: true) }
        let drawn = outputDir.map { Self.outputs(of: paths, in: $0) }
        let overlay = DetectionOverlay(classNames: detector.classNames)
        let progress = ProgressLine(total: paths.count, unit: "images")
        // Enough pictures on their way that the network finds the next batch waiting while others are decoded and drawn.
        let inFlight = ProcessInfo.processInfo.activeProcessorCount + detector.laneCount * detector.input.batch.limit
        let results = ThreadCrew.map(paths.indices, threads: min(inFlight, 64)) { index -> Result<Seen, any Error> in
            defer { progress.step() }
            return Result {
                let image = try PixelImage(contentsOfFile: paths[index])
                let found = try detector.begin(image, settings: settings).value()
                if let drawn { try overlay.drawn(found, on: image).write(toFile: drawn[index]) }
                return Seen(path: paths[index], width: image.width, height: image.height, objects: found)
            }
        }
        progress.end()
        let report = DetectReport(classNames: detector.classNames, seen: results.map { try? $0.get() })
        switch output ?? (isatty(1) == 1 ? .table : .json) {
        case .table: print(report.table)
        case .json: FileHandle.standardOutput.write(try prettyJSON(report.list))
        case .coco: FileHandle.standardOutput.write(try prettyJSON(report.coco))
        }
        let failures = results.compactMap { result -> String? in
            if case .failure(let error) = result { "error: \(error)" } else { nil }
        }
        Talk.say(firstOf: failures)
        if !failures.isEmpty { throw ExitCode(1) }
    }

    private static func pictures(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            .filter { ImageFormat(fileName: $0) != nil }.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }

    /// A file name for each picture; pictures of one name from several folders get numbers.
    private static func outputs(of paths: [String], in folder: String) -> [String] {
        var taken: Set<String> = []
        return paths.map { path in
            let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            var name = stem, number = 1
            while !taken.insert(name).inserted {
                number += 1
                name = "\(stem)-\(number)"
            }
            return "\(folder)/\(name).png"
        }
    }
}
