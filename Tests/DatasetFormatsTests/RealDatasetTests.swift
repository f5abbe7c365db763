import DatasetFormats
import Detection
import Foundation
import Testing

/// Real sets in `../shared/data`; skipped where it is absent.
@Suite("Real datasets", .enabled(if: Sample.shared("odfridge") != nil))
struct RealDatasetTests {
    @Test(arguments: ["coco", "voc", "yolo"])
    func `odFridgeObjects reads the same in each of its forms`(name: String) throws {
        let path = try #require(Sample.shared("odfridge"))
        let format = try #require(AllFormats.named(name))
        #expect(format.detect(at: path) != nil)
        let result = try format.read(at: path, images: nil)
        #expect(result.dataset.images.count == 102 && result.dataset.objectCount == 252)
        #expect(result.issues.isEmpty, "\(result.issues.prefix(3))")
        #expect(Set(result.dataset.categories) == ["can", "carton", "milk_bottle", "water_bottle"])
        #expect(result.imageRoot == path + "/images")
        #expect(result.dataset.images.allSatisfy { $0.width == 499 && $0.height == 666 })
        #expect(result.dataset.images.allSatisfy { FileManager.default.fileExists(atPath: result.imageRoot + "/" + $0.fileName) })
        let image = try #require(result.dataset.images.first { $0.fileName == "1.jpg" })
        let box = try #require(image.objects.first?.box)
        // VOC counts from 1 by its own definition (see PascalVOCFormat); the other forms were made as plain edges.
        let shift = name == "voc" ? 1.0 : 0
        #expect(abs(box.xMin - (100 - shift)) < 1e-6 && abs(box.yMin - (173 - shift)) < 1e-6)
        #expect(abs(box.xMax - 233) < 1e-6 && abs(box.yMax - 521) < 1e-6)
        #expect(image.objects.first.map { result.dataset.categories[$0.category] } == "carton")
    }

    @Test func `odFridgeObjects is taken as COCO`() throws {
        #expect(try AllFormats.detect(at: #require(Sample.shared("odfridge"))).format.name == "coco")
    }

    @Test func `labels and images may be given apart`() throws {
        let path = try #require(Sample.shared("odfridge"))
        let result = try AllFormats.read(at: path + "/coco.json", images: path + "/images/")
        #expect(result.dataset.objectCount == 252 && result.issues.isEmpty && result.imageRoot == path + "/images")
    }

    @Test func `the blood cells are all read`() throws {
        let result = try AllFormats.read(at: try #require(Sample.shared("bccd")))
        #expect(result.format == "voc")
        #expect(result.dataset.images.count == 292 && result.dataset.objectCount == 3943)
        #expect(result.dataset.categories == ["Platelets", "RBC", "WBC"] && result.issues.isEmpty, "\(result.issues.prefix(3))")
    }

    @Test func `COCO val2014 keeps its crowds and areas`() throws {
        let path = try #require(Sample.shared("formats/coco-eval-100")) + "/instances_val2014_100.json"
        let result = try AllFormats.read(at: path)
        #expect(result.dataset.images.count == 100 && result.dataset.objectCount == 839)
        #expect(result.dataset.images.flatMap(\.objects).count { $0.isCrowd } == 9)
        #expect(result.dataset.categories.count == 80)
        #expect(result.issues.count == 1, "\(result.issues.prefix(3))")
    }

    @Test(arguments: [
        ("coco_dataset/coco", "coco", 2), ("coco_dataset/coco_roboflow", "coco", 2), ("coco_dataset/mmdet_coco", "coco", 2),
        ("voc_dataset/voc_dataset1", "voc", 2), ("voc_dataset/voc_dataset3", "voc", 1), ("yolo_dataset/strict", "yolo", 1),
        ("yolo_dataset/labels", "yolo", 2), ("yolo_dataset/annotations", "yolo", 1),
    ])
    func `the layouts of other tools are found`(folder: String, format: String, images: Int) throws {
        let path = try #require(Sample.shared("formats/datumaro/" + folder))
        let result = try AllFormats.read(at: path)
        #expect(result.format == format && result.dataset.images.count == images)
        #expect(result.dataset.images.allSatisfy { FileManager.default.fileExists(atPath: result.imageRoot + "/" + $0.fileName) })
        #expect(result.dataset.objectCount > 0)
        #expect(!result.issues.contains { $0.message.contains("is not in") }, "\(result.issues)")
    }

    @Test func `odFridgeObjects in Azure AutoML's form has the same boxes as its COCO file`() throws {
        let path = try #require(Sample.shared("odfridge"))
        let result = try AllFormats.read(at: path + "/automl")
        let coco = try COCOFormat.read(at: path).dataset
        #expect(result.format == "azureml" && result.issues.isEmpty, "\(result.issues.prefix(3))")
        #expect(result.imageRoot == path + "/images" && Set(result.splits.values) == ["train", "val"])
        #expect(result.dataset.images.count == 102 && result.dataset.objectCount == 252)
        for image in result.dataset.images {
            let other = try #require(coco.images.first { $0.fileName == image.fileName })
            let sorted = { (objects: [LabelledObject]) in objects.map(\.box).sorted { ($0.xMin, $0.yMin) < ($1.xMin, $1.yMin) } }
            #expect(sorted(image.objects) == sorted(other.objects))
        }
    }

    @Test func `the fruit of the Custom Vision lesson are all read`() throws {
        let result = try AllFormats.read(at: try #require(Sample.shared("produce")))
        #expect(result.format == "customvision" && result.dataset.images.count == 23 && result.dataset.objectCount == 33)
        #expect(result.dataset.categories == ["apple", "banana", "orange"] && result.issues.isEmpty, "\(result.issues.prefix(3))")
        #expect(result.dataset.isSound && result.dataset.images.allSatisfy { $0.width == 1024 && $0.height == 768 })
    }

    @Test func `VIA's polygons become boxes`() throws {
        let result = try AllFormats.read(at: try #require(Sample.shared("formats/via")))
        #expect(result.format == "via" && result.dataset.images.count == 2 && result.dataset.objectCount > 5)
        #expect(result.issues.allSatisfy { $0.loss == .outlines } && result.issues.count == 2, "\(result.issues.prefix(3))")
    }

    @Test(arguments: [("export_project", 6, ["test", "train", "val"]), ("export_task", 2, ["train"])])
    func `CVAT exports are read with their subsets`(folder: String, images: Int, splits: [String]) throws {
        let result = try AllFormats.read(at: try #require(Sample.shared("formats/datumaro/cvat_dataset/for_images/" + folder)))
        #expect(result.format == "cvat" && result.dataset.images.count == images)
        #expect(Set(result.splits.values).sorted() == splits)
        #expect(result.dataset.images.first?.objects.first?.box == BoundingBox(xMin: 0, yMin: 2, xMax: 4, yMax: 4))
        #expect(!result.issues.contains { $0.message.contains("is not in") }, "\(result.issues)")
    }

    @Test(arguments: ["formats/datumaro/cvat_dataset/for_video", "formats/datumaro/labelme_dataset"])
    func `other formats are not mistaken for ours`(folder: String) throws {
        let path = try #require(Sample.shared(folder))
        #expect(throws: DatasetError.self) { try AllFormats.detect(at: path) }
    }
}
