import Detection
import Foundation

/// Reads YOLO labels. Images without a label file are images without objects.
struct YOLOReader {
    let layout: YOLOLayout

    func read() throws(DatasetError) -> ImportedDataset {
        guard !layout.labelFiles.isEmpty || !layout.images.isEmpty else {
            throw DatasetError(
                file: layout.root, message: "no images with label files (images/*.jpg and labels/*.txt); is this a YOLO dataset?")
        }
        let named = classNames()
        var issues: [DatasetIssue] = []
        var images: [LabelledImage] = []
        var highest = -1
        let known = Set(layout.labelFiles.map(DatasetFolder.withoutExtension))
        var used: Set<String> = []
        let imageFolder = layout.imageFolder ?? layout.root
        for image in layout.images {
            let stem = layout.labelStems(of: image).first(where: known.contains)
            if let stem { used.insert(stem) }
            do throws(DatasetError) {
                let size = try ImageHeader.size(ofFileAt: DatasetFolder.join(imageFolder, image))
                var labelled = LabelledImage(fileName: image, width: size.width, height: size.height, objects: [])
                if let stem {
                    let file = DatasetFolder.join(layout.root, stem + ".txt")
                    labelled.objects = try objects(in: file, of: size, classCount: named?.count, &issues)
                    highest = max(highest, labelled.objects.map(\.category).max() ?? -1)
                }
                images.append(labelled)
            } catch {
                issues.append(DatasetIssue(file: error.file, line: error.line, severity: .error, message: error.message))
            }
        }
        for file in layout.labelFiles where !used.contains(DatasetFolder.withoutExtension(file)) {
            let path = DatasetFolder.join(layout.root, file)
            if Self.holdsLabels(path) {
                issues.append(DatasetIssue(file: path, severity: .error, message: "there is no image for these labels; they were left out"))
            }
        }

        let prefix = layout.imageFolder == nil ? Self.commonFolder(images.map(\.fileName)) : ""
        if !prefix.isEmpty {
            for index in images.indices { images[index].fileName.removeFirst(prefix.count + 1) }
        }
        let names = named ?? (0..<highest + 1).map { "class_\($0)" }
        return ImportedDataset(
            format: YOLOFormat.name, dataset: LabelledDataset(categories: names, images: images),
            imageRoot: DatasetFolder.join(imageFolder, prefix), issues: issues)
    }

    /// Nil when no file names the classes.
    private func classNames() -> [String]? {
        guard let file = layout.namesFile, let data = try? DatasetFolder.read(file) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        let names = ["yaml", "yml"].contains(DatasetFolder.pathExtension(of: file)) ? YOLONames(yaml: text) : YOLONames(lines: text)
        return names.names.isEmpty ? nil : names.names
    }

    private func objects(
        in file: String, of size: (width: Int, height: Int), classCount: Int?, _ issues: inout [DatasetIssue]
    ) throws(DatasetError) -> [LabelledObject] {
        let text = String(decoding: try DatasetFolder.read(file), as: UTF8.self)
        var objects: [LabelledObject] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            func report(_ severity: DatasetIssue.Severity, _ message: String) {
                issues.append(DatasetIssue(file: file, line: index + 1, severity: severity, message: message))
            }
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard !fields.isEmpty else { continue }
            guard let (category, box) = Self.parse(fields) else {
                report(.error, "\"\(line.prefix(60))\" is not a class and four numbers (or the corners of an outline); it was left out")
                continue
            }
            guard category < classCount ?? 100_000 else {
                report(.error, "the class \(category) has no name\(classCount.map { "; there are \($0)" } ?? ""); the box was left out")
                continue
            }
            let pixels = BoundingBox(
                xMin: box.xMin * Double(size.width), yMin: box.yMin * Double(size.height),
                xMax: box.xMax * Double(size.width), yMax: box.yMax * Double(size.height))
            if let kept = BoxCheck(pixels, width: size.width, height: size.height).box(reporting: report) {
                objects.append(LabelledObject(box: kept, category: category))
            }
        }
        return objects
    }

    /// Class and box, as fractions of the image; nil when the fields are neither a box nor an outline.
    private static func parse(_ fields: [Substring]) -> (category: Int, box: BoundingBox)? {
        let numbers = fields.compactMap { Double($0) }
        // Some tools write the class as 0.0.
        guard numbers.count == fields.count, let category = numbers.first.flatMap(Int.init(exactly:)), category >= 0 else { return nil }
        if numbers.count == 5 {
            return (
                category,
                BoundingBox(x: numbers[1] - numbers[3] / 2, y: numbers[2] - numbers[4] / 2, width: numbers[3], height: numbers[4])
            )
        }
        guard numbers.count >= 7, numbers.count % 2 == 1, numbers.allSatisfy(\.isFinite) else { return nil }
        let xs = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
        let ys = stride(from: 2, to: numbers.count, by: 2).map { numbers[$0] }
        return (category, BoundingBox(xMin: xs.min() ?? 0, yMin: ys.min() ?? 0, xMax: xs.max() ?? 0, yMax: ys.max() ?? 0))
    }

    /// Whether the first line of a text file is a label.
    static func holdsLabels(_ path: String) -> Bool {
        guard let data = try? DatasetFolder.read(path) else { return false }
        let line = String(decoding: data.prefix(4096), as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        return parse(line.split(whereSeparator: \.isWhitespace)) != nil
    }

    /// The deepest folder that holds all of `paths`, as a relative path.
    private static func commonFolder(_ paths: [String]) -> String {
        guard var common = paths.first.map({ $0.split(separator: "/").dropLast() }) else { return "" }
        for path in paths {
            let folders = path.split(separator: "/").dropLast()
            common = common.prefix(zip(common, folders).prefix { $0 == $1 }.count)
        }
        return common.joined(separator: "/")
    }
}
