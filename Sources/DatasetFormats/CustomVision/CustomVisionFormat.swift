import Detection

/// Azure Custom Vision: boxes as `left, top, width, height` in fractions of the image. Read in two shapes: the file that Microsoft's
/// lessons upload from (`files`, each with `filename` and `tags`), which is also what is written, with sizes added; and what the
/// training service answers for tagged images (a list with `regions`).
package enum CustomVisionFormat: DatasetFormat {
    package static let name = "customvision"
    package static let title = "Custom Vision"
    package static let abilities: FormatAbilities = [.imageSizes, .fractions, .sharedFiles]
    package static let imageFolder = "images"

    package static func detect(at path: String) -> String? {
        labelFiles(at: DatasetFolder.trimmed(path)).first.map { "\($0) tags regions of images by fractions" }
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = DatasetFolder.trimmed(path)
        var files = labelFiles(at: path)
        if files.isEmpty, !DatasetFolder.isFolder(path) { files = [path] }
        guard !files.isEmpty else {
            throw DatasetError(file: path, message: "no Custom Vision file (JSON with \"files\" and \"tags\", or with \"regions\") in this folder")
        }
        var records = JSONRecords(parse: record)
        let home = DatasetFolder.isFolder(path) ? path : DatasetFolder.parent(of: path)
        for file in try JSONRecords.open(files, at: home) {
            records.add(file)
            var scanner = JSONScanner(file.bytes)
            if scanner.isAtArray {
                try addPlaces(&scanner, to: &records)
            } else {
                try scanner.object { (scanner, key) throws(DatasetError) in
                    guard ["files", "images"].contains(key), scanner.isAtArray else { return try scanner.skip() }
                    try addPlaces(&scanner, to: &records)
                }
            }
            try scanner.finish()
        }
        records.imageRoot = images.map(DatasetFolder.trimmed) ?? ImageFolder.likeliest(of: ImageFolder.usual(below: home), names: records.firstNames)
        return DatasetReader(records)
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        CustomVisionWriter(folder: folder, categories: categories)
    }

    private static func labelFiles(at path: String) -> [String] {
        LabelFiles.find(at: path) { file in
            if file.firstByte == UInt8(ascii: "[") { return file.contains("\"regions\"", within: 1 << 20) && file.contains("\"tagName\"", within: 1 << 20) }
            return file.firstByte == UInt8(ascii: "{") && file.contains("\"files\"", within: 1 << 12)
                && (file.contains("\"tags\"", within: 1 << 20) || DatasetFolder.lastComponent(of: file.path) == CustomVisionWriter.fileName)
        }
    }

    private static func addPlaces(_ scanner: inout JSONScanner, to records: inout JSONRecords) throws(DatasetError) {
        try scanner.array { (scanner) throws(DatasetError) in
            guard scanner.isAtObject else { throw scanner.failure("each image must be an object") }
            records.addPlace(scanner.place)
            try scanner.skip()
        }
    }

    private static func record(_ scanner: inout JSONScanner) throws(DatasetError) -> ImageRecord {
        var record = ImageRecord(scanner.bytes, at: scanner.place)
        record.isFractional = true
        var names: [String: String] = [:]
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "filename", "originalImageUri", "id": names[key] = try scanner.text()
            case "width": record.width = try scanner.number()
            case "height": record.height = try scanner.number()
            case "tags", "regions":
                guard scanner.isAtArray else { return try scanner.skip() }
                try scanner.array { (scanner) throws(DatasetError) in
                    guard scanner.isAtObject else { return try scanner.skip() }
                    if let object = try object(&scanner) { record.objects.append(object) }
                }
            default: try scanner.skip()
            }
        }
        // Of an address, what names the file: without the query that signs it.
        let address = names["originalImageUri"].map { String($0.prefix { $0 != "?" }) }
        record.names = Array([names["filename"], address, names["id"].map { $0 + ".jpg" }].compactMap { $0 }.prefix(1))
        return record
    }

    /// Nil for a tag of the whole image.
    private static func object(_ scanner: inout JSONScanner) throws(DatasetError) -> ObjectRecord? {
        var object = ObjectRecord(at: scanner.place)
        var edges: [String: Double] = [:]
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "tag", "tagName": object.label = try scanner.text()
            case "left", "top", "width", "height": edges[key] = try scanner.number() ?? .nan
            default: try scanner.skip()
            }
        }
        if edges.isEmpty { return nil }
        func edge(_ key: String) -> Double { edges[key] ?? .nan }
        object.box = BoundingBox(x: edge("left"), y: edge("top"), width: edge("width"), height: edge("height"))
        return object
    }
}

/// Writes `tagged-images.json`.
struct CustomVisionWriter: DatasetWriter {
    static let fileName = "tagged-images.json"
    private let categories: [String]
    private var list: ListFiles

    init(folder: String, categories: [String]) {
        self.categories = categories
        list = ListFiles(head: OutputText("{\"files\": [\n"), separator: ",\n", tail: "\n]}\n") { _ in DatasetFolder.join(folder, Self.fileName) }
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        let image = entry.image
        let (width, height) = (Double(image.width), Double(image.height))
        var text = OutputText(#"{"filename": "#)
        text.quoted(image.fileName)
        text += #", "width": \#(image.width), "height": \#(image.height), "tags": ["#
        for (index, object) in image.objects.enumerated() {
            text += index == 0 ? #"{"tag": "# : #", {"tag": "#
            text.quoted(categories[object.category])
            text += #", "left": "#
            text += object.box.xMin / width
            text += #", "top": "#
            text += object.box.yMin / height
            text += #", "width": "#
            text += object.box.width / width
            text += #", "height": "#
            text += object.box.height / height
            text += "}"
        }
        text += "]}"
        try list.append(text, split: nil)
    }

    mutating func finish() throws(DatasetError) { try list.finish() }
}
