import Detection

/// Azure AutoML for images: an `MLTable` beside a file of JSON lines, one for each image, with boxes as `topX, topY, bottomX, bottomY`
/// in fractions of the image. A folder of its own for each split.
///
/// `image_url` is mostly an address in a datastore; the image is looked for by the end of it. What is written has the path below the
/// dataset's folder there.
package enum AzureAutoMLFormat: DatasetFormat {
    package static let name = "azureml"
    package static let title = "Azure AutoML"
    package static let abilities: FormatAbilities = [.crowds, .splits, .imageSizes, .fractions, .sharedFiles]
    package static let imageFolder = "images"

    package static func detect(at path: String) -> String? {
        labelFiles(at: home(of: path)).first.map { "\($0) has lines with image_url" }
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = home(of: path)
        var files = labelFiles(at: path)
        if files.isEmpty, !DatasetFolder.isFolder(path) { files = [path] }
        guard !files.isEmpty || DatasetFolder.exists(DatasetFolder.join(path, "MLTable")) else {
            throw DatasetError(file: path, message: "no JSON lines with \"image_url\" here or in the folders of splits")
        }
        var records = JSONRecords(parse: record)
        records.isLines = true
        let home = DatasetFolder.isFolder(path) ? path : DatasetFolder.parent(of: path)
        for var file in try JSONRecords.open(files, at: home) {
            file.folder = ""
            records.add(file)
            var start = 0
            for end in 0...file.bytes.count where end == file.bytes.count || file.bytes.base[end] == UInt8(ascii: "\n") {
                if (start..<end).contains(where: { file.bytes.base[$0] > 0x20 }) { records.addPlace(start) }
                start = end + 1
            }
            file.bytes.releasePages()
        }
        let around = ImageFolder.usual(below: home) + ImageFolder.usual(below: DatasetFolder.parent(of: home))
        records.imageRoot = images.map(DatasetFolder.trimmed) ?? ImageFolder.likeliest(of: around, names: records.firstNames)
        return DatasetReader(records)
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        AzureAutoMLWriter(folder: folder, categories: categories)
    }

    private static func home(of path: String) -> String {
        let path = DatasetFolder.trimmed(path)
        return DatasetFolder.lastComponent(of: path) == "MLTable" && !DatasetFolder.isFolder(path) ? DatasetFolder.parent(of: path) : path
    }

    private static func labelFiles(at path: String) -> [String] {
        LabelFiles.find(at: path, extension: ["jsonl"]) { $0.contains("\"image_url\"", within: 1 << 16) || $0.contains("\"imageUrl\"", within: 1 << 16) }
    }

    private static func record(_ scanner: inout JSONScanner) throws(DatasetError) -> ImageRecord {
        var record = ImageRecord(scanner.bytes, at: scanner.place)
        record.isFractional = true
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "image_url", "imageUrl": record.names = names(of: try scanner.text() ?? "")
            case "image_details", "imageDetails":
                guard scanner.isAtObject else { return try scanner.skip() }
                try scanner.object { (scanner, key) throws(DatasetError) in
                    switch key {
                    case "width": record.width = try scanner.number()
                    case "height": record.height = try scanner.number()
                    default: try scanner.skip()
                    }
                }
            case "label" where scanner.isAtArray:
                try scanner.array { (scanner) throws(DatasetError) in
                    guard scanner.isAtObject else { return try scanner.skip() }
                    record.objects.append(try object(&scanner))
                }
            default: try scanner.skip()
            }
        }
        return record
    }

    /// What an image may be called below the folder of images: what follows `images/`, and of an address its ends, shortest last.
    private static func names(of url: String) -> [String] {
        let isAddress = DatasetFolder.isAddress(url)
        let path = isAddress ? url.prefix { $0 != "?" } : url[...]
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
        let belowImages = (isAddress ? parts.lastIndex(of: "images") : parts.firstIndex(of: "images")).map { parts[($0 + 1)...].joined(separator: "/") }
        guard isAddress else { return [belowImages, url].compactMap { $0 } }
        let ends = parts.indices.dropFirst(max(1, parts.count - 6)).map { parts[$0...].joined(separator: "/") }
        return [belowImages ?? parts.last ?? ""] + ends
    }

    private static func object(_ scanner: inout JSONScanner) throws(DatasetError) -> ObjectRecord {
        var object = ObjectRecord(at: scanner.place)
        var edges = BoundingBox.unknown
        var polygon: [Double] = []
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "label": object.label = try scanner.text()
            case "topX": edges.xMin = try scanner.number() ?? .nan
            case "topY": edges.yMin = try scanner.number() ?? .nan
            case "bottomX": edges.xMax = try scanner.number() ?? .nan
            case "bottomY": edges.yMax = try scanner.number() ?? .nan
            case "isCrowd": object.isCrowd = try scanner.flag()
            case "polygon" where scanner.isAtArray:
                try scanner.array { (scanner) throws(DatasetError) in polygon += try scanner.numbers() ?? [] }
            default: try scanner.skip()
            }
        }
        if !edges.isFinite, let around = BoundingBox(around: polygon) {
            edges = around
            object.outline = "polygon"
        }
        object.box = edges
        return object
    }
}

/// Writes `MLTable` and `annotations.jsonl`, in a folder for each split of a set that is divided.
struct AzureAutoMLWriter: DatasetWriter {
    private static let table = """
        paths:
          - file: ./annotations.jsonl
        transformations:
          - read_json_lines:
              encoding: utf8
              invalid_lines: error
              include_path_column: false
          - convert_column_types:
              - columns: image_url
                column_type: stream_info

        """
    private let folder: String
    private let categories: [String]
    private var lines: ListFiles

    init(folder: String, categories: [String]) {
        self.folder = folder
        self.categories = categories
        lines = ListFiles { DatasetFolder.join(folder, Self.place(of: $0) + "annotations.jsonl") }
    }

    private static func place(of split: String) -> String { split == "default" ? "" : split + "/" }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let image = entry.image
        let (width, height) = (Double(image.width), Double(image.height))
        var text = OutputText(#"{"image_url": "#)
        text.quoted("images/" + image.fileName)
        text += #", "image_details": {"format": "#
        text.quoted(DatasetFolder.pathExtension(of: image.fileName))
        text += #", "width": \#(image.width), "height": \#(image.height)}, "label": ["#
        for (index, object) in image.objects.enumerated() {
            text += index == 0 ? #"{"label": "# : #", {"label": "#
            text.quoted(categories[object.category])
            text += #", "topX": "#
            text += object.box.xMin / width
            text += #", "topY": "#
            text += object.box.yMin / height
            text += #", "bottomX": "#
            text += object.box.xMax / width
            text += #", "bottomY": "#
            text += object.box.yMax / height
            text += object.isCrowd ? #", "isCrowd": 1}"# : #", "isCrowd": 0}"#
        }
        text += "]}\n"
        try lines.append(text, split: entry.split)
    }

    mutating func finish() throws(DatasetError) {
        try lines.finish()
        let output = OutputFolder(folder)
        for split in lines.splits { try output.write(OutputText(Self.table), to: Self.place(of: split) + "MLTable") }
    }
}
