/// Datumaro's own JSON: `annotations/SUBSET.json` with `categories` and `items`; boxes are `[x, y, width, height]` in pixels. Polygons
/// and masks become the boxes around them; labels of whole images, captions and points are left out.
package enum DatumaroFormat: DatasetFormat {
    package static let name = "datumaro"
    package static let title = "Datumaro"
    package static let abilities: FormatAbilities = [.crowds, .difficult, .splits, .categoryList, .imageSizes, .fractions]
    package static let imageFolder = "images"

    package static func detect(at path: String) -> String? {
        labelFiles(at: DatasetFolder.trimmed(path)).first.map { "\($0) has items and categories" }
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = DatasetFolder.trimmed(path)
        var files = labelFiles(at: path)
        if files.isEmpty, !DatasetFolder.isFolder(path) { files = [path] }
        guard !files.isEmpty else {
            throw DatasetError(file: path, message: "no Datumaro file (JSON with \"items\" and \"categories\") here or in a folder annotations")
        }
        return DatasetReader(try DatumaroRecords(files, at: path, images: images.map(DatasetFolder.trimmed)))
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        DatumaroWriter(folder: folder, categories: categories)
    }

    private static func labelFiles(at path: String) -> [String] {
        LabelFiles.find(at: path, in: ["annotations"]) { file in
            file.firstByte == UInt8(ascii: "{") && file.contains("\"items\"") && file.contains("\"categories\"")
                && !file.contains("\"images\"", within: 1 << 16)
        }
    }
}
