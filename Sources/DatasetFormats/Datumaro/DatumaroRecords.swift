import Detection

/// The items of Datumaro files.
struct DatumaroRecords: RecordSource {
    private(set) var categories: [String] = []
    let listsEveryCategory = true
    let imageRoot: String
    private var files: [(bytes: FileBytes, subset: String, labels: [String])] = []
    private var places: [(file: Int32, offset: Int)] = []

    init(_ paths: [String], at path: String, images: String?) throws(DatasetError) {
        var names = CategoryList()
        for path in paths {
            let bytes = try FileBytes(path: path)
            var labels: [String] = []
            var found: [Int] = []
            var scanner = JSONScanner(bytes)
            try scanner.object { (scanner, key) throws(DatasetError) in
                switch key {
                case "categories": labels = try Self.labels(&scanner)
                case "items" where scanner.isAtArray:
                    try scanner.array { (scanner) throws(DatasetError) in
                        guard scanner.isAtObject else { throw scanner.failure("each item must be an object") }
                        found.append(scanner.place)
                        try scanner.skip()
                    }
                default: try scanner.skip()
                }
            }
            try scanner.finish()
            bytes.releasePages()
            for label in labels { _ = names.index(of: label) }
            let number = Int32(files.count)
            places += found.map { (number, $0) }
            files.append((bytes, DatasetFolder.withoutExtension(DatasetFolder.lastComponent(of: path)), labels))
        }
        categories = names.names
        let folder = DatasetFolder.parent(of: paths[0])
        let home = DatasetFolder.lastComponent(of: folder).lowercased() == "annotations" ? DatasetFolder.parent(of: folder) : folder
        imageRoot = images ?? ImageFolder.usual(below: home).first(where: DatasetFolder.isFolder) ?? home
    }

    var count: Int { places.count }

    func record(at index: Int) throws(DatasetError) -> ImageRecord {
        let (number, offset) = places[index]
        let (bytes, subset, labels) = files[Int(number)]
        if index % 4096 == 4095 { bytes.releasePages() }
        var scanner = JSONScanner(bytes, at: offset)
        var record = ImageRecord(bytes, at: offset)
        var id = "", path = ""
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "id": id = try scanner.text() ?? ""
            case "image" where scanner.isAtObject:
                try scanner.object { (scanner, key) throws(DatasetError) in
                    switch key {
                    case "path": path = try scanner.text() ?? ""
                    case "size":
                        let size = try scanner.numbers() ?? []
                        if size.count == 2 { (record.height, record.width) = (size[0], size[1]) }
                    default: try scanner.skip()
                    }
                }
            case "annotations" where scanner.isAtArray:
                var found: [(object: ObjectRecord, group: Int)] = []
                try scanner.array { (scanner) throws(DatasetError) in
                    guard scanner.isAtObject else { return try scanner.skip() }
                    if let object = try Self.object(&scanner, labels) { found.append(object) }
                }
                record.objects = Self.grouped(found)
            default: try scanner.skip()
            }
        }
        if path.isEmpty, !id.isEmpty { path = id + ".jpg" }
        record.names = path.isEmpty ? [] : [path, "\(subset)/\(path)"]
        record.nameIfTaken = "\(subset)/\(path)"
        record.split = SplitName.given(subset)
        return record
    }

    private static func labels(_ scanner: inout JSONScanner) throws(DatasetError) -> [String] {
        var names: [String] = []
        guard scanner.isAtObject else { return names }
        try scanner.object { (scanner, key) throws(DatasetError) in
            guard key == "label", scanner.isAtObject else { return try scanner.skip() }
            try scanner.object { (scanner, key) throws(DatasetError) in
                guard key == "labels", scanner.isAtArray else { return try scanner.skip() }
                try scanner.array { (scanner) throws(DatasetError) in
                    var name: String?
                    if scanner.isAtObject {
                        try scanner.object { (scanner, key) throws(DatasetError) in
                            if key == "name" { name = try scanner.text() } else { try scanner.skip() }
                        }
                    } else {
                        name = try scanner.text()
                    }
                    names.append(name ?? "class_\(names.count)")
                }
            }
        }
        return names
    }

    /// Annotations of one group are one object: its box stands for its outlines, else the box around all of them.
    private static func grouped(_ found: [(object: ObjectRecord, group: Int)]) -> [ObjectRecord] {
        let boxed = Set(found.filter { $0.object.outline == nil && $0.object.box != nil }.map(\.group))
        var objects: [ObjectRecord] = []
        var places: [Int: Int] = [:]
        for (object, group) in found {
            guard group != 0, object.outline != nil, let box = object.box else {
                objects.append(object)
                continue
            }
            if boxed.contains(group) { continue }
            if let place = places[group], let other = objects[place].box {
                objects[place].box = BoundingBox(
                    xMin: min(box.xMin, other.xMin), yMin: min(box.yMin, other.yMin), xMax: max(box.xMax, other.xMax), yMax: max(box.yMax, other.yMax))
            } else {
                places[group] = objects.count
                objects.append(object)
            }
        }
        return objects
    }

    /// An annotation with its group; nil for those that are no objects: labels of the image, captions.
    private static func object(_ scanner: inout JSONScanner, _ labels: [String]) throws(DatasetError) -> (object: ObjectRecord, group: Int)? {
        var object = ObjectRecord(at: scanner.place)
        var kind = "", label: Int?, group = 0
        var numbers: [Double] = []
        var mask: JSONScanner?
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "type": kind = try scanner.text() ?? ""
            case "label_id": label = try scanner.number().flatMap { Int(exactly: $0) }
            case "group": group = try scanner.number().flatMap { Int(exactly: $0) } ?? 0
            case "bbox", "points": numbers = try scanner.numbers() ?? []
            case "rle":
                mask = scanner
                try scanner.skip()
            case "attributes" where scanner.isAtObject:
                try scanner.object { (scanner, key) throws(DatasetError) in
                    switch key {
                    case "is_crowd": object.isCrowd = try scanner.flag()
                    case "difficult": object.isDifficult = try scanner.flag()
                    default: try scanner.skip()
                    }
                }
            default: try scanner.skip()
            }
        }
        object.label = label.flatMap { labels.indices.contains($0) ? labels[$0] : nil }
        if let label, object.label == nil { object.fault = "an object is of label \(label), of which there are \(labels.count)" }
        switch kind {
        case "bbox" where numbers.count == 4: object.box = BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
        case "bbox": object.fault = "a bbox needs four numbers, x, y, width and height"
        case "polygon":
            object.box = BoundingBox(around: numbers) ?? .unknown
            object.outline = kind
        case "mask":
            if var mask, let (box, _) = try COCOSegmentation.box(&mask) {
                object.box = box
                object.outline = kind
            } else {
                object.fault = "a mask is empty or cannot be read"
            }
        case "label", "caption": return nil
        default: object.fault = "a \(kind.isEmpty ? "shape" : kind) has no box; it was left out"
        }
        return (object, group)
    }
}
