import DatasetFormats
import Detection
import Foundation
import Testing

/// What every format in `AllFormats` must do.
@Suite("Every dataset format")
struct FormatConformanceTests {
    private static let names = AllFormats.all.map { $0.name }

    private func format(_ name: String) throws -> any DatasetFormat.Type { try #require(AllFormats.named(name)) }

    private func written(_ name: String, _ dataset: LabelledDataset = Sample.dataset) throws -> ScratchFolder {
        let (folder, images) = (try ScratchFolder(), try Sample.images(of: dataset))
        try format(name).write(dataset, images: images.path, to: folder.path)
        return folder
    }

    @Test func `names are unique and found again`() {
        #expect(Set(Self.names).count == Self.names.count && Self.names.count == 10)
        for name in Self.names { #expect(AllFormats.named(name)?.name == name) }
        #expect(AllFormats.named("bmp") == nil)
        #expect(throws: DatasetError.self) { try AllFormats.named(orThrow: "bmp") }
    }

    @Test(arguments: names)
    func `what was written is told by looking`(name: String) throws {
        let folder = try written(name)
        let detected = try AllFormats.detect(at: folder.path + "/")
        #expect(detected.format.name == name)
        #expect(!detected.evidence.isEmpty)
        for other in AllFormats.all where other.name != name { #expect(other.detect(at: folder.path) == nil, "\(other.name)") }
    }

    @Test(arguments: names, [Sample.dataset, Sample.demanding, Sample.oddNames])
    func `what was written reads back equal, as far as the format can hold it`(name: String, dataset: LabelledDataset) throws {
        let folder = try written(name, dataset)
        let abilities = try format(name).abilities
        let result = try format(name).read(at: folder.path)
        #expect(result.format == name && result.issues.isEmpty, "\(result.issues)")
        if abilities.contains(.categoryList) {
            #expect(result.dataset.categories == dataset.categories)
        } else {
            let used = Set(dataset.images.flatMap(\.objects).map { dataset.categories[$0.category] })
            #expect(result.dataset.categories == used.sorted())
        }
        #expect(result.dataset.images.count == dataset.images.count)
        for original in dataset.images {
            let image = try #require(result.dataset.images.first { $0.fileName == original.fileName }, "\(original.fileName)")
            #expect(image.width == original.width && image.height == original.height)
            #expect(image.objects.map { result.dataset.categories[$0.category] } == original.objects.map { dataset.categories[$0.category] })
            for (object, expected) in zip(image.objects, original.objects) {
                let tolerance = abilities.contains(.fractions) ? 1e-9 : 0.5
                #expect(object.box.isNear(expected.box, tolerance), "\(object.box) for \(expected.box)")
                #expect(object.isCrowd == (abilities.contains(.crowds) && expected.isCrowd))
                #expect(object.isDifficult == (abilities.contains(.difficult) && expected.isDifficult))
                if abilities.contains(.areas) { #expect(object.area == expected.area) }
            }
            #expect(FileManager.default.fileExists(atPath: result.imageRoot + "/" + image.fileName))
        }
    }

    @Test(arguments: names)
    func `whole pixels come back exactly`(name: String) throws {
        let folder = try written(name)
        let result = try format(name).read(at: folder.path)
        #expect(result.dataset.images.map { $0.objects.map(\.box) } == Sample.dataset.images.map { $0.objects.map(\.box) })
    }

    @Test(arguments: names)
    func `splits are kept, or written down as lost`(name: String) throws {
        let (folder, images) = (try ScratchFolder(), try Sample.images())
        var sink = try DatasetSink(try format(name), to: folder.path, categories: Sample.dataset.categories, images: .required(images.path))
        let splits = ["train", "val", "test"]
        for (image, split) in zip(Sample.dataset.images, splits) { try sink.add(DatasetEntry(image, split: split)) }
        let losses = try sink.finish()
        let result = try format(name).read(at: folder.path)
        #expect(Set(result.dataset.images.map(\.fileName)) == Set(Sample.dataset.images.map(\.fileName)))
        if try format(name).abilities.contains(.splits) {
            #expect(Sample.dataset.images.map { result.splits[$0.fileName] } == splits)
            #expect(losses[.splits] == 0)
        } else {
            #expect(losses[.splits] == 3 && result.splits.isEmpty)
        }
        #expect(result.dataset.objectCount == 3 && result.issues.isEmpty, "\(result.issues)")
    }

    @Test(arguments: names)
    func `a set without images can be written and read`(name: String) throws {
        let folder = try ScratchFolder()
        try format(name).write(LabelledDataset(categories: ["a", "b"], images: []), to: folder.path)
        let result = try format(name).read(at: folder.path)
        #expect(result.dataset.images.isEmpty && result.issues.isEmpty, "\(result.issues)")
        #expect(result.dataset.categories == (try format(name).abilities.contains(.categoryList) ? ["a", "b"] : []))
    }

    @Test(arguments: names)
    func `images may lie in another folder`(name: String) throws {
        let (folder, images) = (try ScratchFolder(), try Sample.images())
        try format(name).write(Sample.dataset, images: nil, to: folder.path)
        let result = try AllFormats.read(at: folder.path, images: images.path)
        #expect(result.issues.isEmpty, "\(result.issues)")
        #expect(result.imageRoot == images.path)
        #expect(result.dataset.images.map(\.fileName) == Sample.dataset.images.map(\.fileName))
        #expect(result.dataset.objectCount == 3)
    }

    @Test(arguments: names)
    func `missing images are issues`(name: String) throws {
        let folder = try ScratchFolder()
        try format(name).write(Sample.dataset, images: nil, to: folder.path)
        let result = try format(name).read(at: folder.path, images: nil)
        #expect(!result.issues.isEmpty)
        #expect(result.dataset.objectCount == (try format(name).abilities.contains(.imageSizes) ? 3 : 0))
    }

    @Test(arguments: names)
    func `an image cut short is an issue or is not looked at`(name: String) throws {
        let folder = try written(name)
        for file in try folder.files() where file.hasSuffix("c.png") { try folder.write(Data([0x89, 0x50, 0x4E]), to: file) }
        let result = try AllFormats.read(at: folder.path)
        #expect(result.dataset.images.count == (try format(name).abilities.contains(.imageSizes) ? 3 : 2))
    }

    @Test(arguments: names)
    func `label files cut short or with a wrong byte give issues or an error, never a crash`(name: String) throws {
        let folder = try written(name)
        let format = try format(name)
        var faults = 0
        for file in try folder.files() where !file.hasSuffix(".png") {
            let whole = try Data(contentsOf: URL(filePath: folder.path + "/" + file))
            for cut in stride(from: 0, to: whole.count, by: max(1, whole.count / 60)) {
                var wrong = whole
                wrong[cut] = [0x00, 0xFF, 0x22, 0x2D, 0x7B][cut % 5]
                for bytes in [whole.prefix(cut), wrong] {
                    try folder.write(Data(bytes), to: file)
                    do throws(DatasetError) {
                        let result = try format.read(at: folder.path, images: nil)
                        faults += result.issues.isEmpty ? 0 : 1
                        #expect(result.dataset.isSound)
                        #expect(result.issues.allSatisfy { !$0.file.isEmpty && !$0.message.isEmpty && $0.line ?? 1 > 0 })
                    } catch {
                        faults += 1
                        #expect(!error.message.isEmpty && !error.file.isEmpty)
                    }
                }
            }
            try folder.write(whole, to: file)
        }
        #expect(faults > 10)
    }

    @Test(arguments: names)
    func `names in label files cannot climb out of the image folder`(name: String) throws {
        for evil in ["../../c.png", "/etc/c.png", "..\\\\..\\\\c.png", "file:///etc/c.png", "a/../../../c.png"] {
            let folder = try written(name)
            for file in try folder.files() where !file.hasSuffix(".png") {
                let text = String(decoding: try Data(contentsOf: URL(filePath: folder.path + "/" + file)), as: UTF8.self)
                try folder.write(text.replacingOccurrences(of: "c.png", with: evil), to: file)
            }
            let result = try format(name).read(at: folder.path)
            #expect(result.dataset.images.allSatisfy { !$0.fileName.hasPrefix("/") && !$0.fileName.split(separator: "/").contains("..") })
            #expect(result.dataset.images.contains { $0.fileName.hasSuffix("c.png") }, "\(result.dataset.images.map(\.fileName))")
        }
    }

    @Test(arguments: names)
    func `nothing is written outside the folder, and no image replaces another`(name: String) throws {
        let (folder, format) = (try ScratchFolder(), try format(name))
        for fileName in ["../evil.png", "/etc/evil.png", "", "a/../../b.png", "a\\b.png", "./a.png", "a//b.png", "a\0b.png"] {
            let image = LabelledImage(fileName: fileName, width: 5, height: 5, objects: [])
            #expect(throws: DatasetError.self, "\(fileName)") {
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
        #expect(try folder.files().allSatisfy { !$0.hasSuffix(".partial") })
    }

    @Test(arguments: names)
    func `images that differ in their extension alone stay two`(name: String) throws {
        let box = { LabelledObject(box: BoundingBox(x: 0, y: 0, width: $0, height: 1), category: 0) }
        let dataset = LabelledDataset(
            categories: ["a"],
            images: ["a.png", "a.jpg", "a_jpg.jpg"].enumerated().map {
                LabelledImage(fileName: $1, width: 9, height: 9, objects: [box(Double($0) + 1)])
            })
        let (folder, images) = (try ScratchFolder(), try Sample.images(of: dataset))
        let losses = try format(name).write(dataset, images: images.path, to: folder.path)
        let result = try format(name).read(at: folder.path)
        #expect(result.issues.isEmpty, "\(result.issues)")
        #expect(result.dataset.images.count == 3 && Set(result.dataset.images.flatMap(\.objects).map(\.box.width)) == [1, 2, 3])
        #expect((losses[.renamed] > 0) == !(try format(name).abilities.contains(.sharedFiles)))
    }

    @Test(arguments: names)
    func `writing over itself keeps the images, and a missing image is an error that deletes nothing`(name: String) throws {
        let (folder, format) = (try written(name), try format(name))
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
            #expect(throws: DatasetError.self, "\(format.name)") { try format.read(at: folder.path, images: nil) }
            #expect(throws: DatasetError.self, "\(format.name)") { try format.read(at: folder.path + "/absent", images: nil) }
        }
    }
}
