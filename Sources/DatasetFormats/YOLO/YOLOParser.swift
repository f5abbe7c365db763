import Detection

/// Parses the lines of a YOLO label file.
enum YOLOParser {
    /// The objects of a file; `name` gives the name of a class, nil for one that has none.
    static func objects(in file: FileBytes, name: (Int) -> String?) -> [ObjectRecord] {
        var objects: [ObjectRecord] = []
        lines(of: file) { line, place in
            let fields = fields(of: line)
            guard !fields.isEmpty else { return true }
            var object = ObjectRecord(at: place)
            if let (category, box, isOutline) = parse(fields) {
                object.label = name(category)
                object.box = box
                object.outline = isOutline ? "polygon" : nil
                if object.label == nil { object.fault = "the class \(category) has no name; the box was left out" }
            } else {
                let text = String(decoding: line, as: UTF8.self)
                object.fault = "\"\(text.prefix(60))\" is not a class and four numbers (or the corners of an outline); it was left out"
            }
            objects.append(object)
            return true
        }
        return objects
    }

    /// The highest class id of a file; −1 when there is none.
    static func highestClass(in file: FileBytes) -> Int {
        var highest = -1
        lines(of: file) { line, _ in
            // A crafted id must not make a list of billions.
            if let (category, _, _) = parse(fields(of: line)), category < 100_000 { highest = max(highest, category) }
            return true
        }
        return highest
    }

    /// Whether the first line of a text file is a label.
    static func holdsLabels(_ path: String) -> Bool {
        guard let file = try? FileBytes(path: path) else { return false }
        var isLabel = false
        lines(of: file) { line, _ in
            let fields = fields(of: line)
            isLabel = parse(fields) != nil
            return fields.isEmpty
        }
        return isLabel
    }

    /// Calls `body` with each line and its place until it answers false.
    private static func lines(of file: FileBytes, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool) {
        var start = 0
        while start < file.count {
            var end = start
            while end < file.count, file.base[end] != UInt8(ascii: "\n"), file.base[end] != UInt8(ascii: "\r") { end += 1 }
            if !body(UnsafeBufferPointer(start: file.base + start, count: end - start), start) { return }
            start = end + 1
        }
    }

    private static func fields(of line: UnsafeBufferPointer<UInt8>) -> [Double?] {
        line.split { $0 <= 0x20 }.map { field in
            let bytes = UnsafeBufferPointer(rebasing: field)
            return DecimalText.value(of: bytes) ?? Double(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Class and box, as fractions of the image; nil when the fields are neither a box nor an outline.
    private static func parse(_ fields: [Double?]) -> (category: Int, box: BoundingBox, isOutline: Bool)? {
        let numbers = fields.compactMap { $0 }
        // Some tools write the class as 0.0.
        guard numbers.count == fields.count, let category = numbers.first.flatMap({ Int(exactly: $0) }), category >= 0 else { return nil }
        if numbers.count == 5 {
            let box = BoundingBox(x: numbers[1] - numbers[3] / 2, y: numbers[2] - numbers[4] / 2, width: numbers[3], height: numbers[4])
            return (category, box, false)
        }
        guard numbers.count >= 7, numbers.count % 2 == 1 else { return nil }
        return BoundingBox(around: Array(numbers.dropFirst())).map { (category, $0, true) }
    }
}
