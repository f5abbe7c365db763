import Detection
import Foundation

/// Writes a dataset as COCO's instances JSON, ids counting from 1.
enum COCOWriter {
    private struct Document: Encodable {
        struct Image: Encodable {
            var id: Int, file_name: String, width: Int, height: Int
        }
        struct Annotation: Encodable {
            var id: Int, image_id: Int, category_id: Int, bbox: [Double], area: Double, iscrowd: Int
            /// Not COCO's, and written only where set: keeps Pascal VOC's flag through a round trip.
            var difficult: Int?
        }
        struct Category: Encodable {
            var id: Int, name: String
        }
        var images: [Image], annotations: [Annotation] = [], categories: [Category]
    }

    static func data(for dataset: LabelledDataset) throws(DatasetError) -> Data {
        var document = Document(
            images: dataset.images.enumerated().map { index, image in
                .init(id: index + 1, file_name: image.fileName, width: image.width, height: image.height)
            },
            categories: dataset.categories.enumerated().map { .init(id: $0 + 1, name: $1) })
        for (index, image) in dataset.images.enumerated() {
            for object in image.objects {
                guard dataset.categories.indices.contains(object.category), object.box.isFinite, object.area.isFinite else {
                    throw DatasetError(file: image.fileName, message: "an object has no known class or a box that is not finite")
                }
                document.annotations.append(
                    .init(
                        id: document.annotations.count + 1, image_id: index + 1, category_id: object.category + 1,
                        bbox: [object.box.xMin, object.box.yMin, object.box.width, object.box.height], area: object.area,
                        iscrowd: object.isCrowd ? 1 : 0, difficult: object.isDifficult ? 1 : nil))
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(document)
        } catch {
            throw DatasetError(file: "COCO JSON", message: "\(error)")
        }
    }
}
