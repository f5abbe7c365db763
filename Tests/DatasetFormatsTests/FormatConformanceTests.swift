import DatasetFormats
import Detection
import Foundation
import Testing

@Suite("Every dataset format")
struct FormatConformanceTests {
    private static let names = AllFormats.all.map { $0.name }

    private func written(_ name: String) throws -> ScratchFolder {
        let (folder, images) = (try ScratchFolder(), try Sample.images())
        try #require(AllFormats.named(name)).write(Sample.dataset, images: images.path, to: folder.path)
        return folder
    }

    @Test func `names are unique and found again`() {
        #expect(Set(Self.names).count == Self.names.count)
        for name in Self.names { #expect(AllFormats.named(name)?.name == name) }
        #expect(AllFormats.named("bmp") == nil)
    }

    @Test(arguments: names)
    func `what was written is told by looking`(name: String) throws {
        let folder = try written(name)
        let detected = try AllFormats.detect(at: folder.path + "/")
        #expect(detected.format.name == name)
        #expect(!detected.evidence.isEmpty)
        for other in AllFormats.all where other.name != name { #expect(other.detect(at: folder.path) == nil) }
    }

    @Test(arguments: names)
    func `what was written reads back equal`(name: String) throws {
        let folder = try written(name)
        let result = try AllFormats.read(at: folder.path)
        #expect(result.format == name && result.issues.isEmpty, "\(result.issues)")
        #expect(result.dataset.categories == Sample.dataset.categories)
        #expect(result.dataset.images.map(\.fileName) == Sample.dataset.images.map(\.fileName))
        for (image, original) in zip(result.dataset.images, Sample.dataset.images) {
            #expect(image.width == original.width && image.height == original.height)
            #expect(image.objects.map(\.category) == original.objects.map(\.category))
            for (object, expected) in zip(image.objects, original.objects) {
                if name == "yolo" {
                    #expect(abs(object.box.xMin - expected.box.xMin) < 0.5 && abs(object.box.yMax - expected.box.yMax) < 0.5)
                    #expect(abs(object.box.xMax - expected.box.xMax) < 0.5 && abs(object.box.yMin - expected.box.yMin) < 0.5)
                } else {
                    #expect(object == expected)
                }
            }
            #expect(FileManager.default.fileExists(atPath: result.imageRoot + "/" + image.fileName))
        }
    }

    @Test(arguments: names)
    func `images may lie in another folder`(name: String) throws {
        let (folder, images) = (try ScratchFolder(), try Sample.images())
        try #require(AllFormats.named(name)).write(Sample.dataset, images: nil, to: folder.path)
        let result = try AllFormats.read(at: folder.path, images: images.path)
        #expect(result.issues.isEmpty, "\(result.issues)")
        #expect(result.imageRoot == images.path)
        #expect(result.dataset.images.map(\.fileName) == Sample.dataset.images.map(\.fileName))
        #expect(result.dataset.objectCount == 3)
    }

    @Test(arguments: names)
    func `missing images are issues`(name: String) throws {
        let folder = try ScratchFolder()
        try #require(AllFormats.named(name)).write(Sample.dataset, images: nil, to: folder.path)
        let result = try #require(AllFormats.named(name)).read(at: folder.path, images: nil)
        #expect(!result.issues.isEmpty)
        #expect(result.dataset.objectCount == (name == "yolo" ? 0 : 3))
    }

    @Test(arguments: names)
    func `an image cut short is an issue or is not looked at`(name: String) throws {
        let folder = try written(name)
        for file in try folder.files() where file.hasSuffix("c.png") { try folder.write(Data([0x89, 0x50, 0x4E]), to: file) }
        let result = try AllFormats.read(at: folder.path)
        #expect(result.dataset.images.count == (name == "yolo" ? 2 : 3))
    }

    @Test(arguments: names)
    func `label files cut short or with a wrong byte give issues or an error, never a crash`(name: String) throws {
        let folder = try written(name)
        let format = try #require(AllFormats.named(name))
        let labels = try folder.files().filter { !$0.hasSuffix(".png") }
        let file = try #require(
            labels.max { first, second in
                let size = { (name: String) in (try? Data(contentsOf: URL(filePath: folder.path + "/" + name)).count) ?? 0 }
                return size(first) < size(second)
            })
        let whole = try Data(contentsOf: URL(filePath: folder.path + "/" + file))
        var errors = 0
        for cut in stride(from: 0, to: whole.count - 2, by: 7) {
            var wrong = whole
            wrong[cut] = [0x00, 0xFF, 0x22, 0x2D, 0x7B][cut % 5]
            for bytes in [whole.prefix(cut), wrong] {
                try folder.write(Data(bytes), to: file)
                do throws(DatasetError) {
                    let result = try format.read(at: folder.path, images: nil)
                    #expect(
                        result.dataset.images.allSatisfy { image in
                            image.objects.allSatisfy { result.dataset.categories.indices.contains($0.category) && $0.box.area > 0 }
                        })
                } catch {
                    errors += 1
                    #expect(!error.message.isEmpty && !error.file.isEmpty)
                }
            }
        }
        #expect(name != "coco" || errors > 10)
    }

    @Test(arguments: names)
    func `nothing is written outside the folder, and two images do not share a label file`(name: String) throws {
        let (folder, format) = (try ScratchFolder(), try #require(AllFormats.named(name)))
        for fileName in ["../evil.png", "/etc/evil.png", "", "a/../../b.png"] {
            let image = LabelledImage(fileName: fileName, width: 5, height: 5, objects: [])
            #expect(throws: DatasetError.self) {
                try format.write(LabelledDataset(categories: ["a"], images: [image]), images: nil, to: folder.path)
            }
        }
        let twins = ["a.png", "a.png"].map { LabelledImage(fileName: $0, width: 5, height: 5, objects: []) }
        #expect(throws: DatasetError.self) {
            try format.write(LabelledDataset(categories: [], images: twins), images: nil, to: folder.path)
        }
        let astray = LabelledImage(
            fileName: "a.png", width: 5, height: 5,
            objects: [LabelledObject(box: BoundingBox(x: 0, y: 0, width: 1, height: 1), category: 3)])
        #expect(throws: DatasetError.self) {
            try format.write(LabelledDataset(categories: ["a"], images: [astray]), images: nil, to: folder.path)
        }
    }

    @Test(arguments: names)
    func `writing over itself keeps the images, and a missing image is an error that deletes nothing`(name: String) throws {
        let (folder, format) = (try written(name), try #require(AllFormats.named(name)))
        let before = try folder.files()
        let root = try format.read(at: folder.path, images: nil).imageRoot
        try format.write(Sample.dataset, images: root, to: folder.path)
        #expect(try folder.files() == before)
        #expect(throws: DatasetError.self) {
            try format.write(Sample.dataset, images: folder.path + "/absent", to: folder.path)
        }
        #expect(try folder.files() == before)
    }

    @Test func `nothing there, an empty folder and a file of something else are told apart`() throws {
        let folder = try ScratchFolder()
        try folder.write("hello\n", to: "notes.txt")
        #expect(throws: DatasetError.self) { try AllFormats.detect(at: folder.path + "/absent") }
        #expect(throws: DatasetError.self) { try AllFormats.detect(at: folder.path) }
        #expect(throws: DatasetError.self) { try AllFormats.detect(at: folder.path + "/notes.txt") }
        for format in AllFormats.all {
            #expect(throws: DatasetError.self) { try format.read(at: folder.path + "/absent", images: nil) }
        }
    }
}
