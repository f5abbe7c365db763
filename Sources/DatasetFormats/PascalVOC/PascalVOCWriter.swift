import Detection
import Foundation

/// Writes the VOC layout: `Annotations`, `JPEGImages` and, for the order of the classes, `classes.txt`. Crowd flags and annotated
/// areas have no place in VOC and are not kept.
enum PascalVOCWriter {
    static func write(_ dataset: LabelledDataset, images: String?, to folder: String) throws(DatasetError) {
        let names = dataset.images.map(\.fileName)
        try DatasetFolder.check(names, key: DatasetFolder.withoutExtension)
        let classes = dataset.categories.map { $0 + "\n" }.joined()
        try DatasetFolder.write(Data(classes.utf8), to: DatasetFolder.join(folder, PascalVOCFormat.classFile))
        for image in dataset.images {
            let path = "Annotations/\(DatasetFolder.withoutExtension(image.fileName)).xml"
            try DatasetFolder.write(Data(try xml(of: image, dataset.categories).utf8), to: DatasetFolder.join(folder, path))
        }
        try DatasetFolder.placeImages(names, from: images, into: DatasetFolder.join(folder, "JPEGImages"))
    }

    private static func xml(of image: LabelledImage, _ categories: [String]) throws(DatasetError) -> String {
        var xml = """
            <annotation>
            \t<folder>JPEGImages</folder>
            \t<filename>\(escaped(DatasetFolder.lastComponent(of: image.fileName)))</filename>
            \t<size>
            \t\t<width>\(image.width)</width>
            \t\t<height>\(image.height)</height>
            \t\t<depth>3</depth>
            \t</size>

            """
        for object in image.objects {
            guard categories.indices.contains(object.category), object.box.isFinite else {
                throw DatasetError(file: image.fileName, message: "an object has no known class or a box that is not finite")
            }
            xml += """
                \t<object>
                \t\t<name>\(escaped(categories[object.category]))</name>
                \t\t<difficult>\(object.isDifficult ? 1 : 0)</difficult>
                \t\t<bndbox>
                \t\t\t<xmin>\(number(object.box.xMin + 1))</xmin>
                \t\t\t<ymin>\(number(object.box.yMin + 1))</ymin>
                \t\t\t<xmax>\(number(object.box.xMax))</xmax>
                \t\t\t<ymax>\(number(object.box.yMax))</ymax>
                \t\t</bndbox>
                \t</object>

                """
        }
        return xml + "</annotation>\n"
    }

    /// Whole numbers without a fraction: many readers of VOC parse integers only.
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? String(value)
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
