import Detection

/// Parses one image or annotation of a COCO file.
enum COCOParser {
    static func image(_ scanner: inout JSONScanner) throws(DatasetError) -> (id: COCOID?, record: ImageRecord) {
        var id: COCOID?
        var record = ImageRecord(scanner.bytes, at: scanner.place)
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "id": id = try COCOID(&scanner)
            case "file_name": record.names = [DatasetFolder.contained(try scanner.text() ?? "")]
            case "width": record.width = try scanner.number()
            case "height": record.height = try scanner.number()
            default: try scanner.skip()
            }
        }
        return (id, record)
    }

    /// Only the image an annotation is of.
    static func imageID(_ scanner: inout JSONScanner) throws(DatasetError) -> COCOID? {
        var id: COCOID?
        try scanner.object { (scanner, key) throws(DatasetError) in
            if key == "image_id" { id = try COCOID(&scanner) } else { try scanner.skip() }
        }
        return id
    }

    static func annotation(_ scanner: inout JSONScanner, names: [COCOID: String]) throws(DatasetError) -> ObjectRecord {
        var object = ObjectRecord(at: scanner.place)
        var category: COCOID?
        var box: [Double] = []
        var segmentation: JSONScanner?
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "category_id": category = try COCOID(&scanner)
            case "area": object.area = try scanner.number()
            case "iscrowd": object.isCrowd = try scanner.flag()
            case "difficult": object.isDifficult = try scanner.flag()
            case "bbox": box = try scanner.numbers() ?? []
            case "segmentation":
                segmentation = scanner
                try scanner.skip()
            default: try scanner.skip()
            }
        }
        object.label = category.flatMap { names[$0] }
        if object.label == nil { object.fault = "an annotation is of category \(category?.description ?? "(none)"), which is not listed" }
        if box.count == 4 {
            object.box = BoundingBox(x: box[0], y: box[1], width: box[2], height: box[3])
        } else if box.isEmpty, var segmentation, let (around, kind) = try COCOSegmentation.box(&segmentation) {
            object.box = around
            object.outline = kind
        } else {
            object.fault = object.fault ?? "an annotation needs a bbox of four numbers, x, y, width and height, or a segmentation"
        }
        return object
    }
}

/// The box around a COCO segmentation: polygons, or a mask as run lengths down the columns, plain or packed.
enum COCOSegmentation {
    static func box(_ scanner: inout JSONScanner) throws(DatasetError) -> (box: BoundingBox, kind: String)? {
        if scanner.isAtObject { return try mask(&scanner).map { ($0, "mask") } }
        guard scanner.isAtArray else { return nil }
        var numbers: [Double] = []
        try scanner.array { (scanner) throws(DatasetError) in numbers += try scanner.numbers() ?? [] }
        return BoundingBox(around: numbers).map { ($0, "polygon") }
    }

    private static func mask(_ scanner: inout JSONScanner) throws(DatasetError) -> BoundingBox? {
        var runs: [Double] = []
        var size: [Double] = []
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "counts" where scanner.isAtText: runs = unpacked(try scanner.text() ?? "")
            case "counts": runs = try scanner.numbers() ?? []
            case "size": size = try scanner.numbers() ?? []
            default: try scanner.skip()
            }
        }
        // Sizes are given as height, width.
        guard size.count == 2, size[0] >= 1, size[0] <= 1e6, size[1] >= 1, size[1] <= 1e6 else { return nil }
        return box(ofRuns: runs, height: Int(size[0]), width: Int(size[1]))
    }

    /// Runs of pixels outside and inside by turns, down the first column, then the next.
    static func box(ofRuns runs: [Double], height: Int, width: Int) -> BoundingBox? {
        var position = 0
        var box: (left: Int, top: Int, right: Int, bottom: Int)?
        for (index, run) in runs.enumerated() {
            guard run >= 0, run <= Double(height * width - position) else { break }
            let end = position + Int(run)
            if index % 2 == 1, end > position {
                let (first, last) = (position / height, (end - 1) / height)
                // A run that goes on into the next column touches both edges.
                let (top, bottom) = first == last ? (position % height, (end - 1) % height + 1) : (0, height)
                let known = box ?? (first, top, last + 1, bottom)
                box = (min(known.left, first), min(known.top, top), max(known.right, last + 1), max(known.bottom, bottom))
            }
            position = end
        }
        return box.map { BoundingBox(xMin: Double($0.left), yMin: Double($0.top), xMax: Double($0.right), yMax: Double($0.bottom)) }
    }

    /// COCO's packed form: five bits a character from `0` on, a sixth for "more follows", signed; from the fourth run on the difference
    /// to the run two before.
    static func unpacked(_ text: String) -> [Double] {
        var runs: [Double] = []
        var value = 0, shift = 0
        for byte in text.utf8 {
            guard (48..<112).contains(byte), shift <= 50 else { return [] }
            let bits = Int(byte - 48)
            value |= (bits & 0x1F) << shift
            shift += 5
            if bits & 0x20 != 0 { continue }
            if bits & 0x10 != 0 { value |= -1 << shift }
            runs.append(Double(value) + (runs.count > 2 ? runs[runs.count - 2] : 0))
            (value, shift) = (0, 0)
        }
        return runs
    }
}
