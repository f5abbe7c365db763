import Detection
import Foundation
import Imaging

/// What `detect` prints, in each of its forms.
struct DetectReport {
    let classNames: [String]
    /// In the order of the pictures; nil where one could not be read.
    let seen: [DetectCommand.Seen?]

    struct Picture: Encodable {
        struct Object: Encodable {
            var class_id: Int
            var class_name: String
            var confidence: Double
            /// Left, top, right, bottom in pixels.
            var box_xyxy: [Double]
        }
        var image: String
        var width: Int
        var height: Int
        var detections: [Object]
    }

    var list: [Picture] {
        seen.compactMap(\.self).map { picture in
            Picture(
                image: picture.path, width: picture.width, height: picture.height,
                detections: picture.objects.map {
                    .init(
                        class_id: $0.category, class_name: name($0.category), confidence: $0.score,
                        box_xyxy: [$0.box.xMin, $0.box.yMin, $0.box.xMax, $0.box.yMax])
                })
        }
    }

    /// COCO's results. A picture's number is its name where all names are numbers, as in COCO's own sets, or else its place
    /// counted from 1; classes count from 1. The names stand beside for whoever matches by them.
    struct COCOResult: Encodable {
        var image_id: Int
        var file_name: String
        var category_id: Int
        var category_name: String
        /// Left, top, width, height in pixels.
        var bbox: [Double]
        var score: Double
    }

    var coco: [COCOResult] {
        let stems = seen.map { $0.map { URL(fileURLWithPath: $0.path).deletingPathExtension().lastPathComponent } }
        let numbers = stems.map { $0.flatMap { Int($0) } }
        let areNumbered = !zip(stems, numbers).contains { $0 != nil && $1 == nil }
        return seen.enumerated().flatMap { index, picture in
            (picture?.objects ?? []).map { object in
                COCOResult(
                    image_id: areNumbered ? numbers[index] ?? index + 1 : index + 1,
                    file_name: URL(fileURLWithPath: picture?.path ?? "").lastPathComponent, category_id: object.category + 1,
                    category_name: name(object.category), bbox: [object.box.xMin, object.box.yMin, object.box.width, object.box.height],
                    score: object.score)
            }
        }
    }

    /// A line for each object, and one for a picture without any.
    var table: String {
        var rows = [["image", "class", "confidence", "left", "top", "right", "bottom"]]
        for picture in seen.compactMap(\.self) {
            let file = URL(fileURLWithPath: picture.path).lastPathComponent
            if picture.objects.isEmpty { rows.append([file, "-", "", "", "", "", ""]) }
            rows += picture.objects.map { object in
                let edges = [object.box.xMin, object.box.yMin, object.box.xMax, object.box.yMax].map { String(format: "%.1f", $0) }
                return [file, name(object.category), String(format: "%.3f", object.score)] + edges
            }
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
        let whole = seen.compactMap(\.self)
        return (lines + ["\(whole.reduce(0) { $0 + $1.objects.count }) objects in \(whole.count) images"]).joined(separator: "\n")
    }

    private func name(_ category: Int) -> String { classNames.indices.contains(category) ? classNames[category] : "\(category)" }
}
