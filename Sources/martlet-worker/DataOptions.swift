import ArgumentParser
import DatasetFormats
import Detection
import DetectorTraining
import Foundation

/// Which labelled images a command works on.
struct DataOptions: ParsableArguments {
    @Option(name: .customLong("data"), help: "A folder (or label file) in any form that `dataset inspect` tells by looking.")
    var path: String?

    @Option(help: "The folder of the images, when it is not beside the labels.")
    var images: String?

    @Option(help: "The label file or folder, instead of --data.")
    var annotations: String?

    func validate() throws {
        guard (path == nil) != (annotations == nil) else {
            throw ValidationError("give the labelled images by --data FOLDER, or by --images FOLDER and --annotations FILE")
        }
    }

    /// Reads the labels and says what was wrong with them.
    func read() throws -> ImportedDataset { try Self.read(path ?? annotations ?? ".", images: images) }

    static func read(_ path: String, images: String? = nil) throws -> ImportedDataset {
        let imported = try AllFormats.read(at: path, images: images)
        let dataset = imported.dataset
        Talk.say(
            "\(path): \(imported.format), \(dataset.images.count) images, \(dataset.objectCount) objects of "
                + "\(dataset.categories.count) classes (\(dataset.categories.joined(separator: ", ")))")
        Talk.say(firstOf: imported.issues.map(\.description))
        return imported
    }

    /// Training and held-out images: the folders `train` and `val` that `prepare` writes, those that a data.yaml names, the splits
    /// that the labels tell, or a split made here.
    func readSplit(holdout: Double, seed: UInt64) throws -> (training: LabelledFolder, validation: LabelledFolder) {
        if let path, ["train", "val"].allSatisfy({ FileManager.default.fileExists(atPath: "\(path)/\($0)/annotations") }) {
            let training = try Self.read(path + "/train"), validation = try Self.read(path + "/val")
            return (
                LabelledFolder(folder: training.imageRoot, dataset: training.dataset),
                LabelledFolder(folder: validation.imageRoot, dataset: validation.dataset.relabelled(training.dataset.categories))
            )
        }
        let all = try read()
        if let parts = try YOLOSplit(path ?? annotations ?? ".")?.parts(of: all.dataset, in: all.imageRoot) {
            Talk.say("\(parts.training.images.count) images to train on, \(parts.heldOut.images.count) held out, as the data.yaml says")
            return (
                LabelledFolder(folder: all.imageRoot, dataset: parts.training), LabelledFolder(folder: all.imageRoot, dataset: parts.heldOut)
            )
        }
        if ["train", "val"].allSatisfy(all.splits.values.contains) {
            let (training, heldOut) = (all.part("train"), all.part("val"))
            Talk.say("\(training.images.count) images to train on, \(heldOut.images.count) held out, as the labels say")
            return (LabelledFolder(folder: all.imageRoot, dataset: training), LabelledFolder(folder: all.imageRoot, dataset: heldOut))
        }
        let parts = all.dataset.split(holdOut: holdout, seed: seed)
        Talk.say("\(parts.training.images.count) images to train on, \(parts.heldOut.images.count) held out (seed \(seed))")
        return (
            LabelledFolder(folder: all.imageRoot, dataset: parts.training), LabelledFolder(folder: all.imageRoot, dataset: parts.heldOut)
        )
    }
}

extension ImportedDataset {
    /// The images of one split.
    func part(_ split: String) -> LabelledDataset {
        LabelledDataset(categories: dataset.categories, images: dataset.images.filter { splits[$0.fileName] == split })
    }
}

extension LabelledDataset {
    /// The same labels over another list of classes, matched by name; classes that are not in it are added at its end.
    func relabelled(_ names: [String]) -> LabelledDataset {
        let added = categories.filter { !names.contains($0) }
        let all = names + added
        let indices = categories.map { name in all.firstIndex(of: name) ?? 0 }
        var result = LabelledDataset(categories: all, images: images)
        for image in result.images.indices {
            result.images[image].objects = images[image].objects.compactMap { object in
                guard indices.indices.contains(object.category) else { return nil }
                var object = object
                object.category = indices[object.category]
                return object
            }
        }
        return result
    }
}
