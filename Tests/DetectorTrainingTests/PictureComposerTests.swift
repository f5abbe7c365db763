import Detection
import DetectorTraining
import Foundation
import Imaging
import Testing

@Suite struct PictureComposerTests {
    /// Settings that change nothing.
    private static var plain: TrainingSettings {
        var settings = TrainingSettings()
        settings.imgsz = 64
        (settings.mosaic, settings.scale, settings.translate) = (0, 0, 0)
        (settings.fliplr, settings.hsv_h, settings.hsv_s, settings.hsv_v) = (0, 0, 0, 0)
        return settings
    }

    private static func composer(_ settings: TrainingSettings) throws -> (PictureComposer, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let set = try DrawnSet.write(to: folder, count: 5, side: 128)
        return (PictureComposer(store: PictureStore(set, side: settings.imgsz), settings: settings), folder)
    }

    @Test func `without augmentation the picture is the letterboxed image with its boxes`() throws {
        let (composer, folder) = try Self.composer(Self.plain)
        let picture = composer.compose(0, epoch: 0, place: 0, withMosaic: false)
        let object = try #require(picture.objects.first)
        // Drawn at (32, 24) with 40 × 48 pixels of a 128 × 128 image, halved.
        #expect(object.box == CornerBox(16, 12, 36, 36))
        #expect(picture.image.width == 64 && picture.image.height == 64)
        let middle = (24 * 64 + 26) * 3
        #expect(Array(picture.image.pixels[middle..<(middle + 3)]) == DrawnSet.colour(of: object.category))
        _ = folder
    }

    @Test func `a mirrored picture has mirrored boxes`() throws {
        var settings = Self.plain
        settings.fliplr = 1
        let (composer, folder) = try Self.composer(settings)
        let picture = composer.compose(0, epoch: 0, place: 0, withMosaic: false)
        #expect(picture.objects.first?.box == CornerBox(28, 12, 48, 36))
        settings = Self.plain
        settings.flipud = 1
        let (upended, second) = try Self.composer(settings)
        #expect(upended.compose(0, epoch: 0, place: 0, withMosaic: false).objects.first?.box == CornerBox(16, 28, 36, 52))
        _ = (folder, second)
    }

    @Test(arguments: 0..<12)
    func `boxes of mosaics stay on their objects`(place: Int) throws {
        var settings = Self.plain
        (settings.mosaic, settings.scale, settings.translate, settings.fliplr) = (1, 0.5, 0.1, 0.5)
        let (composer, folder) = try Self.composer(settings)
        let picture = composer.compose(place % 5, epoch: 3, place: place, withMosaic: true)
        for object in picture.objects {
            let box = object.box
            #expect(box.x1 >= 0 && box.y1 >= 0 && box.x2 <= 64 && box.y2 <= 64 && box.width > 2 && box.height > 2)
            let (x, y) = (Int((box.x1 + box.x2) / 2), Int((box.y1 + box.y2) / 2))
            let pixel = Array(picture.image.pixels[((y * 64 + x) * 3)..<((y * 64 + x) * 3 + 3)])
            #expect(pixel == DrawnSet.colour(of: object.category), "at \(x), \(y)")
        }
        _ = folder
    }

    @Test(arguments: 0..<12)
    func `boxes of turned and sheared pictures stay around their objects`(place: Int) throws {
        var settings = Self.plain
        (settings.degrees, settings.shear, settings.scale, settings.translate) = (25, 8, 0.2, 0.1)
        let (composer, folder) = try Self.composer(settings)
        let picture = composer.compose(place % 5, epoch: 1, place: place, withMosaic: false)
        let object = try #require(picture.objects.first)
        let colour = DrawnSet.colour(of: object.category)
        var (left, top, right, bottom) = (64, 64, 0, 0)
        for y in 0..<64 {
            for x in 0..<64 where Array(picture.image.pixels[((y * 64 + x) * 3)..<((y * 64 + x) * 3 + 3)]) == colour {
                (left, top, right, bottom) = (min(left, x), min(top, y), max(right, x + 1), max(bottom, y + 1))
            }
        }
        let box = object.box
        // Only whole pixels have the colour, so its bounds lie up to two pixels inside.
        for (edge, seen) in [(box.x1, left), (box.y1, top), (box.x2, right), (box.y2, bottom)] {
            #expect(abs(edge - Float(seen)) < 2.5, "\(box) around \(left) \(top) \(right) \(bottom)")
        }
        _ = folder
    }

