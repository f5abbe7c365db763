/// The images of a YOLO dataset, each with its label file. Images without one are images without objects.
struct YOLORecords: RecordSource {
    let categories: [String]
    let listsEveryCategory = true
    let imageRoot: String
    private(set) var issues: [DatasetIssue] = []
    private let layout: YOLOLayout
    private let stems: SortedNames
    private let splits: YOLOSplits
    /// What is cut off the image paths: the folder that all of them are in.
    private let prefix: String
    private let hasNames: Bool

    init(_ layout: YOLOLayout) throws(DatasetError) {
        // Text files are everywhere.
        let hasLabels = layout.labelFiles.prefix(100).contains { YOLOParser.holdsLabels(DatasetFolder.join(layout.root, $0)) }
        guard hasLabels || !layout.images.isEmpty || layout.namesFile != nil else {
            throw DatasetError(
                file: layout.root, message: "no images with label files (images/*.jpg and labels/*.txt); is this a YOLO dataset?")
        }
        self.layout = layout
        stems = SortedNames(layout.labelFiles.map(DatasetFolder.withoutExtension))
        let described = layout.namesFile.flatMap { try? FileBytes(path: $0) }
        let isYAML = layout.namesFile.map { ["yaml", "yml"].contains(DatasetFolder.pathExtension(of: $0)) } ?? false
        let names = isYAML ? YOLONames(yaml: described?.text() ?? "") : YOLONames(lines: described?.text() ?? "")
        // Darknet's lists lie beside obj.names.
        let lists = ["train", "val", "valid", "test"].map { ($0 == "valid" ? "val" : $0, [$0 + ".txt"]) }
        splits = YOLOSplits(isYAML ? names.splits : Dictionary(lists, uniquingKeysWith: +), root: layout.root)
        prefix = layout.imageFolder == nil ? Self.commonFolder(layout.images) : ""
        imageRoot = DatasetFolder.join(layout.imageFolder ?? layout.root, prefix)
        hasNames = !names.names.isEmpty

        var used: Set<String> = []
        for image in layout.images { if let stem = layout.labelStems(of: image).first(where: stems.contains) { used.insert(stem) } }
        var highest = -1
        for file in layout.labelFiles {
            let path = DatasetFolder.join(layout.root, file)
            if !used.contains(DatasetFolder.withoutExtension(file)) {
                guard YOLOParser.holdsLabels(path), issues.count < IssueLog.limit else { continue }
                issues.append(
                    DatasetIssue(file: path, severity: .error, loss: .images, message: "there is no image for these labels; they were left out"))
            } else if !hasNames, let bytes = try? FileBytes(path: path) {
                highest = max(highest, YOLOParser.highestClass(in: bytes))
            }
        }
        categories = hasNames ? names.names : (0..<highest + 1).map { "class_\($0)" }
    }

    var count: Int { layout.images.count }

    func hasImage(_ name: String) -> Bool { true }

    private func labelStem(of image: String) -> String? { layout.labelStems(of: image).first(where: stems.contains) }

    func record(at index: Int) throws(DatasetError) -> ImageRecord {
        let image = layout.images[index]
        let label = labelStem(of: image).map { DatasetFolder.join(layout.root, $0 + ".txt") }
        let bytes = try label.map { (path) throws(DatasetError) in try FileBytes(path: path) }
        var record = ImageRecord(bytes ?? FileBytes(copying: [], path: DatasetFolder.join(layout.imageFolder ?? layout.root, image)), at: 0)
        record.names = [prefix.isEmpty ? image : String(image.dropFirst(prefix.count + 1))]
        record.isFractional = true
        record.split = splits.split(of: image)
        if let bytes {
            record.objects = YOLOParser.objects(in: bytes) { category in
                categories.indices.contains(category) ? categories[category] : nil
            }
        }
        return record
    }

    /// `images` when all of `paths` are below it, else the deepest folder that holds all of them, as a relative path.
    private static func commonFolder(_ paths: [String]) -> String {
        guard var common = paths.first.map({ $0.split(separator: "/").dropLast() }) else { return "" }
        for path in paths where !common.isEmpty {
            let folders = path.split(separator: "/").dropLast()
            common = common.prefix(zip(common, folders).prefix { $0 == $1 }.count)
        }
        if common.first?.lowercased() == "images" { common = common.prefix(1) }
        return common.joined(separator: "/")
    }
}

/// Which split an image is in, by what `data.yaml` says under `train`, `val` and `test`: folders, or lists of image files.
struct YOLOSplits {
    private var folders: [(path: String, split: String)] = []
    private var listed: [String: String] = [:]

    init(_ values: [String: [String]], root: String) {
        for (split, paths) in values.sorted(by: { $0.key < $1.key }) {
            for path in paths {
                let place = Self.relative(path, to: root)
                guard DatasetFolder.pathExtension(of: place) == "txt" else {
                    folders.append((place, split))
                    continue
                }
                guard let list = try? FileBytes(path: DatasetFolder.join(root, place)) else { continue }
                for line in list.text().split(whereSeparator: \.isNewline) {
                    let image = DatasetFolder.join(DatasetFolder.parent(of: place), Self.relative(line.trimmingWhiteSpace(), to: root))
                    // What is in two splits is divided by neither.
                    listed[image] = listed[image].map { $0 == split ? split : "" } ?? split
                }
            }
        }
    }

    /// Without `./`, and without the `../` that Roboflow writes for "the folder of this file".
    private static func relative(_ path: String, to root: String) -> String {
        var path = path[...]
        if path.hasPrefix(root + "/") { path = path.dropFirst(root.count + 1) }
        while path.hasPrefix("./") || path.hasPrefix("../") { path = path.drop { $0 == "." }.dropFirst() }
        // Darknet's own name for the folder of a dataset.
        if path.hasPrefix("data/"), !DatasetFolder.exists(DatasetFolder.join(root, "data")) { path = path.dropFirst("data/".count) }
        return DatasetFolder.trimmed(String(path))
    }

    func split(of image: String) -> String? {
        if let split = listed[image] ?? listed["images/" + image] { return split.isEmpty ? nil : split }
        let found = Set(folders.filter { image.hasPrefix($0.path + "/") || $0.path == "." }.map(\.split))
        return found.count == 1 ? found.first : nil
    }
}
