import DatasetFormats
import Detection
import Drawing
import Foundation
import Imaging

/// A folder for one test, gone afterwards.
final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "quality-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}

/// A folder of `../shared/data`; nil where it is not there.
func shared(_ name: String) -> String? {
    let path = URL(filePath: #filePath).resolvingSymlinksInPath().appending(path: "../../../../shared/data/\(name)").standardizedFileURL.path
    return FileManager.default.fileExists(atPath: path) ? path : nil
}

/// Pictures that are made, all different from each other by their number.
enum Photo {
    /// Coloured discs on a coloured ground.
    static func picture(_ number: Int, width: Int = 120, height: Int = 90) -> PixelImage {
        var random = Dice(state: UInt64(number) &* 0x9e37_79b9)
        let canvas = Canvas(width: width, height: height)
        canvas.scale(Double(width) / 120, Double(height) / 90)
        canvas.paint(.ink(Ink(hue: Double(number % 7) / 7, saturation: 0.6, lightness: 0.4)))
        for _ in 0..<9 {
            let (x, y, radius) = (random.unit * 120, random.unit * 90, 8 + random.unit * 22)
            canvas.fill(Ink(hue: random.unit, saturation: 0.8, lightness: 0.15 + random.unit * 0.7)) { $0.circle(x, y, radius) }
        }
        return canvas.image
    }

    static func png(_ number: Int) throws -> [UInt8] { try ImageEncoder.png(picture(number)) }

    /// A JPEG whose Exif tag says that it is to be turned.
    static func turned(_ number: Int, by orientation: UInt8) throws -> [UInt8] {
        let jpeg = try ImageEncoder.jpeg(picture(number))
        let tiff: [UInt8] = [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let body = Array("Exif\0\0".utf8) + tiff
        return Array(jpeg[..<2]) + [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body + jpeg[2...]
    }

    /// An RGBA PNG with its pixels stored uncompressed (RFC 1950, RFC 1951 section 3.2.4).
    static func transparent(_ number: Int) -> [UInt8] {
        let picture = picture(number, width: 60, height: 45)
        var rows: [UInt8] = []
        for y in 0..<picture.height {
            rows.append(0)
            for x in 0..<picture.width {
                let at = (y * picture.width + x) * 3
                rows += picture.pixels[at..<at + 3] + [UInt8(200)]
            }
        }
        func big(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        func chunk(_ kind: String, _ body: [UInt8]) -> [UInt8] {
            let all = Array(kind.utf8) + body
            var crc: UInt32 = 0xFFFF_FFFF
            for byte in all {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
            return big(UInt32(body.count)) + all + big(~crc)
        }
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in rows { (a, b) = ((a + UInt32(byte)) % 65_521, (b + a + UInt32(byte)) % 65_521) }
        let length = UInt16(rows.count)
        let stored: [UInt8] = [0x78, 0x01, 1, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)] + rows + big(b << 16 | a)
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", big(UInt32(picture.width)) + big(UInt32(picture.height)) + [8, 6, 0, 0, 0]) + chunk("IDAT", stored) + chunk("IEND", [])
    }
}

/// SplitMix64: the same numbers in every run.
struct Dice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    var unit: Double {
        mutating get { Double(next() >> 11) / 9_007_199_254_740_992 }
    }
}

/// Datasets on disk.
enum SampleSet {
    /// `count` different pictures, each with a box of its class: the classes in turn.
    static func dataset(_ count: Int, classes: [String] = ["cup", "jug"], name: (Int) -> String = { "\($0).png" }) -> LabelledDataset {
        LabelledDataset(
            categories: classes,
            images: (0..<count).map { index in
                LabelledImage(
                    fileName: name(index), width: 120, height: 90,
                    objects: [LabelledObject(box: BoundingBox(x: 10 + Double(index % 5), y: 20, width: 40, height: 30), category: index % classes.count)])
            })
    }

    /// The dataset with its pictures, in COCO's form.
    static func folder(_ dataset: LabelledDataset, picture: (Int) throws -> [UInt8] = Photo.png) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        for (index, image) in dataset.images.enumerated() { try folder.write(try picture(index), to: "images/" + image.fileName) }
        try COCOFormat.write(dataset, to: folder.path)
        return folder
    }

    /// A set in COCO's form that is wrong in every way there is a check for.
    static func faulty() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        var files: [(name: String, bytes: [UInt8]?)] = [
            ("missing.png", nil), ("broken.jpg", Array(try ImageEncoder.jpeg(Photo.picture(100)).prefix(900))), ("lie.jpg", try Photo.png(101)),
            ("sized.png", try Photo.png(102)), ("boxes.png", try Photo.png(103)), ("train/copy.png", try Photo.png(104)),
            ("val/copy.png", try Photo.png(104)), ("similar.jpg", try ImageEncoder.jpeg(Photo.picture(103, width: 200, height: 150), quality: 80)),
            ("turned.jpg", try Photo.turned(105, by: 6)),
            (
                "grey.png",
                try ImageEncoder.png(
                    PixelImage(width: 120, height: 90) { for index in 0..<120 * 90 { for c in 0..<3 { $0[index * 3 + c] = UInt8(index / 120 * 2) } } })
            ),
            ("clear.png", Photo.transparent(106)),
        ]
        for (name, bytes) in files { if let bytes { try folder.write(bytes, to: "images/" + name) } }
        files.append(("grey.png", nil))
        let images = files.enumerated().map { index, file in
            let sizes = ["sized.png": (999, 90), "clear.png": (60, 45), "similar.jpg": (200, 150)]
            let (width, height) = sizes[file.name] ?? (120, 90)
            return "{\"id\":\(index),\"file_name\":\"\(file.name)\",\"width\":\(width),\"height\":\(height)}"
        }
        let boxes = [
            (4, 1, "[10,10,30,30]"), (4, 1, "[10,10,30,30.2]"), (4, 1, "[500,10,30,30]"), (4, 1, "[10,10,0,30]"), (4, 1, "[100,70,90,90]"),
            (4, 99, "[5,5,20,20]"), (5, 2, "[5,5,20,20]"), (6, 2, "[5,5,20,20]"),
        ].enumerated().map { "{\"id\":\($0),\"image_id\":\($1.0),\"category_id\":\($1.1),\"bbox\":\($1.2),\"area\":9,\"iscrowd\":0}" }
        let text = """
            {"images":[\(images.joined(separator: ","))],"annotations":[\(boxes.joined(separator: ","))],
            "categories":[{"id":1,"name":"cup"},{"id":2,"name":"jug"},{"id":3,"name":"<never>"}]}
            """
        try folder.write(Array(text.utf8), to: "annotations/instances_default.json")
        return folder
    }
}
