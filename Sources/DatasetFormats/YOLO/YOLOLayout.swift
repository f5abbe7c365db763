/// Where a YOLO dataset keeps its parts.
struct YOLOLayout {
    /// The folder that `images` and `labelFiles` are relative to.
    let root: String
    /// `data.yaml`, `classes.txt`, `obj.names` or the like.
    private(set) var namesFile: String?
    private(set) var images: [String] = []
    private(set) var labelFiles: [String] = []
    /// When the images were named: they are relative to this folder instead, and so is the tree of the labels to theirs.
    let imageFolder: String?

    /// - Parameters:
    ///   - path: the dataset's folder, its `data.yaml`, or its folder of labels.
    ///   - images: the folder of the images when it is elsewhere.
    init(at path: String, images explicit: String? = nil) {
        let path = DatasetFolder.trimmed(path)
        imageFolder = explicit.map(DatasetFolder.trimmed)
        var folder = path
        if !DatasetFolder.isFolder(path) {
            guard Self.isYAML(path), DatasetFolder.exists(path) else {
                root = path
                return
            }
            namesFile = path
            folder = DatasetFolder.parent(of: path)
        } else if DatasetFolder.lastComponent(of: path).lowercased() == "labels", explicit == nil,
            DatasetFolder.subfolder(of: path, named: ["images", "labels"]) == nil
        {
            // Given the labels alone, the images are expected in the folder next to them.
            folder = DatasetFolder.parent(of: path)
        }
        if namesFile == nil { namesFile = Self.namesFile(in: folder) }
        if let namesFile, Self.isYAML(namesFile), let elsewhere = YOLONames(yamlFile: namesFile).datasetPath {
            let target = elsewhere.hasPrefix("/") ? elsewhere : DatasetFolder.join(folder, elsewhere)
            if DatasetFolder.isFolder(target) { folder = target }
        }
        root = folder

        let files = DatasetFolder.files(under: root)
        let nameFiles: Set<String> = ["classes.txt", "labelmap.txt", "readme.txt", "license.txt", "labels.txt", "train.txt", "val.txt", "test.txt"]
        labelFiles = files.filter {
            DatasetFolder.pathExtension(of: $0) == "txt" && !nameFiles.contains(DatasetFolder.lastComponent(of: $0).lowercased())
                && (Self.hasLabelFolder($0) || !Self.hasImageSetFolder($0))
        }
        let stems = Set(labelFiles.map(DatasetFolder.withoutExtension))
        // Pictures elsewhere (plots, a logo) are not part of the dataset.
        self.images =
            imageFolder.map { DatasetFolder.files(under: $0).filter(DatasetFolder.isImage) }
            ?? files.filter {
                DatasetFolder.isImage($0)
                    && (Self.folders($0).contains { $0.lowercased() == "images" } || stems.contains(DatasetFolder.withoutExtension($0)))
            }
    }

    /// The paths at which the labels of an image may be, likeliest first, without their extension.
    func labelStems(of image: String) -> [String] {
        let stem = DatasetFolder.withoutExtension(image)
        if imageFolder != nil { return ["labels/" + stem, stem] }
        var parts = stem.split(separator: "/").map(String.init)
        guard let place = parts.dropLast().lastIndex(where: { $0.lowercased() == "images" }) else { return [stem] }
        return ["labels", "Labels", "annotations", "Annotations"].map {
            parts[place] = $0
            return parts.joined(separator: "/")
        } + [stem]
    }

    /// The label file of an image below a folder `images`: the same path with the last `images` turned into `labels`.
    static func labelPlace(of image: String) -> String {
        var parts = image.split(separator: "/").map(String.init)
        if let place = parts.dropLast().lastIndex(of: "images") { parts[place] = "labels" }
        return DatasetFolder.withoutExtension(parts.joined(separator: "/")) + ".txt"
    }

    private static func folders(_ path: String) -> [Substring] { path.split(separator: "/").dropLast() }

    private static func hasLabelFolder(_ path: String) -> Bool {
        folders(path).contains { ["labels", "annotations"].contains($0.lowercased()) }
    }

    /// VOC's lists of image names are text files too.
    private static func hasImageSetFolder(_ path: String) -> Bool {
        folders(path).contains { $0.lowercased() == "imagesets" }
    }

    private static func isYAML(_ path: String) -> Bool { ["yaml", "yml"].contains(DatasetFolder.pathExtension(of: path)) }

    private static func namesFile(in folder: String) -> String? {
        let entries = DatasetFolder.entries(of: folder)
        let yaml = entries.filter(isYAML).sorted { a, b in (a.hasPrefix("data") ? 0 : 1, a) < (b.hasPrefix("data") ? 0 : 1, b) }
            .map { DatasetFolder.join(folder, $0) }.first { !YOLONames(yamlFile: $0).names.isEmpty }
        if let yaml { return yaml }
        let lists = entries.filter { $0.lowercased() == "classes.txt" || DatasetFolder.pathExtension(of: $0) == "names" }
        if let list = lists.first { return DatasetFolder.join(folder, list) }
        let inLabels = DatasetFolder.join(folder, "labels/classes.txt")
        return DatasetFolder.exists(inLabels) ? inLabels : nil
    }
}
