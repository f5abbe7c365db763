import Detection

/// What is in a dataset, found by going through it once.
package struct DatasetSummary: Sendable, Hashable, Codable {
    package struct Category: Sendable, Hashable, Codable {
        package var name: String
        package var objects: Int
        /// Images that show it.
        package var images: Int
    }

    /// The format's name and title, and what spoke for it.
    package var format: String
    package var title: String
    package var evidence: String
    package var imageFolder: String
    package var images = 0
    package var imagesWithoutObjects = 0
    package var objects = 0
    package var crowds = 0
    package var difficult = 0
    package var categories: [Category]
    /// Images in each split; those that are in none are not counted here.
    package var splits: [String: Int] = [:]
    /// Faults, a bounded number of them, and how many there are.
    package var issues: [DatasetIssue] = []
    package var issueCount = 0
    /// Issues that left something out.
    package var errorCount = 0

    /// Reads the dataset at `path` once.
    /// - Parameters:
    ///   - format: its name; told by looking when nil.
    ///   - images: the folder of the image files, when it is not beside the labels.
    package init(
        of path: String, format name: String? = nil, images folder: String? = nil, progress: DatasetConversion.Progress = { _, _ in }
    ) throws(DatasetError) {
        let format = try AllFormats.format(named: name, at: path)
        var reader = try format.open(at: path, images: folder)
        var log = IssueLog()
        self.format = format.name
        title = format.title
        evidence = format.detect(at: path) ?? "named so"
        imageFolder = reader.imageRoot
        categories = reader.categories.map { Category(name: $0, objects: 0, images: 0) }
        while let entry = try reader.next(&log) {
            images += 1
            if entry.image.objects.isEmpty { imagesWithoutObjects += 1 }
            objects += entry.image.objects.count
            for object in entry.image.objects {
                categories[object.category].objects += 1
                if object.isCrowd { crowds += 1 }
                if object.isDifficult { difficult += 1 }
            }
            for category in Set(entry.image.objects.map(\.category)) { categories[category].images += 1 }
            if let split = entry.split { splits[split, default: 0] += 1 }
            if images % 1000 == 0 { progress(reader.position, reader.count) }
        }
        progress(reader.count, reader.count)
        (issues, issueCount, errorCount) = (log.kept, log.count, log.errorCount)
    }
}
