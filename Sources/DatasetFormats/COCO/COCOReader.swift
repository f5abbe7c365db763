import Detection
import Foundation

/// Reads COCO instances files, forgiving everything that leaves a meaning: ids that are strings or have gaps, missing fields,
/// annotations without an image, boxes beyond their image.
struct COCOReader {
    private struct Image {
        var id = "", fileName = ""
        var width: Double?
        var height: Double?
        let line: Int
    }
    private struct Annotation {
        var imageID: String?
        var categoryID: String?
        var box: [Double] = []
        var area: Double?
        var isCrowd = false, isDifficult = false
        let line: Int
    }

    private let file: String
    private var images: [Image] = []
    private var annotations: [Annotation] = []
    private var categories: [(id: String, name: String)] = []
    private var issues: [DatasetIssue] = []

    static func read(_ files: [String], at path: String, images explicit: String?) throws(DatasetError) -> ImportedDataset {
        var readers: [(reader: COCOReader, root: String)] = []
        for file in files {
            let reader = try COCOReader(file: file)
            readers.append((reader, explicit ?? reader.imageFolder()))
        }
        // One image folder for all files where they agree; else their parent, with the rest in front of the file names.
        let roots = Set(readers.map(\.root))
        let imageRoot = roots.count == 1 ? readers[0].root : path
        var categories = CategoryList()
        var result = ImportedDataset(
            format: COCOFormat.name, dataset: LabelledDataset(categories: [], images: []), imageRoot: imageRoot, issues: [])
        var known: Set<String> = []
        for (reader, root) in readers {
            let prefix = roots.count == 1 ? "" : String(root.dropFirst(path.count).drop { $0 == "/" })
            var reader = reader
            for image in reader.assemble(into: &categories, root: root) {
                let fileName = DatasetFolder.join(prefix, image.fileName)
                guard known.insert(fileName).inserted else {
                    reader.report(.error, "the image \(fileName) is listed more than once; the first is used")
                    continue
                }
                result.dataset.images.append(
                    LabelledImage(fileName: fileName, width: image.width, height: image.height, objects: image.objects))
            }
            result.issues += reader.issues
        }
        result.dataset.categories = categories.names
        return result
    }

    // MARK: Parsing

    private init(file: String) throws(DatasetError) {
        self.file = file
        var scanner = JSONScanner(Array(try DatasetFolder.read(file)), file: file)
        guard scanner.isAtObject else { throw scanner.failure("a COCO file is an object with images, annotations and categories") }
        var seen: Set<String> = []
        var (images, annotations, categories) = (self.images, self.annotations, self.categories)
        try scanner.object { (scanner, key) throws(DatasetError) in
            guard ["images", "annotations", "categories"].contains(key) else { return try scanner.skip() }
            guard scanner.isAtArray else { throw scanner.failure("\"\(key)\" must be a list") }
            seen.insert(key)
            try scanner.array { (scanner) throws(DatasetError) in
                guard scanner.isAtObject else { throw scanner.failure("each of \"\(key)\" must be an object") }
                switch key {
                case "images": images.append(try Self.image(&scanner))
                case "annotations": annotations.append(try Self.annotation(&scanner))
                default: if let category = try Self.category(&scanner) { categories.append(category) }
                }
            }
        }
        try scanner.finish()
        guard seen.contains("images") else {
            throw DatasetError(file: file, message: "has no list \"images\"; is this a COCO instances file?")
        }
        (self.images, self.annotations, self.categories) = (images, annotations, categories)
    }

