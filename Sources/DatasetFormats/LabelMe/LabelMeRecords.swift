import Detection

/// LabelMe's files. Images without one are images without objects.
struct LabelMeRecords: RecordSource {
    let categories: [String]
    let imageRoot: String
    let unlabelled: [String]
    private let folder: String
    private let files: [String]
    private let images: SortedNames

    init(folder: String, files: [String], imageRoot: String) {
        self.folder = folder
        self.files = files
        self.imageRoot = imageRoot
        images = SortedNames(DatasetFolder.files(under: imageRoot, where: DatasetFolder.isImage))
        let stems = SortedNames(files.map(DatasetFolder.withoutExtension))
        unlabelled = images.names.filter { !stems.contains(DatasetFolder.withoutExtension($0)) }
        let list = try? FileBytes(path: DatasetFolder.join(folder, LabelMeFormat.labelList))
        // LabelMe's own two names stand for "no object".
        categories = YOLONames(lines: list?.text() ?? "").names.filter { $0 != "__ignore__" && $0 != "_background_" }
    }

    var count: Int { files.count }

    func hasImage(_ name: String) -> Bool { images.contains(name) }

    func record(at index: Int) throws(DatasetError) -> ImageRecord {
        let file = files[index]
        let bytes = try FileBytes(path: DatasetFolder.join(folder, file))
        var record = ImageRecord(bytes, at: 0)
        var scanner = JSONScanner(bytes)
        var told = "", hasShapes = false
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "imagePath": told = DatasetFolder.contained(try scanner.text() ?? "")
            case "imageWidth": record.width = try scanner.number()
            case "imageHeight": record.height = try scanner.number()
            case "shapes" where scanner.isAtArray:
                hasShapes = true
                try scanner.array { (scanner) throws(DatasetError) in
                    guard scanner.isAtObject else { return try scanner.skip() }
                    record.objects.append(try Self.object(&scanner))
                }
            default: try scanner.skip()
            }
        }
        try scanner.finish()
        guard hasShapes else { throw DatasetError(file: bytes.path, line: 1, message: "has no list \"shapes\"; is this a LabelMe file?") }
        let stem = DatasetFolder.withoutExtension(file)
        if !told.isEmpty { record.names = [DatasetFolder.join(DatasetFolder.parent(of: file), told), told] }
        if !record.names.contains(where: images.contains), let sibling = images.first(withStem: stem) { record.names = [sibling] }
        if record.names.isEmpty { record.names = [stem + ".jpg"] }
        return record
    }

    private static func object(_ scanner: inout JSONScanner) throws(DatasetError) -> ObjectRecord {
        var object = ObjectRecord(at: scanner.place)
        var kind = "polygon"
        var points: [(x: Double, y: Double)] = []
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "label": object.label = try scanner.text()
            case "shape_type": kind = try scanner.text() ?? kind
            case "points" where scanner.isAtArray:
                try scanner.array { (scanner) throws(DatasetError) in
                    let pair = try scanner.numbers() ?? []
                    points.append(pair.count == 2 ? (pair[0], pair[1]) : (.nan, .nan))
                }
            case "difficult": object.isDifficult = try scanner.flag()
            case "flags" where scanner.isAtObject:
                try scanner.object { (scanner, key) throws(DatasetError) in
                    switch key {
                    case "difficult": object.isDifficult = try scanner.flag()
                    case "crowd": object.isCrowd = try scanner.flag()
                    default: try scanner.skip()
                    }
                }
            default: try scanner.skip()
            }
        }
        switch kind {
        case "rectangle": object.box = BoundingBox(around: points) ?? .unknown
        case "polygon", "mask", "rotation", "oriented_rectangle":
            object.box = BoundingBox(around: points) ?? .unknown
            object.outline = kind
        case "circle" where points.count == 2:
            // The centre, and a point of the rim.
            let (dx, dy) = (points[1].x - points[0].x, points[1].y - points[0].y)
            let radius = (dx * dx + dy * dy).squareRoot()
            object.box = BoundingBox(centerX: points[0].x, centerY: points[0].y, radiusX: radius, radiusY: radius)
            object.outline = kind
        default: object.fault = "a \(kind) has no box; it was left out"
        }
        return object
    }
}
