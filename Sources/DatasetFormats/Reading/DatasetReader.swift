import Detection

/// Hands out the images of a dataset one at a time. It keeps an index of where the labels are and the names of the images it has
/// handed out, but no labels.
///
/// Every format comes through here, so that the same fault is treated and told alike: a name that two images have, a size that
/// only the image file knows, a box beyond its image, an unknown class.
package struct DatasetReader {
    /// Class names, in the order of the objects' indices. Complete before the first image is asked for.
    package let categories: [String]
    /// The folder that file names are relative to.
    package var imageRoot: String { source.imageRoot }
    /// Images to expect; faults may make it fewer.
    package var count: Int { source.count + source.unlabelled.count }
    /// Places gone by, of `count`.
    package private(set) var position = 0

    private let source: any RecordSource
    private let indices: CategoryList
    private var seen: Set<String> = []
    private var missing: [DatasetIssue] = []
    private var missingCount = 0
    private var isDone = false

    init(_ source: any RecordSource) {
        var names = CategoryList(source.categories)
        if !source.listsEveryCategory {
            var found: Set<String> = []
            for index in 0..<source.count {
                // Broken records are told of when their turn comes.
                guard let record = try? source.record(at: index) else { continue }
                for object in record.objects {
                    if let label = object.label, names[label] == nil { found.insert(label) }
                }
            }
            for name in found.sorted() { _ = names.index(of: name) }
        }
        self.source = source
        indices = names
        categories = names.names
    }

    /// The next image; nil at the end. Faults go into `log`, and what they leave nothing of is passed over.
    package mutating func next(_ log: inout IssueLog) throws(DatasetError) -> DatasetEntry? {
        if position == 0 { source.issues.forEach { log.add($0) } }
        while position < source.count {
            position += 1
            do throws(DatasetError) {
                if let entry = entry(of: try source.record(at: position - 1), &log) { return entry }
            } catch {
                log.add(DatasetIssue(file: error.file, line: error.line, severity: .error, loss: .images, message: error.message))
            }
        }
        let loose = source.unlabelled
        while position - source.count < loose.count {
            position += 1
            if let entry = entry(ofUnlabelled: loose[position - 1 - source.count], &log) { return entry }
        }
        reportMissing(&log)
        return nil
    }

    private mutating func entry(of record: ImageRecord, _ log: inout IssueLog) -> DatasetEntry? {
        func report(
            _ severity: DatasetIssue.Severity, _ loss: LossKind?, _ message: String, at place: Int, about subject: DatasetIssue.Subject? = nil,
            image: String? = nil, box: BoundingBox? = nil
        ) {
            log.add(
                DatasetIssue(
                    file: record.bytes.path, line: record.bytes.line(at: place), severity: severity, loss: loss, message: message, subject: subject,
                    image: image, box: box.flatMap { $0.isFinite ? $0 : nil }))
        }
        let names = record.names.map(DatasetFolder.contained).filter { !$0.isEmpty }
        guard let first = names.first else {
            report(.error, .images, "an image has no file name; it was left out", at: record.place)
            return nil
        }
        let found = names.first(where: source.hasImage)
        let fileName = found ?? record.nameIfTaken.flatMap { seen.contains(first) ? DatasetFolder.contained($0) : nil } ?? first
        guard seen.insert(fileName).inserted else {
            report(.error, .images, "the image \(fileName) has more than one label; the first is used", at: record.place)
            return nil
        }
        if found == nil { noteMissing(fileName, record) }
        guard let size = size(of: record, fileName) else {
            report(
                .error, .images, "the image \(fileName) has no usable width and height, and its file does not tell; it was left out",
                at: record.place, about: .imageFile, image: fileName)
            return nil
        }
        var image = LabelledImage(fileName: fileName, width: size.width, height: size.height, objects: [])
        image.objects.reserveCapacity(record.objects.count)
        var outlines = 0
        for object in record.objects {
            guard object.fault == nil, let label = object.label, let raw = object.box else {
                let fault = object.fault ?? (object.label == nil ? "an object has no class" : "an object has no box")
                report(
                    .error, .objects, "\(fileName): \(fault)", at: object.place, about: object.label == nil && object.box != nil ? .category : nil,
                    image: fileName)
                continue
            }
            guard let category = indices[label] else {
                report(.error, .objects, "\(fileName): the class \(label) is not listed", at: object.place, about: .category, image: fileName)
                continue
            }
            let kept: BoundingBox
            let told = record.isFractional ? raw.scaled(width: size.width, height: size.height) : raw
            switch BoxCheck(told, width: size.width, height: size.height) {
            case .kept(let box): kept = box
            case .clipped(let box, let message):
                report(.warning, .clamped, "\(fileName): \(label): \(message)", at: object.place, about: .box, image: fileName, box: told)
                kept = box
            case .refused(let message):
                report(.error, .objects, "\(fileName): \(label): \(message)", at: object.place, about: .box, image: fileName, box: told)
                continue
            }
            if object.outline != nil { outlines += 1 }
            image.objects.append(
                LabelledObject(
                    box: kept, category: category, isCrowd: object.isCrowd, isDifficult: object.isDifficult,
                    area: object.area.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }))
        }
        if outlines > 0, let object = record.objects.first(where: { $0.outline != nil }) {
            log.add(
                DatasetIssue(
                    file: record.bytes.path, line: record.bytes.line(at: object.place), severity: .warning, loss: .outlines,
                    message: "\(fileName): \(outlines == 1 ? "a \(object.outline ?? "")" : "\(outlines) outlines") became the box around it"),
                times: outlines)
        }
        return DatasetEntry(image, split: record.split ?? SplitName.told(byFoldersOf: fileName))
    }

    private mutating func entry(ofUnlabelled fileName: String, _ log: inout IssueLog) -> DatasetEntry? {
        guard seen.insert(fileName).inserted else { return nil }
        do throws(DatasetError) {
            let size = try ImageHeader.size(ofFileAt: DatasetFolder.join(imageRoot, fileName))
            return DatasetEntry(
                LabelledImage(fileName: fileName, width: size.width, height: size.height, objects: []), split: SplitName.told(byFoldersOf: fileName))
        } catch {
            log.add(
                DatasetIssue(file: error.file, severity: .error, loss: .images, message: error.message, subject: .imageFile, image: fileName))
            return nil
        }
    }

    private func size(of record: ImageRecord, _ fileName: String) -> (width: Int, height: Int)? {
        func side(_ value: Double?) -> Int? { value.flatMap { $0 >= 1 && $0 <= 1e9 ? Int($0) : nil } }
        if let width = side(record.width), let height = side(record.height) { return (width, height) }
        return try? ImageHeader.size(ofFileAt: DatasetFolder.join(imageRoot, fileName))
    }

    // MARK: Missing image files

    private mutating func noteMissing(_ fileName: String, _ record: ImageRecord) {
        missingCount += 1
        guard missing.count < IssueLog.limit else { return }
        missing.append(
            DatasetIssue(
                file: record.bytes.path, line: missing.count < 1000 ? record.bytes.line(at: record.place) : nil, severity: .warning,
                message: "the image file \(fileName) is not in \(imageRoot)", subject: .imageFile, image: fileName))
    }

    private mutating func reportMissing(_ log: inout IssueLog) {
        guard !isDone else { return }
        isDone = true
        if missingCount == seen.count, missingCount > 1, let first = missing.first {
            let message = "none of the \(missingCount) image files is in \(imageRoot); name the folder of the images"
            log.add(DatasetIssue(file: first.file, severity: .warning, message: message, subject: .imageFile))
        } else {
            missing.forEach { log.add($0) }
        }
        missing = []
    }
}
