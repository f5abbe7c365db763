import Detection

/// Parses VIA's JSON.
enum VIAParser {
    /// The places of the images, and the classes that the project's options list.
    static func places(_ scanner: inout JSONScanner, in records: inout JSONRecords, _ names: inout CategoryList) throws(DatasetError) {
        guard scanner.isAtObject else { throw scanner.failure("a VIA file is an object") }
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "_via_img_metadata" where scanner.isAtObject:
                try scanner.object { (scanner, _) throws(DatasetError) in
                    guard scanner.isAtObject else { return try scanner.skip() }
                    records.addPlace(scanner.place)
                    try scanner.skip()
                }
            case "_via_attributes" where scanner.isAtObject: try options(&scanner, &names)
            default:
                // In exported annotations the images are at the top.
                if scanner.isAtObject, !key.hasPrefix("_via_") { records.addPlace(scanner.place) }
                try scanner.skip()
            }
        }
    }

    private static func options(_ scanner: inout JSONScanner, _ names: inout CategoryList) throws(DatasetError) {
        try scanner.object { (scanner, key) throws(DatasetError) in
            guard key == "region", scanner.isAtObject else { return try scanner.skip() }
            try scanner.object { (scanner, attribute) throws(DatasetError) in
                guard classNames.contains(attribute.lowercased()), scanner.isAtObject else { return try scanner.skip() }
                try scanner.object { (scanner, key) throws(DatasetError) in
                    guard key == "options", scanner.isAtObject else { return try scanner.skip() }
                    try scanner.object { (scanner, option) throws(DatasetError) in
                        _ = names.index(of: option)
                        try scanner.skip()
                    }
                }
            }
        }
    }

    static func image(_ scanner: inout JSONScanner) throws(DatasetError) -> ImageRecord {
        var record = ImageRecord(scanner.bytes, at: scanner.place)
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "filename": record.names = [try scanner.text() ?? ""]
            case "regions" where scanner.isAtArray:
                try scanner.array { (scanner) throws(DatasetError) in try region(&scanner, &record) }
            // Version 1 numbers them.
            case "regions" where scanner.isAtObject:
                try scanner.object { (scanner, _) throws(DatasetError) in try region(&scanner, &record) }
            case "file_attributes" where scanner.isAtObject:
                try scanner.object { (scanner, key) throws(DatasetError) in
                    switch key {
                    case "width": record.width = try scanner.number()
                    case "height": record.height = try scanner.number()
                    default: try scanner.skip()
                    }
                }
            default: try scanner.skip()
            }
        }
        return record
    }

    /// What people call the attribute that holds the class, likeliest first.
    private static let classNames = ["class", "label", "name", "type", "category", "object", "class_name", "object_name", "tag"]

    private static func region(_ scanner: inout JSONScanner, _ record: inout ImageRecord) throws(DatasetError) {
        guard scanner.isAtObject else { return try scanner.skip() }
        var object = ObjectRecord(at: scanner.place)
        var attributes: [(key: String, value: String)] = []
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "shape_attributes" where scanner.isAtObject: try shape(&scanner, &object)
            case "region_attributes" where scanner.isAtObject:
                try scanner.object { (scanner, key) throws(DatasetError) in
                    switch key {
                    case "difficult": object.isDifficult = try scanner.flag()
                    case "crowd": object.isCrowd = try scanner.flag()
                    default: if let value = try text(&scanner), !value.isEmpty { attributes.append((key, value)) }
                    }
                }
            default: try scanner.skip()
            }
        }
        let named = classNames.lazy.compactMap { name in attributes.first { $0.key.lowercased() == name } }.first
        object.label = (named ?? attributes.first)?.value
        record.objects.append(object)
    }

    /// The value of an attribute; of check boxes the first that is ticked.
    private static func text(_ scanner: inout JSONScanner) throws(DatasetError) -> String? {
        guard scanner.isAtObject else { return try scanner.text() }
        var ticked: String?
        try scanner.object { (scanner, key) throws(DatasetError) in
            let isTicked = try scanner.flag()
            if isTicked, ticked == nil { ticked = key }
        }
        return ticked
    }

    private static func shape(_ scanner: inout JSONScanner, _ object: inout ObjectRecord) throws(DatasetError) {
        var kind = ""
        var numbers: [String: Double] = [:]
        var xs: [Double] = [], ys: [Double] = []
        try scanner.object { (scanner, key) throws(DatasetError) in
            switch key {
            case "name": kind = try scanner.text() ?? ""
            case "all_points_x": xs = try scanner.numbers() ?? []
            case "all_points_y": ys = try scanner.numbers() ?? []
            default: numbers[key] = try scanner.number() ?? .nan
            }
        }
        func number(_ key: String) -> Double { numbers[key] ?? .nan }
        switch kind {
        case "rect": object.box = BoundingBox(x: number("x"), y: number("y"), width: number("width"), height: number("height"))
        case "circle":
            object.box = BoundingBox(centerX: number("cx"), centerY: number("cy"), radiusX: number("r"), radiusY: number("r"))
        case "ellipse":
            object.box = BoundingBox(
                centerX: number("cx"), centerY: number("cy"), radiusX: number("rx"), radiusY: number("ry"), angle: numbers["theta"] ?? 0)
        case "polygon": object.box = xs.count == ys.count ? BoundingBox(around: Array(zip(xs, ys))) ?? .unknown : .unknown
        default: object.fault = "a \(kind.isEmpty ? "region without a shape" : kind) has no box; it was left out"
        }
        if kind != "rect" { object.outline = kind }
    }
}
