package import Detection
package import Foundation
package import Imaging

/// A labelled set of fridge photos on disk, as a person would have made it: images and one COCO file.
package enum FridgeSceneSet {
    /// Writes `images/<prefix>-0001.jpg` … and `annotations/coco_annotations.json` into `folder`, which is made when it is
    /// not there. Sets of different seeds share no photo. Returns the labels that were written.
    @discardableResult
    package static func write(
        count: Int, size: (width: Int, height: Int) = (480, 360), seed: UInt64, style: SceneStyle = .standard, prefix: String = "fridge",
        to folder: URL
    ) throws(ImagingError) -> LabelledDataset {
        let images = folder.appending(path: "images")
        let annotations = folder.appending(path: "annotations")
        do {
            for place in [images, annotations] { try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true) }
        } catch {
            throw ImagingError(.unreadable, "\(folder.path): the folder cannot be made; check that its parent may be written.")
        }
        var seeds = SceneRandom(seed: seed)
        var labels: [LabelledImage] = []
        for number in 1...max(1, count) where count > 0 {
            let digits = String(number)
            let name = "\(prefix)-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).jpg"
            let (image, label) = FridgeScene.render(
                seed: seeds.bits(), style: style, width: size.width, height: size.height, fileName: name)
            try image.write(toFile: images.appending(path: name).path, quality: 88)
            labels.append(label)
        }
        let dataset = LabelledDataset(categories: FridgeScene.categories, images: labels)
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try encoder.encode(COCOFile(dataset)).write(to: annotations.appending(path: "coco_annotations.json"), options: .atomic)
        } catch {
            throw ImagingError(.unreadable, "\(annotations.path): the labels cannot be written; check that the disk has room.")
        }
        return dataset
    }
}

/// The part of COCO's file format (cocodataset.org, "Data format") that detection needs. Numbers start at 1, as COCO's do.
private struct COCOFile: Encodable {
    struct Image: Encodable {
        let id: Int
        let file_name: String
        let width: Int
        let height: Int
    }
    struct Annotation: Encodable {
        let id: Int
        let image_id: Int
        let category_id: Int
        let bbox: [Double]
        let area: Double
        let iscrowd: Int
    }
    struct Category: Encodable {
        let id: Int
        let name: String
        let supercategory: String
    }
    var images: [Image] = []
    var annotations: [Annotation] = []
    let categories: [Category]

    init(_ dataset: LabelledDataset) {
        categories = dataset.categories.enumerated().map { Category(id: $0.offset + 1, name: $0.element, supercategory: "food") }
        for (index, image) in dataset.images.enumerated() {
            images.append(Image(id: index + 1, file_name: image.fileName, width: image.width, height: image.height))
            for object in image.objects {
                let box = object.box
                annotations.append(
                    Annotation(
                        id: annotations.count + 1, image_id: index + 1, category_id: object.category + 1,
                        bbox: [box.xMin, box.yMin, box.width, box.height], area: object.area, iscrowd: object.isCrowd ? 1 : 0))
            }
        }
    }
}
