import ArgumentParser
import DatasetFormats
import Detection
import Foundation
import Imaging

/// Checks labelled images and divides them.
struct PrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Check labelled images and divide them: COCO in train/ and val/ with the images, and report.json.")

    @OptionGroup var data: DataOptions

    @Option(help: "The folder to write into.")
    var output: String

    @Option(help: "The share that is held out, between 0 and 1.")
    var holdout = 0.2

    @Option(help: "The same seed divides in the same way.")
    var seed: UInt64 = 0

    private struct Report: Encodable {
        struct Part: Encodable {
            var images: Int
            var objects: Int
            var objectsByClass: [String: Int]

            init(_ dataset: LabelledDataset) {
                images = dataset.images.count
                objects = dataset.objectCount
                objectsByClass = Dictionary(uniqueKeysWithValues: Set(dataset.categories).map { ($0, 0) })
                for object in dataset.images.flatMap(\.objects) where dataset.categories.indices.contains(object.category) {
                    objectsByClass[dataset.categories[object.category], default: 0] += 1
                }
            }
        }
        var format: String
        var categories: [String]
        var train: Part
        var val: Part
        var issues: [DatasetIssue]
    }

    func validate() throws {
        guard holdout > 0, holdout < 1 else { throw ValidationError("--holdout must lie between 0 and 1") }
    }

    func run() throws {
        let imported = try data.read()
        let (usable, faults) = check(imported)
        Talk.say(firstOf: faults.map(\.description))
        guard usable.images.count >= 2 else {
            throw DatasetError(file: imported.imageRoot, message: "fewer than 2 images can be used; see the lines above")
        }
        let parts = usable.split(holdOut: holdout, seed: seed)
        for (name, part) in [("train", parts.training), ("val", parts.heldOut)] {
            // What an earlier run left there would be read as part of the set.
            try? FileManager.default.removeItem(atPath: "\(output)/\(name)")
            try COCOFormat.write(part, images: imported.imageRoot, to: "\(output)/\(name)")
        }
        let report = Report(
            format: imported.format, categories: usable.categories, train: .init(parts.training), val: .init(parts.heldOut),
            issues: imported.issues + faults)
        let json = try prettyJSON(report)
        try json.write(to: URL(fileURLWithPath: "\(output)/report.json"), options: .atomic)
        FileHandle.standardOutput.write(json)
    }

    /// Leaves out the images that cannot be decoded, and says which.
    private func check(_ imported: ImportedDataset) -> (LabelledDataset, [DatasetIssue]) {
        var faults: [DatasetIssue] = []
        var dataset = imported.dataset
        dataset.images = dataset.images.filter { image in
            let path = imported.imageRoot.isEmpty ? image.fileName : "\(imported.imageRoot)/\(image.fileName)"
            do {
                _ = try PixelImage(contentsOfFile: path)
                return true
            } catch {
                faults.append(DatasetIssue(file: path, severity: .error, message: "left out: \(error)"))
                return false
            }
        }
        return (dataset, faults)
    }
}
