/// Where the images of a COCO file are, and the annotations of each: eight bytes for every one of them, however long it is.
struct COCOIndex {
    let bytes: FileBytes
    private(set) var imageOffsets: [Int] = []
    private(set) var categories: [(id: COCOID, name: String)] = []
    private(set) var categoryNames: [COCOID: String] = [:]
    private(set) var issues: [DatasetIssue] = []
    /// Offsets of all annotations in the order of their images, and where those of each image begin.
    private var annotationOffsets: [Int] = []
    private var starts: [Int] = []

    var imageCount: Int { imageOffsets.count }

    func annotations(ofImage place: Int) -> ArraySlice<Int> { annotationOffsets[starts[place]..<starts[place + 1]] }

    /// What the passes over the file collect.
    private struct Finds {
        var places: [COCOID: Int32] = [:]
        var leftOut: Set<COCOID> = []
        var unordered: [(offset: Int, image: Int32)] = []
        var passed = 0
    }

    init(_ bytes: FileBytes) throws(DatasetError) {
        self.bytes = bytes
        try build()
    }

    private mutating func build() throws(DatasetError) {
        var scanner = JSONScanner(bytes)
        guard scanner.isAtObject else { throw scanner.failure("a COCO file is an object with images, annotations and categories") }
        var finds = Finds()
        var hasImages = false
        var waiting: [JSONScanner] = []
        var index = self
        try scanner.object { (scanner, key) throws(DatasetError) in
            guard ["images", "annotations", "categories"].contains(key) else { return try scanner.skip() }
            guard scanner.isAtArray else { throw scanner.failure("\"\(key)\" must be a list") }
            if key == "images" { hasImages = true }
            if key == "annotations", !hasImages {
                // Which image an annotation is of can only be told once the images are known.
                waiting.append(scanner)
                return try scanner.skip()
            }
            try index.take(key, &scanner, &finds)
        }
        try scanner.finish()
        guard hasImages else { throw DatasetError(file: bytes.path, message: "has no list \"images\"; is this a COCO instances file?") }
        for scanner in waiting {
            var scanner = scanner
            try index.take("annotations", &scanner, &finds)
        }
        index.order(finds.unordered)
        bytes.releasePages()
        self = index
    }

    private mutating func take(_ key: String, _ scanner: inout JSONScanner, _ finds: inout Finds) throws(DatasetError) {
        var index = self
        try scanner.array { (scanner) throws(DatasetError) in
            guard scanner.isAtObject else { throw scanner.failure("each of \"\(key)\" must be an object") }
            let place = scanner.place
            if place - finds.passed > 1 << 24 {
                finds.passed = place
                index.bytes.releasePages()
            }
            switch key {
            case "images":
                let (id, record) = try COCOParser.image(&scanner)
                index.addImage(id, record, at: place, &finds)
            case "annotations":
                let id = try COCOParser.imageID(&scanner)
                if let image = id.flatMap({ finds.places[$0] }) {
                    finds.unordered.append((place, image))
                } else if id.map({ !finds.leftOut.contains($0) }) ?? true {
                    index.report(.objects, "an annotation is of image \(id?.description ?? "(none)"), which is not listed", at: place)
                }
            default: try index.takeCategory(&scanner, at: place)
            }
        }
        self = index
    }

    private mutating func addImage(_ id: COCOID?, _ record: ImageRecord, at place: Int, _ finds: inout Finds) {
        guard let id, let name = record.names.first, !name.isEmpty else {
            report(.images, "an image needs an id and a file_name; it was left out", at: place)
            if let id { finds.leftOut.insert(id) }
            return
        }
        guard finds.places[id] == nil, imageOffsets.count < Int32.max else {
            return report(.images, "the image id \(id) is used twice; the second, \(name), was left out", at: place)
        }
        finds.places[id] = Int32(imageOffsets.count)
        imageOffsets.append(place)
    }

    private mutating func takeCategory(_ scanner: inout JSONScanner, at place: Int) throws(DatasetError) {
        var id: COCOID?, name: String?
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "id": id = try COCOID(&scanner)
            case "name": name = try scanner.text()
            default: try scanner.skip()
            }
        }
        guard let id else { return }
        let title = name ?? "category_\(id)"
        if categories.contains(where: { $0.name == title && $0.id != id }) {
            issues.append(
                DatasetIssue(
                    file: bytes.path, line: bytes.line(at: place), severity: .warning, loss: .categoriesMerged,
                    message: "another category is called \(title) too; the two became one"))
        }
        categories.append((id, title))
        categoryNames[id] = title
    }

    private mutating func report(_ loss: LossKind, _ message: String, at place: Int) {
        guard issues.count < IssueLog.limit else { return }
        issues.append(DatasetIssue(file: bytes.path, line: bytes.line(at: place), severity: .error, loss: loss, message: message))
    }

    /// Counting sort: annotations by image, in the order of the file within each.
    private mutating func order(_ unordered: [(offset: Int, image: Int32)]) {
        starts = [Int](repeating: 0, count: imageCount + 1)
        for annotation in unordered { starts[Int(annotation.image) + 1] += 1 }
        for image in 0..<imageCount { starts[image + 1] += starts[image] }
        var next = starts
        annotationOffsets = [Int](repeating: 0, count: unordered.count)
        for annotation in unordered {
            annotationOffsets[next[Int(annotation.image)]] = annotation.offset
            next[Int(annotation.image)] += 1
        }
    }
}

/// An id of COCO: a number, or text as some tools write it. `7` and `"7"` are the same.
enum COCOID: Hashable, CustomStringConvertible {
    case number(Int)
    case text(String)

    /// Reads any value; nil for one that is neither number nor text.
    init?(_ scanner: inout JSONScanner) throws(DatasetError) {
        if !scanner.isAtText, let number = try scanner.numberOrNil() {
            self = Int(exactly: number).map(Self.number) ?? .text("\(number)")
        } else if scanner.isAtText, let text = try scanner.text() {
            self = Int(text).map(Self.number) ?? .text(text)
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): text
        }
    }
}
