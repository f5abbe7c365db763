/// Every dataset format, as a list. The order decides when a folder holds the same labels in several forms: the form that
/// keeps most (COCO: sizes, crowds, areas) comes first.
package enum AllFormats {
    package static let all: [any DatasetFormat.Type] = [
        COCOFormat.self, PascalVOCFormat.self, YOLOFormat.self, CVATFormat.self, DatumaroFormat.self, AzureAutoMLFormat.self, VIAFormat.self,
        CustomVisionFormat.self, CreateMLFormat.self, LabelMeFormat.self,
    ]

    /// The format called `name`.
    package static func named(_ name: String) -> (any DatasetFormat.Type)? {
        all.first { $0.name == name }
    }

    /// The same, with an error that names those there are.
    package static func named(orThrow name: String) throws(DatasetError) -> any DatasetFormat.Type {
        guard let format = named(name) else {
            throw DatasetError(file: name, message: "there is no such format; there are \(all.map { $0.name }.joined(separator: ", "))")
        }
        return format
    }

    /// The format called `name`; told by looking when nil.
    package static func format(named name: String?, at path: String) throws(DatasetError) -> any DatasetFormat.Type {
        guard let name else { return try detect(at: path).format }
        guard DatasetFolder.exists(path) else { throw nothing(at: path) }
        return try named(orThrow: name)
    }

    /// Tells the format of a folder or file by looking, with the evidence for it.
    package static func detect(at path: String) throws(DatasetError) -> (format: any DatasetFormat.Type, evidence: String) {
        guard DatasetFolder.exists(path) else { throw nothing(at: path) }
        for format in all {
            if let evidence = format.detect(at: path) { return (format, evidence) }
        }
        throw DatasetError(
            file: path,
            message: """
                no known dataset form: looked for \(all.map { $0.title }.joined(separator: ", ")). Name the format if it is one of these \
                in an unusual layout
                """)
    }

    private static func nothing(at path: String) -> DatasetError {
        DatasetError(file: path, message: "there is nothing at this path; check its spelling and the working folder")
    }

    /// Detects the format and reads.
    /// - Parameter images: the folder of the image files when it is not beside the labels.
    package static func read(at path: String, images: String? = nil) throws(DatasetError) -> ImportedDataset {
        try detect(at: path).format.read(at: path, images: images)
    }
}
