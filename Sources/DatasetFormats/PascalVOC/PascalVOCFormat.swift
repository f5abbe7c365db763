package import Detection

/// Pascal VOC: one XML file per image in `Annotations`, image files in `JPEGImages` (or `images`, or beside the XML).
///
/// Coordinates are taken as the VOC devkit defines them, counted from 1 with the last pixel included: `xmin` 1 and `xmax` 10
/// are the ten leftmost columns, in our terms 0 to 10. Tools that write plain edges (LabelImg, odFridgeObjects) are
/// therefore read one pixel larger at the left and the top; nothing in a file tells the two apart, and one fixed rule
/// keeps VOC scores comparable. Class names are in the order of a `classes.txt` beside the folders, else sorted.
package enum PascalVOCFormat: DatasetFormat {
    package static let name = "voc"
    package static let title = "Pascal VOC"
    static let classFile = "classes.txt"

    package static func detect(at path: String) -> String? {
        let path = DatasetFolder.trimmed(path)
        guard let labels = labels(at: path) else { return nil }
        // The first files decide: other programs write XML as well, but none of it is an annotation with a size.
        guard labels.files.prefix(5).contains(where: { looksRight(DatasetFolder.join(labels.folder, $0)) }) else { return nil }
        return "\(labels.folder) has \(labels.files.count) VOC annotation files"
    }

    package static func read(at path: String, images: String? = nil) throws(DatasetError) -> ImportedDataset {
        let path = DatasetFolder.trimmed(path)
        guard let labels = labels(at: path) else {
            throw DatasetError(file: path, message: "no XML files here or in a folder Annotations; is this a Pascal VOC dataset?")
        }
        let home = labels.folder == path ? path : DatasetFolder.parent(of: labels.folder)
        let beside = DatasetFolder.subfolder(of: home, named: ["JPEGImages", "images"]).map { DatasetFolder.join(home, $0) }
        return PascalVOCReader(
            folder: labels.folder, files: labels.files, imageRoot: images.map(DatasetFolder.trimmed) ?? beside ?? labels.folder,
            classFile: DatasetFolder.join(home, classFile)
        ).read()
    }

    package static func write(_ dataset: LabelledDataset, images: String? = nil, to folder: String) throws(DatasetError) {
        try PascalVOCWriter.write(dataset, images: images, to: folder)
    }

    /// The folder of the XML files and their paths in it.
    private static func labels(at path: String) -> (folder: String, files: [String])? {
        guard DatasetFolder.isFolder(path) else {
            guard DatasetFolder.pathExtension(of: path) == "xml", DatasetFolder.exists(path) else { return nil }
            return (DatasetFolder.parent(of: path), [DatasetFolder.lastComponent(of: path)])
        }
        let folder = DatasetFolder.subfolder(of: path, named: ["Annotations"]).map { DatasetFolder.join(path, $0) } ?? path
        let files = DatasetFolder.files(under: folder, depth: folder == path ? 1 : 16)
            .filter { DatasetFolder.pathExtension(of: $0) == "xml" }
        return files.isEmpty ? nil : (folder, files)
    }

    private static func looksRight(_ path: String) -> Bool {
        guard let data = try? DatasetFolder.read(path) else { return false }
        let start = String(decoding: data.prefix(16_384), as: UTF8.self)
        return start.contains("<annotation>") && (start.contains("<size>") || start.contains("<bndbox>"))
    }
}
