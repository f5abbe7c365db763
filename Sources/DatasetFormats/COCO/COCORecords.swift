/// The images of COCO files, each with its annotations, forgiving everything that leaves a meaning: ids that are strings or have
/// gaps, missing fields, annotations without an image.
struct COCORecords: RecordSource {
    private(set) var categories: [String] = []
    let listsEveryCategory = true
    let imageRoot: String
    private(set) var issues: [DatasetIssue] = []
    private(set) var count = 0
    private var parts: [(index: COCOIndex, first: Int, prefix: String, split: String?)] = []

    init(_ files: [String], at path: String, images explicit: String?) throws(DatasetError) {
        var indices: [(index: COCOIndex, root: String)] = []
        for file in files {
            let index = try COCOIndex(try FileBytes(path: file))
            indices.append((index, explicit ?? Self.imageFolder(of: index)))
        }
        // One image folder for all files where they agree; else their parent, with the rest in front of the file names.
        let roots = Set(indices.map(\.root))
        imageRoot = roots.count == 1 ? indices[0].root : path
        var names = CategoryList()
        for (index, root) in indices {
            for category in index.categories { _ = names.index(of: category.name) }
            issues += index.issues
            let prefix = roots.count == 1 ? "" : String(root.dropFirst(path.count).drop { $0 == "/" })
            parts.append((index, count, prefix, Self.split(of: index.bytes.path)))
            count += index.imageCount
        }
        categories = names.names
    }

    func record(at position: Int) throws(DatasetError) -> ImageRecord {
        guard let part = parts.last(where: { $0.first <= position }) else { throw DatasetError(file: imageRoot, message: "there is no such image") }
        let index = part.index
        if position % 4096 == 4095 { index.bytes.releasePages() }
        var scanner = JSONScanner(index.bytes, at: index.imageOffsets[position - part.first])
        var record = try COCOParser.image(&scanner).record
        record.names = record.names.map { DatasetFolder.join(part.prefix, DatasetFolder.contained($0)) }
        record.split = part.split
        for offset in index.annotations(ofImage: position - part.first) {
            var scanner = JSONScanner(index.bytes, at: offset)
            record.objects.append(try COCOParser.annotation(&scanner, names: index.categoryNames))
        }
        return record
    }

    private static func imageFolder(of index: COCOIndex) -> String {
        let file = index.bytes.path
        let folder = DatasetFolder.parent(of: file)
        let home = DatasetFolder.lastComponent(of: folder).lowercased() == "annotations" ? DatasetFolder.parent(of: folder) : folder
        let stem = DatasetFolder.withoutExtension(DatasetFolder.lastComponent(of: file))
        let split = stem.hasPrefix("instances_") ? String(stem.dropFirst("instances_".count)) : stem
        let names = (0..<min(20, index.imageCount)).map { place in
            var scanner = JSONScanner(index.bytes, at: index.imageOffsets[place])
            return (try? COCOParser.image(&scanner))?.record.names ?? []
        }
        let divided = ["images/\(split)", "Images/\(split)", split].map { DatasetFolder.join(home, $0) }
        return ImageFolder.likeliest(of: divided + ImageFolder.usual(below: home), names: names)
    }

    /// `instances_train2017.json`, `train.json` or `train/_annotations.coco.json`.
    private static func split(of file: String) -> String? {
        let stem = DatasetFolder.withoutExtension(DatasetFolder.lastComponent(of: file))
        if stem.hasPrefix("_annotations") { return SplitName.told(by: DatasetFolder.lastComponent(of: DatasetFolder.parent(of: file))) }
        guard stem.hasPrefix("instances_") else { return SplitName.told(by: stem) }
        let rest = String(stem.dropFirst("instances_".count))
        return SplitName.told(by: rest) ?? SplitName.given(rest)
    }
}
