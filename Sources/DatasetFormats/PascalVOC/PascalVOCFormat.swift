/// Pascal VOC: one XML file per image in `Annotations`, image files in `JPEGImages` (or `images`, or beside the XML), splits in
/// `ImageSets/Main`.
///
/// Coordinates are taken as the VOC devkit defines them, counted from 1 with the last pixel included: `xmin` 1 and `xmax` 10
/// are the ten leftmost columns, in our terms 0 to 10. Tools that write plain edges (LabelImg, Datumaro, odFridgeObjects) are
/// therefore read one pixel larger at the left and the top; nothing in a file tells the two apart, and one fixed rule
/// keeps VOC scores comparable. Writing undoes exactly that, so a set comes back as it was whichever way its tool counted. Whole
/// pixels are written, because many readers of VOC parse integers only; what that moves is reported. Class names are in the order
/// of a `classes.txt` or `labelmap.txt` beside the folders, else sorted.
package enum PascalVOCFormat: DatasetFormat {
    package static let name = "voc"
    package static let title = "Pascal VOC"
    package static let abilities: FormatAbilities = [.difficult, .splits, .categoryList, .imageSizes]
    package static let imageFolder = "JPEGImages"
    static let classFile = "classes.txt"
    /// CVAT's and Datumaro's list of classes, `name:color:parts:actions`; they take a set without it for one of VOC's twenty classes.
    static let labelMap = "labelmap.txt"

    package static func detect(at path: String) -> String? {
        guard let labels = labels(at: DatasetFolder.trimmed(path)) else { return nil }
        // The first files decide: other programs write XML as well, but none of it is an annotation with a size.
        guard labels.files.prefix(5).contains(where: { looksRight(DatasetFolder.join(labels.folder, $0)) }) else { return nil }
        return "\(labels.folder) has \(labels.files.count) VOC annotation files"
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = DatasetFolder.trimmed(path)
        guard let labels = labels(at: path) else {
            throw DatasetError(file: path, message: "no XML files here or in a folder Annotations; is this a Pascal VOC dataset?")
        }
        let home = labels.folder == path ? path : DatasetFolder.parent(of: labels.folder)
        let beside = DatasetFolder.subfolder(of: home, named: ["JPEGImages", "images"]).map { DatasetFolder.join(home, $0) }
        return DatasetReader(
            PascalVOCRecords(
                folder: labels.folder, files: labels.files, home: home, imageRoot: images.map(DatasetFolder.trimmed) ?? beside ?? labels.folder))
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        try PascalVOCWriter(folder: folder, categories: categories)
    }

    /// The folder of the XML files and their paths in it.
    private static func labels(at path: String) -> (folder: String, files: [String])? {
        guard DatasetFolder.isFolder(path) else {
            guard DatasetFolder.pathExtension(of: path) == "xml", DatasetFolder.exists(path) else { return nil }
            return (DatasetFolder.parent(of: path), [DatasetFolder.lastComponent(of: path)])
        }
        let inside = DatasetFolder.subfolder(of: path, named: ["Annotations"])
        let folder = inside.map { DatasetFolder.join(path, $0) } ?? path
        let files = DatasetFolder.files(under: folder, depth: inside == nil ? 1 : 16) { DatasetFolder.pathExtension(of: $0) == "xml" }
        // What a writer leaves of a set without images.
        let isEmptySet = inside != nil && DatasetFolder.exists(DatasetFolder.join(path, classFile))
        return files.isEmpty && !isEmptySet ? nil : (folder, files)
    }

    private static func looksRight(_ path: String) -> Bool {
        guard let file = try? FileBytes(path: path) else { return false }
        let start = file.text(to: 16_384)
        return start.contains("<annotation>") && (start.contains("<size>") || start.contains("<bndbox>"))
    }
}
