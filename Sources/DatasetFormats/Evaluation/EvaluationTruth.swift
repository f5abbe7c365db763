package import Detection

/// The truth of an evaluation with the names by which detections may mean its images and classes.
package struct EvaluationTruth: Sendable {
    /// The format's name, for example `coco`.
    package let format: String
    package let classNames: [String]
    /// Relative to `imageRoot`.
    package let imageNames: [String]
    package let imageRoot: String
    package let objects: ObjectColumns
    package private(set) var issues: [DatasetIssue]
    private let imageIDs: [COCOIdentifier: Int32]
    /// By COCO's ids; nil where the format has none, and detections count classes from 1 or from 0.
    private let categoryIDs: [COCOIdentifier: Int32]?

    /// Reads labels of any format; of COCO a single file, exactly as annotated.
    /// - Parameter images: the folder of the image files when it is not beside the labels.
    package static func read(at path: String, images: String? = nil) throws(DatasetError) -> EvaluationTruth {
        let found = try AllFormats.detect(at: path)
        if found.format.name == COCOFormat.name, let file = cocoFile(at: DatasetFolder.trimmed(path)) {
            let truth = try COCOTruth(file: file)
            return EvaluationTruth(truth, imageRoot: images ?? imageFolder(besides: file, of: truth.imageNames.map(DatasetFolder.contained)))
        }
        return EvaluationTruth(try found.format.read(at: path, images: images))
    }

    package init(_ coco: COCOTruth, imageRoot: String) {
        format = COCOFormat.name
        (classNames, imageNames, objects, issues) = (coco.classNames, coco.imageNames.map(DatasetFolder.contained), coco.objects, coco.issues)
        self.imageRoot = imageRoot
        imageIDs = Dictionary(zip(coco.imageIDs, coco.imageIDs.indices.map(Int32.init)), uniquingKeysWith: { first, _ in first })
        categoryIDs = Dictionary(zip(coco.categoryIDs, coco.categoryIDs.indices.map(Int32.init)), uniquingKeysWith: { first, _ in first })
    }

    /// Images are meant by their file name, with or without its folder and extension, or by a number that their name is; where no
    /// name is a number, also by their place, counted from 1.
    package init(_ imported: ImportedDataset) {
        let dataset = imported.dataset
        format = imported.format
        (classNames, imageNames, imageRoot, issues) = (dataset.categories, dataset.images.map(\.fileName), imported.imageRoot, imported.issues)
        objects = ObjectColumns(truths: dataset)
        categoryIDs = nil
        var ids: [COCOIdentifier: Int32] = [:]
        var ambiguous: Set<COCOIdentifier> = []
        for (index, name) in imageNames.enumerated() {
            let last = DatasetFolder.lastComponent(of: name)
            for id in Set([name, last, DatasetFolder.withoutExtension(name), DatasetFolder.withoutExtension(last)]).map(COCOIdentifier.init) {
                if let other = ids.updateValue(Int32(index), forKey: id), other != Int32(index) { ambiguous.insert(id) }
            }
        }
        for id in ambiguous { ids[id] = nil }
        let hasNumbers = ids.keys.contains { if case .number = $0 { true } else { false } }
        if !hasNumbers {
            for index in imageNames.indices { ids[.number(index + 1)] = Int32(index) }
        }
        imageIDs = ids
    }

    /// Truth and detections together, and what did not fit in sentences.
    /// - Throws: when no detection is of a known image, or of a known class.
    package func joined(_ results: COCOResults) throws(DatasetError) -> (set: EvaluationSet, notes: [String]) {
        var notes = results.issues.map(\.description)
        let images = results.imageIDs.map { imageIDs[$0] ?? -1 }
        let classes = places(of: results.categoryIDs, notes: &notes)
        try check(
            images, ids: results.imageIDs, counts: results.objects.images, "image", in: results, notes: &notes,
            hint: "image_id must be an id of the truth's images"
                + (format == COCOFormat.name ? "" : ": a file name, a number that is its name, or its place from 1"))
        try check(
            classes, ids: results.categoryIDs, counts: results.objects.classes, "category", in: results, notes: &notes,
            hint: "category_id must be " + (categoryIDs == nil ? "the place of a class, from 1 (or 0), or its name" : "an id of the truth's categories"))
        let narrow = zip(results.objects.xMin, results.objects.xMax).count { $0 >= $1 }
        if narrow > 0 { notes.append("\(results.file): \(narrow) detections have no width; nothing overlaps them") }
        var detections = results.objects
        detections.renumber(images: images, classes: classes)
        return (EvaluationSet(classNames: classNames, imageNames: imageNames, truths: objects, detections: detections), notes)
    }

    private func places(of ids: [COCOIdentifier], notes: inout [String]) -> [Int32] {
        if let categoryIDs { return ids.map { categoryIDs[$0] ?? -1 } }
        let start = ids.contains(.number(0)) ? 0 : 1
        if ids.contains(where: { if case .number = $0 { true } else { false } }) {
            notes.append("the truth has no category ids, so category_id \(start) was taken for \(classNames.first ?? "the first class")")
        }
        return ids.map { id in
            switch id {
            case .number(let number): classNames.indices.contains(number - start) ? Int32(number - start) : -1
            case .text(let name): classNames.firstIndex(of: name).map(Int32.init) ?? -1
            }
        }
    }

    private func check(
        _ places: [Int32], ids: [COCOIdentifier], counts members: [Int32], _ kind: String, in results: COCOResults, notes: inout [String], hint: String
    ) throws(DatasetError) {
        let unknown = zip(ids, places).filter { $0.1 < 0 }.map(\.0)
        guard !unknown.isEmpty else { return }
        let lost = members.count { places[Int($0)] < 0 }
        let examples = unknown.prefix(5).map(\.description).joined(separator: ", ") + (unknown.count > 5 ? ", …" : "")
        guard unknown.count < ids.count else {
            throw DatasetError(file: results.file, message: "no detection is of a known \(kind) (\(examples)); \(hint)")
        }
        notes.append("\(results.file): warning: \(lost) detections are of an unknown \(kind) (\(examples)) and were left out; \(hint)")
    }

    // MARK: Looking around

    /// The only COCO file at `path`; nil when there are several, which have no ids in common.
    private static func cocoFile(at path: String) -> String? {
        guard DatasetFolder.isFolder(path) else { return path }
        func files(_ folder: String) -> [String] {
            DatasetFolder.entries(of: folder).filter { DatasetFolder.pathExtension(of: $0) == "json" }.map { DatasetFolder.join(folder, $0) }
        }
        let beside = files(path)
        let inside = DatasetFolder.subfolder(of: path, named: ["annotations"]).map { files(DatasetFolder.join(path, $0)) } ?? []
        let instances = inside.filter { DatasetFolder.lastComponent(of: $0).hasPrefix("instances_") }
        let all = beside + (instances.isEmpty ? inside : instances)
        return all.count == 1 ? all.first : nil
    }

    /// The first likely folder that holds one of the first images; the folder of the set when none does.
    private static func imageFolder(besides file: String, of names: [String]) -> String {
        let folder = DatasetFolder.parent(of: file)
        let home = DatasetFolder.lastComponent(of: folder).lowercased() == "annotations" ? DatasetFolder.parent(of: folder) : folder
        let stem = DatasetFolder.withoutExtension(DatasetFolder.lastComponent(of: file))
        let split = stem.hasPrefix("instances_") ? String(stem.dropFirst("instances_".count)) : stem
        let folders = ["images/\(split)", split, "images", "Images", "JPEGImages", ""].map { DatasetFolder.join(home, $0) }
        return folders.first { folder in names.prefix(20).contains { DatasetFolder.exists(DatasetFolder.join(folder, $0)) } } ?? home
    }
}
