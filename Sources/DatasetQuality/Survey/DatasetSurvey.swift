package import DatasetFormats
package import Detection
package import Imaging

/// A dataset held against its image files: every label read, every image decoded.
package struct DatasetSurvey: Sendable {
    package typealias Progress = (_ done: Int, _ total: Int) -> Void

    package struct Image: Sendable {
        /// Relative to the folder of the images.
        package var name: String
        package var split: String?
        /// nil when the label could not be used because of the image file.
        package var labels: LabelledImage?
        package var file: ImageFile
    }

    /// Where the dataset was read from, and the format's name.
    package let source: String
    package let format: String
    package let imageFolder: String
    package let categories: [String]
    package let images: [Image]
    /// Faults of the label files: those kept, and how many there are.
    package let issues: [DatasetIssue]
    package let issueCount: Int
    package let duplicates: DuplicateGroups

    /// Reads the labels, then the image files on all cores; a picture for each core is in memory at a time.
    /// - Parameters:
    ///   - format: its name; told by looking when nil.
    ///   - imageFolder: the folder of the image files, when it is not beside the labels.
    ///   - depth: with `bytes` nothing is decoded, and only equal files are found to be the same.
    package init(
        of source: String, format name: String? = nil, imageFolder: String? = nil, depth: ImageFile.Depth = .picture,
        likeness: DuplicateGroups.Likeness = .init(), limits: ImageLimits = .standard, progress: Progress = { _, _ in }
    ) async throws {
        let format = try AllFormats.format(named: name, at: source)
        var reader = try format.open(at: source, images: imageFolder)
        var log = IssueLog()
        var found: [(name: String, split: String?, labels: LabelledImage?)] = []
        while let entry = try reader.next(&log) { found.append((entry.image.fileName, entry.split, entry.image)) }
        let known = Set(found.map(\.name))
        // A label may be lost because the size is known to the image file alone, and that is broken.
        for issue in log.kept where issue.subject == .imageFile && issue.loss == .images {
            if let image = issue.image, !known.contains(image) { found.append((image, nil, nil)) }
        }
        let root = reader.imageRoot, names = found.map(\.name)
        let files = try await AllCores.map(names.count, progress: progress) { index in
            ImageFile(contentsOfFile: root.isEmpty ? names[index] : root + "/" + names[index], depth: depth, limits: limits)
        }
        self.source = source
        self.format = format.name
        self.imageFolder = root
        categories = reader.categories
        images = zip(found, files).map { Image(name: $0.name, split: $0.split, labels: $0.labels, file: $1) }
        (issues, issueCount) = (log.kept, log.count)
        duplicates = DuplicateGroups(contents: files.map(\.content), looks: files.map(\.look), likeness: likeness)
    }

    package var objectCount: Int { images.reduce(0) { $0 + ($1.labels?.objects.count ?? 0) } }

    /// An image's file, as a path.
    func path(of name: String) -> String { imageFolder.isEmpty ? name : imageFolder + "/" + name }
}
