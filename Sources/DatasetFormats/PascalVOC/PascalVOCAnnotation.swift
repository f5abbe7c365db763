import Detection
import Foundation

/// One VOC annotation file, its boxes already in our coordinates.
struct PascalVOCAnnotation {
    struct Object {
        var name: String
        var box: BoundingBox
        var isDifficult: Bool
        var line: Int
    }

    private(set) var fileName = ""
    private(set) var size: (width: Int, height: Int)?
    private(set) var objects: [Object] = []

    init(contentsOf path: String) throws(DatasetError) {
        let data = try DatasetFolder.read(path)
        // UTF-16 by its mark; bytes that are no UTF-8 are taken as Latin-1, which old tools wrote.
        let isUTF16 = data.starts(with: [0xFE, 0xFF]) || data.starts(with: [0xFF, 0xFE])
        let encodings: [String.Encoding] = isUTF16 ? [.utf16] : [.utf8, .isoLatin1]
        let text = encodings.lazy.compactMap { String(data: data, encoding: $0) }.first
        var bytes = Array((text ?? "").utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }

        // By path below the annotation or below its object: the `part`s of a person have names and boxes of their own and must
        // not be taken for the person's.
        var root = ""
        var values: [String: String] = [:]
        var found: [(values: [String: String], line: Int)] = []
        var scanner = XMLScanner(bytes, file: path)
        try scanner.elements(
            began: { path in
                if path.count == 1 { root = path[0] }
                if path.count == 2, path[1] == "object" { found.append(([:], 0)) }
            },
            ended: { path, text, line in
                if path.count == 2, path[1] == "object" {
                    found[found.count - 1].line = line
                } else if path.count > 2, path[1] == "object" {
                    found[found.count - 1].values[path.dropFirst(2).joined(separator: "/")] = text
                } else {
                    values[path.dropFirst().joined(separator: "/")] = text
                }
            })
        guard root == "annotation" else {
            throw DatasetError(file: path, line: 1, message: "the outermost element is <\(root)>, not <annotation>")
        }

        fileName = DatasetFolder.contained(values["filename"] ?? "")
        func side(_ key: String) -> Int? {
            values[key].flatMap(Double.init).flatMap { $0 >= 1 && $0 <= 1e9 ? Int($0) : nil }
        }
        if let width = side("size/width"), let height = side("size/height") { size = (width, height) }
        objects = found.map { values, line in
            func edge(_ key: String) -> Double { values["bndbox/" + key].flatMap(Double.init) ?? .nan }
            return Object(
                name: values["name"].flatMap { $0.isEmpty ? nil : $0 } ?? "unnamed",
                box: BoundingBox(xMin: edge("xmin") - 1, yMin: edge("ymin") - 1, xMax: edge("xmax"), yMax: edge("ymax")),
                isDifficult: ["1", "true"].contains(values["difficult"]?.lowercased()), line: line)
        }
    }
}
