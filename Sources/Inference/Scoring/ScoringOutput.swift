import Detection
import Foundation
import Imaging

/// The bodies of scoring answers, in the shapes of the requests. Coordinates are fractions of the picture, 0 to 1.
struct ScoringOutput {
    /// One detection in the shape of Ultralytics-style scoring scripts.
    struct Detection: Codable, Equatable {
        var class_id: Int
        var class_name: String
        var confidence: Double
        var box_xyxyn: [Double]
    }

    /// One picture in the shape of Azure AutoML for images.
    struct AutoMLImage: Codable, Equatable {
        struct Entry: Codable, Equatable {
            var box: Corners
            var label: String
            var score: Double
        }

        struct Corners: Codable, Equatable {
            var topX: Double
            var topY: Double
            var bottomX: Double
            var bottomY: Double
        }

        var boxes: [Entry]
    }

    let classNames: [String]

    /// The body for objects found in each image.
    func body(_ found: [[DetectedObject]], images: [PixelImage], shape: ScoringInput.Shape) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        switch shape {
        case .autoML:
            return Array(try encoder.encode(zip(found, images).map(autoML)))
        case .bytes:
            return Array(try encoder.encode(zip(found, images).flatMap(list)))
        case .single:
            // A scoring script returns json.dumps(…), which the inference server encodes once more: a string arrives.
            let inner = String(decoding: try encoder.encode(zip(found, images).flatMap(list)), as: UTF8.self)
            return Array(try encoder.encode(inner))
        }
    }

    private func list(_ objects: [DetectedObject], _ image: PixelImage) -> [Detection] {
        objects.map {
            let box = fractions($0.box, image)
            return Detection(
                class_id: $0.category, class_name: name($0.category), confidence: $0.score,
                box_xyxyn: [box.xMin, box.yMin, box.xMax, box.yMax])
        }
    }

    private func autoML(_ objects: [DetectedObject], _ image: PixelImage) -> AutoMLImage {
        AutoMLImage(
            boxes: objects.map {
                let box = fractions($0.box, image)
                return .init(
                    box: .init(topX: box.xMin, topY: box.yMin, bottomX: box.xMax, bottomY: box.yMax),
                    label: name($0.category), score: $0.score)
            })
    }

    private func name(_ category: Int) -> String { classNames.indices.contains(category) ? classNames[category] : "\(category)" }

    private func fractions(_ box: BoundingBox, _ image: PixelImage) -> BoundingBox {
        let width = Double(max(1, image.width)), height = Double(max(1, image.height))
        return BoundingBox(xMin: box.xMin / width, yMin: box.yMin / height, xMax: box.xMax / width, yMax: box.yMax / height)
            .clipped(width: 1, height: 1)
    }
}
