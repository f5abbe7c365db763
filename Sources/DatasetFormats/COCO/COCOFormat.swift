/// COCO instances: JSON files with `images`, `annotations` and `categories`; boxes are `[x, y, width, height]` in pixels.
///
/// A file, or a folder with such a file in itself, in `annotations/` or, as Roboflow writes them, in the folders of its splits
/// (`train/_annotations.coco.json`). Several files make one dataset. An annotation without a box gets the one around its
/// segmentation.
package enum COCOFormat: DatasetFormat {
    package static let name = "coco"
    package static let title = "COCO"
    package static let abilities: FormatAbilities = [
        .crowds, .difficult, .areas, .splits, .categoryList, .imageSizes, .fractions, .sharedFiles,
    ]
    package static let imageFolder = "images"

    package static func detect(at path: String) -> String? {
        guard let file = labelFiles(at: DatasetFolder.trimmed(path)).first else { return nil }
        return "\(file) has images, annotations and categories"
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = DatasetFolder.trimmed(path)
        var files = labelFiles(at: path)
        // A file that was named is read whatever it looks like: its fault is worth more than "not found".
        if files.isEmpty, !DatasetFolder.isFolder(path) { files = [path] }
        guard !files.isEmpty else {
            throw DatasetError(
                file: path, message: "no COCO file (JSON with \"images\", \"annotations\" and \"categories\") in this folder")
        }
        return DatasetReader(try COCORecords(files, at: path, images: images.map(DatasetFolder.trimmed)))
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        COCOWriter(folder: folder, categories: categories)
    }

    /// The COCO files that belong to `path`.
    private static func labelFiles(at path: String) -> [String] {
        let files = LabelFiles.find(at: path, in: ["annotations"], looksRight: looksRight)
        // Beside instances_*.json COCO keeps captions, key points and panoptic labels of the same images.
        let instances = files.filter { DatasetFolder.lastComponent(of: $0).hasPrefix("instances_") }
        return instances.isEmpty ? files : instances
    }

    /// Whether the file names all three lists. Not parsed: a broken file shall be read as COCO and its fault reported.
    private static func looksRight(_ file: FileBytes) -> Bool {
        file.firstByte == UInt8(ascii: "{") && ["\"images\"", "\"annotations\"", "\"categories\""].allSatisfy { file.contains($0) }
    }
}
