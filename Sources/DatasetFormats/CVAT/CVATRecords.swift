import Detection
import Glibc

/// The images of CVAT files, known by where their elements begin.
struct CVATRecords: RecordSource {
    private(set) var categories: [String] = []
    let imageRoot: String
    private var files: [(bytes: FileBytes, split: String?)] = []
    private var places: [(file: Int32, offset: Int)] = []

    init(_ paths: [String], images: String?) throws(DatasetError) {
        var names = CategoryList()
        for path in paths {
            let bytes = try FileBytes(path: path)
            let stem = DatasetFolder.withoutExtension(DatasetFolder.lastComponent(of: path))
            files.append((bytes, SplitName.told(by: stem)))
            var scanner = XMLScanner(bytes)
            while let event = try scanner.next() {
                switch event {
                case .began where scanner.path.count == 1 && scanner.path[0] != "annotations":
                    throw DatasetError(file: path, line: 1, message: "the outermost element is <\(scanner.path[0])>, not <annotations>")
                case .began where scanner.path.count == 2 && scanner.path[1] == "image":
                    places.append((Int32(files.count - 1), scanner.elementStart))
                    if places.count % 4096 == 0 { bytes.releasePages() }
                case .ended where scanner.path.last == "name" && scanner.path.count > 4 && scanner.path[1] == "meta":
                    if scanner.path.suffix(3).elementsEqual(["labels", "label", "name"]), !scanner.text.isEmpty { _ = names.index(of: scanner.text) }
                default: break
                }
            }
            bytes.releasePages()
        }
        categories = names.names
        let opened = files
        let first = try places.prefix(20).map { (place) throws(DatasetError) in
            var scanner = XMLScanner(opened[Int(place.file)].bytes, at: place.offset)
            _ = try scanner.next(toEndOfFile: false)
            return try Self.names(&scanner).names
        }
        imageRoot = images ?? ImageFolder.likeliest(of: ImageFolder.usual(below: DatasetFolder.parent(of: paths[0])), names: first)
    }

    var count: Int { places.count }

    /// CVAT keeps the images of a subset in a folder of its name, which `name` does not tell.
    private static func names(_ scanner: inout XMLScanner) throws(DatasetError) -> (names: [String], subset: String) {
        let name = try scanner.attribute("name") ?? "", subset = try scanner.attribute("subset") ?? ""
        return (name.isEmpty ? [] : subset.isEmpty ? [name] : [name, "\(subset)/\(name)"], subset)
    }

    func record(at index: Int) throws(DatasetError) -> ImageRecord {
        let (number, offset) = places[index]
        let (bytes, split) = files[Int(number)]
        if index % 4096 == 4095 { bytes.releasePages() }
        var record = ImageRecord(bytes, at: offset)
        var scanner = XMLScanner(bytes, at: offset)
        while let event = try scanner.next(toEndOfFile: false) {
            guard event == .began else { continue }
            if scanner.path.count == 1 {
                let (names, subset) = try Self.names(&scanner)
                record.names = names
                record.nameIfTaken = names.last
                record.split = SplitName.given(subset) ?? split
                record.width = try scanner.attribute("width").flatMap(Double.init)
                record.height = try scanner.attribute("height").flatMap(Double.init)
            } else if scanner.path.count == 2, let object = try Self.object(&scanner) {
                record.objects.append(object)
            }
        }
        return record
    }

    private static let shapes: Set<String> = ["box", "polygon", "polyline", "points", "ellipse", "mask", "skeleton", "cuboid"]

    /// Nil for an element that is no shape (a tag of the image).
    private static func object(_ scanner: inout XMLScanner) throws(DatasetError) -> ObjectRecord? {
        guard let kind = scanner.path.last, shapes.contains(kind) else { return nil }
        var object = ObjectRecord(at: scanner.elementStart)
        object.label = try scanner.attribute("label").flatMap { $0.isEmpty ? nil : $0 }
        func number(_ name: String) throws(DatasetError) -> Double {
            guard let text = try scanner.attribute(name) else { return .nan }
            return DecimalText.value(of: text[...].utf8) ?? .nan
        }
        let angle = try scanner.attribute("rotation").flatMap(Double.init).map { $0 * .pi / 180 } ?? 0
        switch kind {
        case "box":
            let box = BoundingBox(xMin: try number("xtl"), yMin: try number("ytl"), xMax: try number("xbr"), yMax: try number("ybr"))
            object.box = angle == 0 || !angle.isFinite ? box : box.turned(by: angle)
            object.outline = angle == 0 ? nil : "turned box"
        case "polygon":
            let text = try scanner.attribute("points") ?? ""
            let numbers = text.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }.map { DecimalText.value(of: $0) ?? .nan }
            object.box = BoundingBox(around: numbers) ?? .unknown
            object.outline = kind
        case "ellipse":
            object.box = BoundingBox(
                centerX: try number("cx"), centerY: try number("cy"), radiusX: try number("rx"), radiusY: try number("ry"), angle: angle)
            object.outline = kind
        case "mask":
            object.box = BoundingBox(x: try number("left"), y: try number("top"), width: try number("width"), height: try number("height"))
            object.outline = kind
        default: object.fault = "a \(kind) has no box; it was left out"
        }
        return object
    }
}