    @Test func `a blended picture has the objects of both and colours between`() throws {
        var settings = Self.plain
        settings.mixup = 1
        let (composer, folder) = try Self.composer(settings)
        let alone = composer.compose(0, epoch: 0, place: 0, withMosaic: false)
        let blended = composer.compose(0, epoch: 0, place: 0, withMosaic: true)
        #expect(alone.objects.count == 1)
        #expect(blended.objects.count == 2)
        #expect(blended.objects.first == alone.objects.first)
        #expect(blended.image != alone.image)
        _ = folder
    }

    @Test func `the same place gives the same picture, another place or epoch another`() throws {
        var settings = TrainingSettings()
        settings.imgsz = 64
        let (composer, folder) = try Self.composer(settings)
        let first = composer.compose(1, epoch: 2, place: 3, withMosaic: true).image
        _ = composer.compose(2, epoch: 9, place: 1, withMosaic: true)
        #expect(composer.compose(1, epoch: 2, place: 3, withMosaic: true).image == first)
        #expect(composer.compose(1, epoch: 3, place: 3, withMosaic: true).image != first)
        #expect(composer.compose(1, epoch: 2, place: 4, withMosaic: true).image != first)
        _ = folder
    }

    @Test func `a file that is no image becomes a grey picture and a sentence`() throws {
        let folder = try TemporaryFolder()
        try Data("no image".utf8).write(to: folder.url.appendingPathComponent("bad.png"))
        let dataset = LabelledDataset(
            categories: ["a"], images: [LabelledImage(fileName: "bad.png", width: 8, height: 8, objects: [])])
        let store = PictureStore(LabelledFolder(folder: folder.url.path, dataset: dataset), side: 64)
        #expect(store.picture(0).objects.isEmpty)
        #expect(store.problems.count == 1)
        #expect(store.problems[0].contains("bad.png"))
    }

    @Test func `an epoch brings every image once, in batches of equal size`() throws {
        var settings = Self.plain
        settings.batch = 4
        let folder = try TemporaryFolder()
        let store = PictureStore(try DrawnSet.write(to: folder, count: 10, side: 64), side: 64)
        let loader = BatchLoader(store: store, settings: settings, epoch: 0, withMosaic: false)
        let batches = (0..<loader.count).compactMap { _ in loader.next() }
        #expect(loader.next()?.pixels == nil)
        #expect(batches.map(\.objects.count).sorted() == [3, 3, 4])
        #expect(batches.allSatisfy { $0.pixels.count == $0.objects.count * 64 * 64 * 3 })
        settings.workers = 3
        let others = BatchLoader(store: store, settings: settings, epoch: 0, withMosaic: false)
        #expect((0..<others.count).compactMap { _ in others.next()?.pixels } == batches.map(\.pixels), "the order does not depend on the workers")
        let cancelled = BatchLoader(store: store, settings: settings, epoch: 1, withMosaic: false)
        cancelled.cancel()
    }
}

/// A set of images with one coloured rectangle each, whose colour tells its class.
enum DrawnSet {
    static let categories = ["red", "green"]

    static func colour(of category: Int) -> [UInt8] { category == 0 ? [220, 30, 30] : [30, 200, 40] }

    /// Makes the files below `folder`.
    static func write(to folder: TemporaryFolder, count: Int, side: Int) throws -> LabelledFolder {
        try read(folder.url.path, count: count, side: side)
    }

    /// The same files and labels whenever it is called.
    static func read(_ folder: String, count: Int, side: Int) throws -> LabelledFolder {
        var images: [LabelledImage] = []
        for index in 0..<count {
            let category = index % 2
            let unit = side / 16
            let (x, y) = ((4 + index % 3) * unit, (3 + index % 4) * unit)
            let (width, height) = (5 * unit, 6 * unit)
            let colour = colour(of: category)
            let image = PixelImage(width: side, height: side) { pixels in
                for row in 0..<side {
                    for column in 0..<side {
                        let isInside = (x..<(x + width)).contains(column) && (y..<(y + height)).contains(row)
                        for channel in 0..<3 { pixels[(row * side + column) * 3 + channel] = isInside ? colour[channel] : 128 }
                    }
                }
            }
            let name = "\(index).png"
            try image.write(toFile: "\(folder)/\(name)")
            let box = BoundingBox(x: Double(x), y: Double(y), width: Double(width), height: Double(height))
            images.append(
                LabelledImage(fileName: name, width: side, height: side, objects: [LabelledObject(box: box, category: category)]))
        }
        return LabelledFolder(folder: folder, dataset: LabelledDataset(categories: categories, images: images))
    }
}
