import Detection
import Foundation

/// Writes the YOLO layout: `images`, `labels` and `data.yaml`. Crowd and difficult flags have no place in YOLO and are not kept.
enum YOLOWriter {
    static func write(_ dataset: LabelledDataset, images: String?, to folder: String) throws(DatasetError) {
        let names = dataset.images.map(\.fileName)
        try DatasetFolder.check(names, key: DatasetFolder.withoutExtension)
        var yaml = "train: images\nval: images\nnames:\n"
        for (index, name) in dataset.categories.enumerated() { yaml += "  \(index): \(quoted(name))\n" }
        try DatasetFolder.write(Data(yaml.utf8), to: DatasetFolder.join(folder, "data.yaml"))
        for image in dataset.images {
            guard image.width > 0, image.height > 0 else {
                throw DatasetError(file: image.fileName, message: "YOLO labels are fractions, and this image has no size")
            }
            let (width, height) = (Double(image.width), Double(image.height))
            var text = ""
            for object in image.objects {
                guard dataset.categories.indices.contains(object.category), object.box.isFinite else {
                    throw DatasetError(file: image.fileName, message: "an object has no known class or a box that is not finite")
                }
                let box = object.box
                let numbers = [box.centerX / width, box.centerY / height, box.width / width, box.height / height]
                text += "\(object.category) " + numbers.map { "\($0)" }.joined(separator: " ") + "\n"
            }
            let path = "labels/\(DatasetFolder.withoutExtension(image.fileName)).txt"
            try DatasetFolder.write(Data(text.utf8), to: DatasetFolder.join(folder, path))
        }
        try DatasetFolder.placeImages(names, from: images, into: DatasetFolder.join(folder, "images"))
    }

    private static func quoted(_ name: String) -> String {
        let escaped = name.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            .replacingOccurrences(of: "\n", with: "\\n")
        return "\"\(escaped)\""
    }
}
