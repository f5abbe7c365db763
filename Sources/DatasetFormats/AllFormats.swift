/// Every dataset format, as a list. The order decides when a folder holds the same labels in several forms: the form that
/// keeps most (COCO: sizes, crowds, areas) comes first.
package enum AllFormats {
    package static let all: [any DatasetFormat.Type] = [COCOFormat.self, PascalVOCFormat.self, YOLOFormat.self]

    /// The format called `name`.
    package static func named(_ name: String) -> (any DatasetFormat.Type)? {
        all.first { $0.name == name }
    }

    /// Tells the format of a folder or file by looking, with the evidence for it.
    package static func detect(at path: String) throws(DatasetError) -> (format: any DatasetFormat.Type, evidence: String) {
        guard DatasetFolder.exists(path) else {
            throw DatasetError(file: path, message: "there is nothing at this path; check its spelling and the working folder")
        }
        for format in all {
            if let evidence = format.detect(at: path) { return (format, evidence) }
        }
        throw DatasetError(
            file: path,
            message: """
                no known dataset form: looked for a COCO file (JSON with "images", "annotations" and "categories"), Pascal VOC \
                (a folder Annotations of XML files) and YOLO (data.yaml or classes.txt, images and labels/*.txt). \
                Name the format if it is one of these in an unusual layout
                """)
    }

    /// Detects the format and reads.
    /// - Parameter images: the folder of the image files when it is not beside the labels.
    package static func read(at path: String, images: String? = nil) throws(DatasetError) -> ImportedDataset {
        try detect(at: path).format.read(at: path, images: images)
    }
}
