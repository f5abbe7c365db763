package import Detection

extension DatasetFormat {
    /// Reads everything at `path` into memory.
    ///
    /// Whatever can be read is read: faults of single boxes, labels and images become issues. Only what leaves no dataset at
    /// all is thrown.
    /// - Parameter images: the folder the file names are relative to; nil to look for it beside the labels.
    package static func read(at path: String, images: String? = nil) throws(DatasetError) -> ImportedDataset {
        var reader = try open(at: path, images: images)
        var log = IssueLog()
        var images: [LabelledImage] = []
        var splits: [String: String] = [:]
        while let entry = try reader.next(&log) {
            images.append(entry.image)
            if let split = entry.split { splits[entry.image.fileName] = split }
        }
        return ImportedDataset(
            format: name, dataset: LabelledDataset(categories: reader.categories, images: images), imageRoot: reader.imageRoot,
            issues: log.all, splits: splits)
    }

    /// Writes the labels into `folder` (made when missing) in the format's usual layout, and with `images` the image files
    /// from that folder too, as hard links where the file system allows, else as copies; a missing one is an error then.
    /// - Returns: what the format could not hold.
    @discardableResult
    package static func write(_ dataset: LabelledDataset, images: String? = nil, to folder: String) throws(DatasetError) -> LossLedger {
        var sink = try DatasetSink(self, to: folder, categories: dataset.categories, images: images.map { .required($0) } ?? .none)
        for image in dataset.images { try sink.add(DatasetEntry(image)) }
        return try sink.finish()
    }
}

/// A dataset as read from disk, with all that was wrong with it.
package struct ImportedDataset: Sendable, Hashable {
    /// The format's name.
    package var format: String
    package var dataset: LabelledDataset
    /// The folder that `LabelledImage.fileName` is relative to.
    package var imageRoot: String
    package var issues: [DatasetIssue]
    /// The part of the dataset an image belongs to, by file name; images that are in none are not listed.
    package var splits: [String: String]

    package init(format: String, dataset: LabelledDataset, imageRoot: String, issues: [DatasetIssue], splits: [String: String] = [:]) {
        self.format = format
        self.dataset = dataset
        self.imageRoot = imageRoot
        self.issues = issues
        self.splits = splits
    }
}
