import Detection

/// A folder of VOC annotations. Images without an annotation file are images without objects; an image whose annotation cannot
/// be read is left out, because nobody knows what is in it.
struct PascalVOCRecords: RecordSource {
    let categories: [String]
    let imageRoot: String
    let unlabelled: [String]
    private let folder: String
    private let files: [String]
    private let images: SortedNames
    private let splits: [String: String]

    init(folder: String, files: [String], home: String, imageRoot: String) {
        self.folder = folder
        self.files = files
        self.imageRoot = imageRoot
        images = SortedNames(DatasetFolder.files(under: imageRoot, where: DatasetFolder.isImage))
        let stems = SortedNames(files.map(DatasetFolder.withoutExtension))
        unlabelled = images.names.filter { !stems.contains(DatasetFolder.withoutExtension($0)) }
        if let classes = try? FileBytes(path: DatasetFolder.join(home, PascalVOCFormat.classFile)) {
            categories = YOLONames(lines: classes.text()).names
        } else {
            let map = try? FileBytes(path: DatasetFolder.join(home, PascalVOCFormat.labelMap))
            let lines = (map?.text() ?? "").split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
            categories = lines.map { $0.prefix { $0 != ":" }.trimmingWhiteSpace() }.filter { !$0.isEmpty && $0 != "background" }
        }
        var splits: [String: String] = [:]
        for split in ["train", "val", "test"] {
            guard let list = try? FileBytes(path: DatasetFolder.join(home, "ImageSets/Main/\(split).txt")) else { continue }
            for line in list.text().split(whereSeparator: \.isNewline) { splits[line.trimmingWhiteSpace()] = split }
        }
        self.splits = splits
    }

    var count: Int { files.count }

    func hasImage(_ name: String) -> Bool { images.contains(name) }

    func record(at index: Int) throws(DatasetError) -> ImageRecord {
        let file = files[index]
        let parsed = try PascalVOCParser.parse(try FileBytes(path: DatasetFolder.join(folder, file)))
        var record = parsed.record
        // The annotation's own name is believed when that file is there; its place in the tree is the second guess.
        let stem = DatasetFolder.withoutExtension(file)
        let told = parsed.fileName
        if !told.isEmpty { record.names = [DatasetFolder.join(DatasetFolder.parent(of: file), told), told] }
        if !record.names.contains(where: images.contains), let sibling = images.first(withStem: stem) { record.names = [sibling] }
        if record.names.isEmpty { record.names = [stem + ".jpg"] }
        record.split = splits[stem]
        return record
    }
}

/// Parses one VOC annotation file, its boxes already in our coordinates.
enum PascalVOCParser {
    static func parse(_ file: FileBytes) throws(DatasetError) -> (record: ImageRecord, fileName: String) {
        let bytes = decoded(file)
        var record = ImageRecord(file, at: 0)
        var fileName = ""
        var object = ObjectRecord(at: 0)
        var edges = BoundingBox.unknown
        var scanner = XMLScanner(bytes)
        while let event = try scanner.next() {
            let depth = scanner.path.count
            switch event {
            case .began:
                if depth == 1, scanner.path[0] != "annotation" {
                    throw DatasetError(file: file.path, line: 1, message: "the outermost element is <\(scanner.path[0])>, not <annotation>")
                }
                if depth == 2, scanner.path[1] == "object" {
                    object = ObjectRecord(at: scanner.elementStart)
                    edges = .unknown
                }
            case .ended where depth == 2:
                if scanner.path[1] == "filename" { fileName = DatasetFolder.contained(scanner.text) }
                if scanner.path[1] == "object" {
                    object.box = BoundingBox(xMin: edges.xMin - 1, yMin: edges.yMin - 1, xMax: edges.xMax, yMax: edges.yMax)
                    record.objects.append(object)
                }
            // Deeper down are the `part`s of a person, with names and boxes of their own, which must not be taken for the person's.
            case .ended where depth == 3 && scanner.path[1] == "size":
                if scanner.path[2] == "width" { record.width = Double(scanner.text) }
                if scanner.path[2] == "height" { record.height = Double(scanner.text) }
            case .ended where depth == 3 && scanner.path[1] == "object":
                if scanner.path[2] == "name" { object.label = scanner.text.isEmpty ? nil : scanner.text }
                if scanner.path[2] == "difficult" { object.isDifficult = ["1", "true"].contains(scanner.text.lowercased()) }
            case .ended where depth == 4 && scanner.path[1] == "object" && scanner.path[2] == "bndbox":
                let value = DecimalText.value(of: scanner.text[...].utf8) ?? .nan
                switch scanner.path[3] {
                case "xmin": edges.xMin = value
                case "ymin": edges.yMin = value
                case "xmax": edges.xMax = value
                case "ymax": edges.yMax = value
                default: break
                }
            case .ended: break
            }
        }
        for index in record.objects.indices where record.objects[index].label == nil { record.objects[index].label = "unnamed" }
        return (record, fileName)
    }

    /// UTF-16 by its mark; bytes that are no UTF-8 are taken as Latin-1, which old tools wrote.
    private static func decoded(_ file: FileBytes) -> FileBytes {
        let raw = UnsafeBufferPointer(start: file.base, count: file.count)
        if raw.starts(with: [0xFE, 0xFF]) || raw.starts(with: [0xFF, 0xFE]) {
            let isLittle = raw[0] == 0xFF
            let units = stride(from: 2, to: raw.count - 1, by: 2).map { place in
                let (first, second) = (UInt16(raw[place]), UInt16(raw[place + 1]))
                return isLittle ? second << 8 | first : first << 8 | second
            }
            return FileBytes(copying: Array(String(decoding: units, as: UTF16.self).utf8), path: file.path)
        }
        if String(validating: raw, as: UTF8.self) != nil { return file }
        var text = OutputText()
        for byte in raw { text += String(Character(Unicode.Scalar(byte))) }
        return FileBytes(copying: text.bytes, path: file.path)
    }
}

extension BoundingBox {
    /// Before any edge was read.
    static var unknown: BoundingBox { BoundingBox(xMin: .nan, yMin: .nan, xMax: .nan, yMax: .nan) }
}
