package import Detection

/// Detections in COCO's result form, `[{"image_id", "category_id", "bbox": [x, y, width, height], "score"}]`, as they stand in
/// the file: ids are not looked up yet.
package struct COCOResults: Sendable {
    package let file: String
    /// Images and classes are places in `imageIDs` and `categoryIDs`.
    package private(set) var objects = ObjectColumns()
    package private(set) var imageIDs: [COCOIdentifier] = []
    package private(set) var categoryIDs: [COCOIdentifier] = []
    /// What was left out, and why.
    package private(set) var issues: [DatasetIssue] = []

    /// Reads half a million entries in a fraction of a second. A list, or an object with such a list as `annotations`.
    package init(file: String) throws(DatasetError) {
        try self.init(JSONBytes(file: file))
    }

    init(_ bytes: consuming JSONBytes) throws(DatasetError) {
        file = bytes.file
        var json = bytes
        if json.isAtObject {
            var isFirst = true, isFound = false
            while let key = try json.nextKey(&isFirst) {
                guard key == JSONBytes.Word("annotations"), json.isAtArray else {
                    try json.skip()
                    continue
                }
                isFound = true
                try read(&json)
            }
            guard isFound else {
                throw DatasetError(file: file, message: "is an object without \"annotations\"; detections are a list of image_id, category_id, bbox and score")
            }
        } else {
            try read(&json)
        }
        try json.finish()
    }

    private mutating func read(_ json: inout JSONBytes) throws(DatasetError) {
        let (imageKey, categoryKey, boxKey, scoreKey) = (
            JSONBytes.Word("image_id"), JSONBytes.Word("category_id"), JSONBytes.Word("bbox"), JSONBytes.Word("score")
        )
        var images = COCOIdentifierList(), categories = COCOIdentifierList()
        var columns = ObjectColumns()
        // An entry has a hundred bytes or more.
        columns.reserveCapacity(json.count / 100)
        var faults = FaultCount()
        var isFirst = true
        while try json.nextElement(&isFirst) {
            var (image, category) = (COCOIdentifier?.none, COCOIdentifier?.none)
            var box = (x: Double.nan, y: Double.nan, width: Double.nan, height: Double.nan)
            var length = 0
            var score: Double?
            var isFirstKey = true
            while let key = try json.nextKey(&isFirstKey) {
                if key == imageKey {
                    image = try json.identifier()
                } else if key == categoryKey {
                    category = try json.identifier()
                } else if key == scoreKey {
                    score = try json.number()
                } else if key == boxKey, json.isAtArray {
                    (box, length) = try json.box()
                } else {
                    try json.skip()
                }
            }
            guard let image, let category, let score, length == 4,
                columns.append(
                    image: images.place(of: image), class: categories.place(of: category), x: box.x, y: box.y, width: box.width, height: box.height,
                    weight: score)
            else {
                faults.add(Self.fault(image, category, score, length), at: json)
                continue
            }
        }
        if let issue = faults.issue("detections", file: file) {
            guard columns.count > 0 else { throw DatasetError(file: file, line: issue.line, message: issue.message + ", so that none is left") }
            issues.append(issue)
        }
        (objects, imageIDs, categoryIDs) = (columns, images.all, categories.all)
    }

    private static func fault(_ image: COCOIdentifier?, _ category: COCOIdentifier?, _ score: Double?, _ length: Int) -> String {
        if image == nil { return "a detection has no image_id" }
        if category == nil { return "a detection has no category_id" }
        if score == nil { return "a detection has no score" }
        return length == 4 ? "a detection has numbers that are not finite" : "a detection has no bbox of four numbers, x, y, width and height"
    }
}

extension JSONBytes {
    /// The numbers of a list, the first four of them, and how many there are.
    mutating func box() throws(DatasetError) -> (box: (x: Double, y: Double, width: Double, height: Double), count: Int) {
        var box = (x: Double.nan, y: Double.nan, width: Double.nan, height: Double.nan)
        var count = 0
        var isFirst = true
        while try nextElement(&isFirst) {
            let value = try number() ?? .nan
            switch count {
            case 0: box.x = value
            case 1: box.y = value
            case 2: box.width = value
            case 3: box.height = value
            default: break
            }
            count += 1
        }
        return (box, count)
    }
}
