import Detection

/// Apple's Create ML: a list of images with boxes in pixels, given by centre and size. The file lies beside the images, or, as
/// Roboflow writes it, in the folder of each split. It has no sizes, so an image that is missing cannot be read.
package enum CreateMLFormat: DatasetFormat {
    package static let name = "createml"
    package static let title = "Create ML"
    package static let abilities: FormatAbilities = [.fractions, .sharedFiles]
    package static let imageFolder = ""
    static let fileName = "_annotations.createml.json"

    package static func detect(at path: String) -> String? {
        labelFiles(at: DatasetFolder.trimmed(path)).first.map { "\($0) lists images with coordinates" }
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = DatasetFolder.trimmed(path)
        var files = labelFiles(at: path)
        if files.isEmpty, !DatasetFolder.isFolder(path) { files = [path] }
        guard !files.isEmpty else {
            throw DatasetError(file: path, message: "no Create ML file (a JSON list with \"image\" and \"annotations\") in this folder")
        }
        var records = JSONRecords(parse: record)
        let home = DatasetFolder.isFolder(path) ? path : DatasetFolder.parent(of: path)
        for file in try JSONRecords.open(files, at: home) {
            records.add(file)
            var scanner = JSONScanner(file.bytes)
            try scanner.array { (scanner) throws(DatasetError) in
                guard scanner.isAtObject else { throw scanner.failure("each image must be an object") }
                records.addPlace(scanner.place)
                try scanner.skip()
            }
            try scanner.finish()
        }
        records.imageRoot = images.map(DatasetFolder.trimmed) ?? ImageFolder.likeliest(of: [home] + ImageFolder.usual(below: home), names: records.firstNames)
        return DatasetReader(records)
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        CreateMLWriter(folder: folder, categories: categories)
    }

    private static func labelFiles(at path: String) -> [String] {
        LabelFiles.find(at: path) { file in
            guard file.firstByte == UInt8(ascii: "[") else { return false }
            if DatasetFolder.lastComponent(of: file.path) == fileName { return true }
            return file.contains("\"image", within: 1 << 16) && file.contains("\"annotation", within: 1 << 16)
                && file.contains("\"coordinates\"", within: 1 << 20)
        }
    }

    private static func record(_ scanner: inout JSONScanner) throws(DatasetError) -> ImageRecord {
        var record = ImageRecord(scanner.bytes, at: scanner.place)
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "image", "imagefilename": record.names = [try scanner.text() ?? ""]
            case "annotations", "annotation":
                guard scanner.isAtArray else { return try scanner.skip() }
                try scanner.array { (scanner) throws(DatasetError) in
                    guard scanner.isAtObject else { return try scanner.skip() }
                    record.objects.append(try object(&scanner))
                }
            default: try scanner.skip()
            }
        }
        return record
    }

    private static func object(_ scanner: inout JSONScanner) throws(DatasetError) -> ObjectRecord {
        var object = ObjectRecord(at: scanner.place)
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "label": object.label = try scanner.text()
            case "coordinates" where scanner.isAtObject:
                var numbers: [String: Double] = [:]
                try scanner.object { (scanner, key) throws(DatasetError) in numbers[key] = try scanner.number() ?? .nan }
                guard let x = numbers["x"], let y = numbers["y"], let width = numbers["width"], let height = numbers["height"] else { return }
                object.box = BoundingBox(x: x - width / 2, y: y - height / 2, width: width, height: height)
            default: try scanner.skip()
            }
        }
        return object
    }
}

/// Writes `_annotations.createml.json`.
struct CreateMLWriter: DatasetWriter {
    private let categories: [String]
    private var list: ListFiles

    init(folder: String, categories: [String]) {
        self.categories = categories
        list = ListFiles(head: OutputText("[\n"), separator: ",\n", tail: "\n]\n") { _ in DatasetFolder.join(folder, CreateMLFormat.fileName) }
    }

    mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        var text = OutputText(#"{"image": "#)
        text.quoted(entry.image.fileName)
        text += #", "annotations": ["#
        for (index, object) in entry.image.objects.enumerated() {
            text += index == 0 ? #"{"label": "# : #", {"label": "#
            text.quoted(categories[object.category])
            text += #", "coordinates": {"x": "#
            text += object.box.centerX
            text += #", "y": "#
            text += object.box.centerY
            text += #", "width": "#
            text += object.box.width
            text += #", "height": "#
            text += object.box.height
            text += "}}"
        }
        text += "]}"
        try list.append(text, split: nil)
    }

    mutating func finish() throws(DatasetError) { try list.finish() }
}
