import DatasetFormats
import Detection
import Foundation

/// A folder for one test, gone afterwards.
final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "formats-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String) throws {
        try write(Data(text.utf8), to: name)
    }

    func write(_ data: Data, to name: String) throws {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    /// Every file below the folder, as relative paths.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }
}

enum Sample {
    /// The first 24 bytes of a PNG: all that a reader of headers wants.
    static func png(_ width: Int, _ height: Int) -> Data {
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        for side in [width, height] { bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: side >> $0) } }
        return Data(bytes)
    }

    /// Three images in folders, one of them without objects; class names that need care in YAML and XML.
    static let dataset = LabelledDataset(
        categories: ["milk bottle", "\"can\", 0.5 l: <new> & # red", "água"],
        images: [
            LabelledImage(
                fileName: "a/1.png", width: 499, height: 666,
                objects: [
                    LabelledObject(box: BoundingBox(xMin: 0, yMin: 3, xMax: 499, yMax: 666), category: 1),
                    LabelledObject(box: BoundingBox(xMin: 10, yMin: 20, xMax: 11, yMax: 21), category: 0),
                ]),
            LabelledImage(fileName: "b/2.png", width: 31, height: 17, objects: []),
            LabelledImage(
                fileName: "c.png", width: 640, height: 480,
                objects: [LabelledObject(box: BoundingBox(xMin: 100, yMin: 200, xMax: 301, yMax: 433), category: 2)]),
        ])

    /// Crowds, difficult objects, areas, edges between pixels, and a class without objects.
    static let demanding = LabelledDataset(
        categories: ["unused", "cup", "jug"],
        images: [
            LabelledImage(
                fileName: "deep/er/a.png", width: 333, height: 77,
                objects: [
                    LabelledObject(box: BoundingBox(xMin: 0.25, yMin: 1.5, xMax: 332.75, yMax: 76.125), category: 2, isCrowd: true, area: 17.5),
                    LabelledObject(box: BoundingBox(xMin: 10.1, yMin: 20.2, xMax: 30.3, yMax: 40.4), category: 1, isDifficult: true),
                    LabelledObject(box: BoundingBox(xMin: 10, yMin: 20, xMax: 30, yMax: 40), category: 1, isCrowd: true, isDifficult: true, area: 0),
                ]),
            LabelledImage(fileName: "b.png", width: 1, height: 1, objects: [LabelledObject(box: BoundingBox(x: 0, y: 0, width: 1, height: 1), category: 1)]),
        ])

    /// File names that need care in JSON, XML, YAML, addresses and paths.
    static let oddNames = LabelledDataset(
        categories: ["a"],
        images: ["naïve – bäd.png", "sp ace/a  b.png", "x.tar.v1.png", "quote\"'&<>.png", "#hash; 100%?.png", "images/labels/a.png", "日本/画像.PNG", "a,b.png"]
            .map { LabelledImage(fileName: $0, width: 9, height: 9, objects: [LabelledObject(box: BoundingBox(x: 1, y: 2, width: 3, height: 4), category: 0)]) }
    )

    /// The images of a dataset in a folder of their own.
    static func images(of dataset: LabelledDataset = dataset) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        for image in dataset.images { try folder.write(png(image.width, image.height), to: image.fileName) }
        return folder
    }

    /// A folder of `../shared/data`; nil where it is not there.
    static func shared(_ name: String) -> String? {
        let path = URL(filePath: #filePath).resolvingSymlinksInPath()
            .appending(path: "../../../../shared/data/\(name)").standardizedFileURL.path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}

extension LabelledDataset {
    /// Whether every class is listed and every box has an area inside its image.
    var isSound: Bool {
        images.allSatisfy { image in
            !image.fileName.isEmpty
                && image.objects.allSatisfy {
                    categories.indices.contains($0.category) && $0.box.area > 0 && $0.box.xMin >= 0 && $0.box.xMax <= Double(image.width)
                        && $0.box.yMin >= 0 && $0.box.yMax <= Double(image.height)
                }
        }
    }
}

extension BoundingBox {
    func isNear(_ other: BoundingBox, _ tolerance: Double) -> Bool {
        [xMin - other.xMin, yMin - other.yMin, xMax - other.xMax, yMax - other.yMax].allSatisfy { abs($0) <= tolerance }
    }
}
