/// YOLO: one text file per image with a line `class cx cy width height` per object, all but the class as fractions of the
/// image; class names in `data.yaml`, `classes.txt` or Darknet's `obj.names`, splits under `train`, `val` and `test` of `data.yaml`.
///
/// The label file of `…/images/a/1.jpg` is `…/labels/a/1.txt`, or `1.txt` beside the image. The sizes come from the image
/// files, so an image that is missing cannot be read. Lines with three corners or more (segmentation) become their
/// bounding box.
package enum YOLOFormat: DatasetFormat {
    package static let name = "yolo"
    package static let title = "YOLO"
    package static let abilities: FormatAbilities = [.splits, .categoryList, .fractions]
    package static let imageFolder = "images"

    package static func detect(at path: String) -> String? {
        let layout = YOLOLayout(at: path)
        guard let label = layout.labelFiles.first else { return nil }
        if let namesFile = layout.namesFile {
            return "\(namesFile) names classes, and \(layout.labelFiles.count) label files were found"
        }
        // Text files are everywhere; without class names the first ones must hold labels.
        let first = layout.labelFiles.prefix(5).map { DatasetFolder.join(layout.root, $0) }
        guard first.contains(where: YOLOParser.holdsLabels) else { return nil }
        return "\(DatasetFolder.join(layout.root, label)) holds boxes as fractions"
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        DatasetReader(try YOLORecords(YOLOLayout(at: path, images: images)))
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        try YOLOWriter(folder: folder, categories: categories)
    }
}
