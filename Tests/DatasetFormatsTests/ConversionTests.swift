import DatasetFormats
import Detection
import Foundation
import Testing

@Suite("Converting datasets")
struct ConversionTests {
    private static let names = AllFormats.all.map { $0.name }

    private func convert(_ source: String, to name: String, images: String? = nil, bringsImages: Bool = true) throws -> (ScratchFolder, ConversionReport) {
        let target = try ScratchFolder()
        return (target, try DatasetConversion(source, into: target.path, to: name, imageFolder: images, bringsImages: bringsImages).run())
    }

    private func written(_ dataset: LabelledDataset, as name: String) throws -> ScratchFolder {
        let (folder, images) = (try ScratchFolder(), try Sample.images(of: dataset))
        try #require(AllFormats.named(name)).write(dataset, images: images.path, to: folder.path)
        return folder
    }

    /// Boxes with their classes by name, by image.
    private func contents(_ dataset: LabelledDataset) -> [String: [(BoundingBox, String)]] {
        Dictionary(uniqueKeysWithValues: dataset.images.map { ($0.fileName, $0.objects.map { ($0.box, dataset.categories[$0.category]) }) })
    }

    private func expectSame(_ result: LabelledDataset, as original: LabelledDataset, within tolerance: Double) {
        let (found, expected) = (contents(result), contents(original))
        #expect(Set(found.keys) == Set(expected.keys))
        for (name, objects) in expected {
            #expect(found[name]?.map(\.1) == objects.map(\.1))
            for (box, other) in zip(found[name] ?? [], objects) { #expect(box.0.isNear(other.0, tolerance), "\(name): \(box.0) for \(other.0)") }
        }
    }

    @Test func `VOC to YOLO to COCO to VOC returns every box and class`() throws {
        let voc = try written(Sample.dataset, as: "voc")
        let (yolo, _) = try convert(voc.path, to: "yolo")
        let (coco, _) = try convert(yolo.path, to: "coco")
        let (back, report) = try convert(coco.path, to: "voc")
        #expect(report.isClean, "\(report.text)")
        #expect(try PascalVOCFormat.read(at: back.path).dataset == PascalVOCFormat.read(at: voc.path).dataset)
        for name in ["a/1", "b/2", "c"] {
            let file = { (folder: ScratchFolder) in try Data(contentsOf: URL(filePath: folder.path + "/Annotations/\(name).xml")) }
            #expect(try file(back) == file(voc))
        }
    }

    @Test(arguments: names)
    func `whole pixels survive the way through a format`(name: String) throws {
        let voc = try written(Sample.dataset, as: "voc")
        let (middle, _) = try convert(voc.path, to: name)
        let (back, _) = try convert(middle.path, to: "voc")
        expectSame(try PascalVOCFormat.read(at: back.path).dataset, as: Sample.dataset, within: 0)
    }

    @Test(arguments: names)
    func `edges between pixels move by half a pixel at most`(name: String) throws {
        let coco = try written(Sample.demanding, as: "coco")
        let (middle, report) = try convert(coco.path, to: name)
        let (back, _) = try convert(middle.path, to: "coco")
        expectSame(try COCOFormat.read(at: back.path).dataset, as: Sample.demanding, within: name == "voc" ? 0.5 : 1e-9)
        #expect(report.losses.largestShift <= 0.5)
    }

    @Test(.enabled(if: Sample.shared("odfridge") != nil), arguments: ["odfridge", "bccd"])
    func `real VOC sets come back exactly`(name: String) throws {
        let source = try #require(Sample.shared(name))
        let (voc, _) = try convertNamed(source, from: "voc", to: "voc")
        let (yolo, _) = try convert(voc.path, to: "yolo")
        let (coco, _) = try convert(yolo.path, to: "coco")
        let (back, report) = try convert(coco.path, to: "voc")
        #expect(report.losses[.rounded] == 0 && report.losses[.objects] == 0)
        let original = try PascalVOCFormat.read(at: source)
        expectSame(try PascalVOCFormat.read(at: back.path).dataset, as: original.dataset, within: 0)
        #expect(original.dataset.objectCount > 200)
    }

    private func convertNamed(_ source: String, from: String, to: String) throws -> (ScratchFolder, ConversionReport) {
        let target = try ScratchFolder()
        return (target, try DatasetConversion(source, into: target.path, from: from, to: to).run())
    }

    @Test(arguments: names)
    func `every loss is counted, and nothing else`(name: String) throws {
        let coco = try written(Sample.demanding, as: "coco")
        let (target, report) = try convert(coco.path, to: name)
        let abilities = try #require(AllFormats.named(name)).abilities
        func lost(_ ability: FormatAbilities, _ count: Int) -> Int { abilities.contains(ability) ? 0 : count }
        #expect(report.losses[.crowds] == lost(.crowds, 2) && report.losses[.difficult] == lost(.difficult, 2))
        #expect(report.losses[.areas] == lost(.areas, 2) && report.losses[.rounded] == lost(.fractions, 2))
        #expect(report.losses[.unusedCategories] == lost(.categoryList, 1) && report.losses[.renumbered] == lost(.categoryList, 2))
        #expect(report.images == 2 && report.objects == 4 && report.issueCount == 0)
        #expect(report.losses[.imageFiles] == 0 && report.losses[.imageSizes] == 0)
        let saved = try Data(contentsOf: URL(filePath: target.path + "/" + ConversionReport.fileName))
        #expect(try JSONDecoder().decode(ConversionReport.self, from: saved) == report)
        for kind in LossKind.allCases where report.losses[kind] > 0 { #expect(report.text.contains(kind.sentence)) }
        #expect(report.text.contains("nothing was lost") == report.losses.isEmpty)
    }

    @Test func `faults of the source are in the report with their places`() throws {
        let folder = try ScratchFolder()
        try folder.write(
            """
            {"images": [{"id": 1, "file_name": "a.png", "width": 9, "height": 9}], "categories": [{"id": 1, "name": "x"}, {"id": 2, "name": "x"}],
             "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 1, 20, 2]},
            {"image_id": 1, "category_id": 2, "bbox": [1, 1, 0, 2]}, {"image_id": 1, "category_id": 2, "segmentation": [[1, 1, 3, 1, 3, 4]]}]}
            """, to: "labels.json")
        let (_, report) = try convert(folder.path + "/labels.json", to: "createml")
        #expect(report.losses[.clamped] == 1 && report.losses[.objects] == 1 && report.losses[.outlines] == 1 && report.losses[.categoriesMerged] == 1)
        #expect(report.losses[.imageFiles] == 1)
        #expect(report.issues.contains { $0.line == 3 && $0.severity == .error } && report.issueCount == report.issues.count)
        #expect(report.objects == 2)
    }

    @Test func `a target that holds something is left alone, and a failure leaves nothing behind`() throws {
        let coco = try written(Sample.dataset, as: "coco")
        let target = try ScratchFolder()
        try target.write("mine", to: "notes.txt")
        #expect(throws: DatasetError.self) { try DatasetConversion(coco.path, into: target.path, to: "voc").run() }
        #expect(throws: DatasetError.self) { try DatasetConversion(coco.path, into: coco.path, to: "voc").run() }
        #expect(try target.files() == ["notes.txt"])
        let new = target.path + "/new"
        try coco.write("{\"images\": [], \"annotations\": [}", to: "annotations/instances_default.json")
        #expect(throws: DatasetError.self) { try DatasetConversion(coco.path, into: new, from: "coco", to: "voc").run() }
        #expect(!FileManager.default.fileExists(atPath: new))
        #expect(throws: DatasetError.self) { try DatasetConversion(coco.path, into: new, to: "nonsense").run() }
    }

    @Test func `progress counts up to the end`() throws {
        let images = (0..<250).map { LabelledImage(fileName: "\($0).png", width: 9, height: 9, objects: []) }
        let coco = try ScratchFolder(), target = try ScratchFolder()
        try COCOFormat.write(LabelledDataset(categories: ["x"], images: images), to: coco.path)
        var seen: [Int] = []
        _ = try DatasetConversion(coco.path, into: target.path, to: "voc", bringsImages: false).run { done, total in
            #expect(total == 250)
            seen.append(done)
        }
        #expect(seen == [100, 200, 250])
    }

    @Test(arguments: names)
    func `a summary counts what is there`(name: String) throws {
        let folder = try written(Sample.demanding, as: name)
        let summary = try DatasetSummary(of: folder.path)
        #expect(summary.format == name && summary.images == 2 && summary.objects == 4 && summary.issueCount == 0)
        #expect(summary.categories.first { $0.name == "cup" }.map { [$0.objects, $0.images] } == [3, 2])
        #expect(summary.categories.first { $0.name == "jug" }.map { [$0.objects, $0.images] } == [1, 1])
        #expect(try JSONDecoder().decode(DatasetSummary.self, from: JSONEncoder().encode(summary)) == summary)
    }
}