    private static func image(_ scanner: inout JSONScanner) throws(DatasetError) -> Image {
        var image = Image(line: scanner.line())
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "id": image.id = try scanner.text() ?? ""
            case "file_name": image.fileName = DatasetFolder.contained(try scanner.text() ?? "")
            case "width": image.width = try scanner.number()
            case "height": image.height = try scanner.number()
            default: try scanner.skip()
            }
        }
        return image
    }

    private static func annotation(_ scanner: inout JSONScanner) throws(DatasetError) -> Annotation {
        var annotation = Annotation(line: scanner.line())
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "image_id": annotation.imageID = try scanner.text()
            case "category_id": annotation.categoryID = try scanner.text()
            case "area": annotation.area = try scanner.number()
            case "iscrowd": annotation.isCrowd = (try scanner.number() ?? 0) != 0
            case "difficult": annotation.isDifficult = (try scanner.number() ?? 0) != 0
            case "bbox" where scanner.isAtArray:
                try scanner.array { (scanner) throws(DatasetError) in annotation.box.append(try scanner.number() ?? .nan) }
            default: try scanner.skip()
            }
        }
        return annotation
    }

    private static func category(_ scanner: inout JSONScanner) throws(DatasetError) -> (id: String, name: String)? {
        var id: String?, name: String?
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "id": id = try scanner.text()
            case "name": name = try scanner.text()
            default: try scanner.skip()
            }
        }
        return id.map { ($0, name ?? "category_\($0)") }
    }

    // MARK: Finding the images

    /// The first likely folder that holds one of the first images; the likeliest when none does.
    private func imageFolder() -> String {
        let folder = DatasetFolder.parent(of: file)
        let home = DatasetFolder.lastComponent(of: folder).lowercased() == "annotations" ? DatasetFolder.parent(of: folder) : folder
        let stem = DatasetFolder.withoutExtension(DatasetFolder.lastComponent(of: file))
        let split = stem.hasPrefix("instances_") ? String(stem.dropFirst("instances_".count)) : stem
        let candidates = ["images/\(split)", "Images/\(split)", split, "images", "Images", "JPEGImages", ""]
            .map { DatasetFolder.join(home, $0) }.filter(DatasetFolder.isFolder)
        return candidates.first { candidate in
            images.prefix(20).contains { !$0.fileName.isEmpty && DatasetFolder.exists(DatasetFolder.join(candidate, $0.fileName)) }
        } ?? candidates.first ?? home
    }

    // MARK: Putting together

    private mutating func report(_ severity: DatasetIssue.Severity, _ message: String, line: Int? = nil) {
        issues.append(DatasetIssue(file: file, line: line, severity: severity, message: message))
    }

    private mutating func assemble(into categories: inout CategoryList, root: String) -> [LabelledImage] {
        var categoryIndices: [String: Int] = [:]
        for category in self.categories { categoryIndices[category.id] = categories.index(of: category.name) }

        var result: [LabelledImage] = []
        var places: [String: Int] = [:]
        var leftOut: Set<String> = []
        var missing: [Image] = []
        for image in images {
            guard !image.id.isEmpty, !image.fileName.isEmpty else {
                report(.error, "an image needs an id and a file_name; it was left out", line: image.line)
                continue
            }
            let path = DatasetFolder.join(root, image.fileName)
            if !DatasetFolder.exists(path) { missing.append(image) }
            guard let size = size(of: image, at: path), places[image.id] == nil else {
                report(
                    .error,
                    places[image.id] == nil
                        ? "the image \(image.fileName) has no usable width and height, and its file does not tell; it was left out"
                        : "the image id \(image.id) is used twice; the second, \(image.fileName), was left out", line: image.line)
                leftOut.insert(image.id)
                continue
            }
            places[image.id] = result.count
            result.append(LabelledImage(fileName: image.fileName, width: size.width, height: size.height, objects: []))
        }
        reportMissing(missing, root: root)

        for annotation in annotations {
            guard let imageID = annotation.imageID, let place = places[imageID] else {
                if !leftOut.contains(annotation.imageID ?? "") {
                    report(
                        .error, "an annotation is of image \(annotation.imageID ?? "(none)"), which is not listed", line: annotation.line)
                }
                continue
            }
            guard let category = annotation.categoryID.flatMap({ categoryIndices[$0] }) else {
                report(
                    .error, "an annotation is of category \(annotation.categoryID ?? "(none)"), which is not listed", line: annotation.line)
                continue
            }
            guard annotation.box.count == 4 else {
                report(.error, "an annotation needs a bbox of four numbers, x, y, width and height", line: annotation.line)
                continue
            }
            let box = BoundingBox(
                x: annotation.box[0], y: annotation.box[1], width: annotation.box[2], height: annotation.box[3])
            let check = BoxCheck(box, width: result[place].width, height: result[place].height)
            let fileName = result[place].fileName
            guard let box = check.box(reporting: { report($0, "\(fileName): \($1)", line: annotation.line) }) else { continue }
            let area = annotation.area.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
            result[place].objects.append(
                LabelledObject(
                    box: box, category: category, isCrowd: annotation.isCrowd, isDifficult: annotation.isDifficult, area: area))
        }
        return result
    }

    private func size(of image: Image, at path: String) -> (width: Int, height: Int)? {
        func side(_ value: Double?) -> Int? {
            value.flatMap { $0 >= 1 && $0 <= 1e9 ? Int($0) : nil }
        }
        if let width = side(image.width), let height = side(image.height) { return (width, height) }
        return try? ImageHeader.size(ofFileAt: path)
    }

    private mutating func reportMissing(_ missing: [Image], root: String) {
        if missing.count == images.count, missing.count > 1 {
            report(.warning, "none of the \(missing.count) image files is in \(root); name the folder of the images")
        } else {
            for image in missing {
                report(.warning, "the image file \(image.fileName) is not in \(root)", line: image.line)
            }
        }
    }
}
