import ArgumentParser
import Detection
import Drawing
import Foundation

/// Makes a labelled set of fridge photos.
struct ScenesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenes", abstract: "Render labelled fridge photos: images/ and annotations/coco_annotations.json in a folder.")

    enum Style: String, ExpressibleByArgument, CaseIterable {
        case standard, darkened

        var light: SceneStyle { self == .standard ? .standard : .darkened }
    }

    @Option(help: "How many photos.")
    var count: Int

    @Option(help: "The same seed makes the same photos.")
    var seed: UInt64 = 0

    @Option(help: "Width and height in pixels.")
    var size = "480x360"

    @Option(help: "The light: \(Style.allCases.map(\.rawValue).joined(separator: ", ")).")
    var style = Style.standard

    @Option(help: "What the file names start with.")
    var prefix = "fridge"

    @Option(help: "The folder to write into.")
    var output: String

    private var sides: (width: Int, height: Int)? {
        let numbers = size.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1], (64...4096).contains(width), (64...4096).contains(height)
        else { return nil }
        return (width, height)
    }

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count must lie between 1 and 100000") }
        guard sides != nil else { throw ValidationError("--size must be WIDTHxHEIGHT with sides between 64 and 4096, not \(size)") }
        guard !prefix.isEmpty, !prefix.contains("/"), !prefix.hasPrefix(".") else {
            throw ValidationError("--prefix must be the start of a file name")
        }
    }

    func run() throws {
        guard let sides else { return }
        let dataset = try FridgeSceneSet.write(
            count: count, size: sides, seed: seed, style: style.light, prefix: prefix, to: URL(fileURLWithPath: output))
        Talk.say("wrote \(dataset.images.count) photos with \(dataset.objectCount) objects to \(output)")
    }
}
