package import Detection

/// A COCO instances file as an evaluation wants it: ids kept, and boxes exactly as annotated. `COCOReader` repairs labels for
/// training, cutting boxes at the picture's edge; measured against those, numbers would not be the reference's.
package struct COCOTruth: Sendable {
    package let file: String
    /// By ascending id, as the reference orders them, when all are numbers; else in the file's order.
    package private(set) var imageIDs: [COCOIdentifier] = []
    package private(set) var imageNames: [String] = []
    package private(set) var categoryIDs: [COCOIdentifier] = []
    package private(set) var classNames: [String] = []
    package private(set) var objects = ObjectColumns()
    package private(set) var issues: [DatasetIssue] = []

    package init(file: String) throws(DatasetError) {
        try self.init(JSONBytes(file: file))
    }

    init(_ bytes: consuming JSONBytes) throws(DatasetError) {
        file = bytes.file
        var json = bytes
        guard json.isAtObject else { throw json.failure("a COCO file is an object with images, annotations and categories") }
        var images: [(id: COCOIdentifier, name: String)] = []
        var annotated = COCOIdentifierList(), labelled = COCOIdentifierList()
        var columns = ObjectColumns()
        var seen = 0
        var isFirst = true
        while let key = try json.nextKey(&isFirst) {
            if key == JSONBytes.Word("images") {
                seen += 1
                images = try readNames(&json, of: "images", name: JSONBytes.Word("file_name"))
            } else if key == JSONBytes.Word("categories") {
                seen += 1
                let categories = try readNames(&json, of: "categories", name: JSONBytes.Word("name"))
                categoryIDs = categories.map(\.id)
                classNames = categories.map(\.name)
            } else if key == JSONBytes.Word("annotations") {
                seen += 1
                try readAnnotations(&json, images: &annotated, categories: &labelled, into: &columns)
            } else {
                try json.skip()
            }
        }
        try json.finish()
        guard seen == 3 else {
            throw DatasetError(file: file, message: "has not each of \"images\", \"annotations\" and \"categories\"; is this a COCO instances file?")
        }
        sort(&images)
        imageIDs = images.map(\.id)
        imageNames = images.map(\.name)
        columns.renumber(
            images: Self.places(of: annotated.all, in: imageIDs), classes: Self.places(of: labelled.all, in: categoryIDs))
        reportUnknown(columns)
        objects = columns
    }

    /// The place of each of `ids` in `known`; −1 for one that is not there.
    static func places(of ids: [COCOIdentifier], in known: [COCOIdentifier]) -> [Int32] {
        let places = Dictionary(zip(known, known.indices.map(Int32.init)), uniquingKeysWith: { first, _ in first })
        return ids.map { places[$0] ?? -1 }
    }

    private mutating func sort(_ images: inout [(id: COCOIdentifier, name: String)]) {
        let numbers = images.map { image -> Int? in
            if case .number(let number) = image.id { number } else { nil }
        }
        guard !numbers.contains(nil) else { return }
        images = zip(numbers, images).sorted { ($0.0 ?? 0) < ($1.0 ?? 0) }.map(\.1)
    }

    private mutating func report(_ message: String) {
        issues.append(DatasetIssue(file: file, severity: .error, message: message))
    }

    private mutating func reportUnknown(_ columns: ObjectColumns) {
        let images = columns.images.count { $0 < 0 }, classes = columns.classes.count { $0 < 0 }
        if images > 0 { report("\(images) annotations are of images that are not listed; they were left out") }
        if classes > 0 { report("\(classes) annotations are of categories that are not listed; they were left out") }
    }

    /// Images or categories: id and name of each; a second one with the same id is left out.
    private mutating func readNames(
        _ json: inout JSONBytes, of kind: String, name nameKey: JSONBytes.Word
    ) throws(DatasetError) -> [(
        id: COCOIdentifier, name: String
    )] {
        let idKey = JSONBytes.Word("id")
        var names: [(id: COCOIdentifier, name: String)] = []
        var known: Set<COCOIdentifier> = []
        var faults = FaultCount()
        var isFirst = true
        while try json.nextElement(&isFirst) {
            var (id, name) = (COCOIdentifier?.none, String?.none)
            var isFirstKey = true
            while let key = try json.nextKey(&isFirstKey) {
                if key == idKey {
                    id = try json.identifier()
                } else if key == nameKey {
                    name = try json.string()
                } else {
                    try json.skip()
                }
            }
            guard let id, known.insert(id).inserted else {
                faults.add(id.map { "the id \($0) is used twice" } ?? "\(name ?? "an entry without a name") has no id", at: json)
                continue
            }
            names.append((id, name ?? "\(id)"))
        }
        if let issue = faults.issue(kind, file: file) { issues.append(issue) }
        return names
    }

    private mutating func readAnnotations(
        _ json: inout JSONBytes, images: inout COCOIdentifierList, categories: inout COCOIdentifierList, into columns: inout ObjectColumns
    ) throws(DatasetError) {
        let (imageKey, categoryKey, boxKey) = (JSONBytes.Word("image_id"), JSONBytes.Word("category_id"), JSONBytes.Word("bbox"))
        let (areaKey, crowdKey, difficultKey) = (JSONBytes.Word("area"), JSONBytes.Word("iscrowd"), JSONBytes.Word("difficult"))
        var faults = FaultCount()
        var isFirst = true
        while try json.nextElement(&isFirst) {
            var (image, category) = (COCOIdentifier?.none, COCOIdentifier?.none)
            var box = (x: Double.nan, y: Double.nan, width: Double.nan, height: Double.nan)
            var length = 0
            var area: Double?
            var (isCrowd, isDifficult) = (false, false)
            var isFirstKey = true
            while let key = try json.nextKey(&isFirstKey) {
                if key == imageKey {
                    image = try json.identifier()
                } else if key == categoryKey {
                    category = try json.identifier()
                } else if key == areaKey {
                    area = try json.number()
                } else if key == crowdKey {
                    isCrowd = (try json.number() ?? 0) != 0
                } else if key == difficultKey {
                    isDifficult = (try json.number() ?? 0) != 0
                } else if key == boxKey, json.isAtArray {
                    (box, length) = try json.box()
                } else {
                    try json.skip()
                }
            }
            if area.map({ $0.isFinite && $0 >= 0 }) != true { area = box.width * box.height }
            guard let image, let category, length == 4,
                columns.append(
                    image: images.place(of: image), class: categories.place(of: category), x: box.x, y: box.y, width: box.width, height: box.height,
                    weight: area ?? .nan, isCrowd: isCrowd, isDifficult: isDifficult)
            else {
                faults.add("an annotation needs image_id, category_id and a bbox of four numbers", at: json)
                continue
            }
        }
        if let issue = faults.issue("annotations", file: file) { issues.append(issue) }
    }
}
