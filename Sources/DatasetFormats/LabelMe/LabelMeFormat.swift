/// LabelMe: one JSON file beside each image, shapes of points in pixels, `rectangle` with two corners. Polygons, circles and masks
/// become the boxes around them; lines and points are left out. Difficult and crowd objects are flags of a shape. Class names are in
/// the order of `labels.txt` in the folder, which the program is started with, else sorted.
package enum LabelMeFormat: DatasetFormat {
    package static let name = "labelme"
    package static let title = "LabelMe"
    package static let abilities: FormatAbilities = [.crowds, .difficult, .categoryList, .imageSizes, .fractions]
    package static let imageFolder = ""
    static let labelList = "labels.txt"

    package static func detect(at path: String) -> String? {
        let path = DatasetFolder.trimmed(path)
        let (folder, files) = labels(at: path)
        guard let right = files.prefix(5).first(where: { looksRight(DatasetFolder.join(folder, $0)) }) else { return nil }
        return "\(DatasetFolder.join(folder, right)) has shapes, one of \(files.count) such files"
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = DatasetFolder.trimmed(path)
        let (folder, files) = labels(at: path)
        guard !files.isEmpty || DatasetFolder.exists(DatasetFolder.join(folder, labelList)) else {
            throw DatasetError(file: path, message: "no LabelMe files (JSON with \"shapes\" beside each image) here or below")
        }
        return DatasetReader(LabelMeRecords(folder: folder, files: files, imageRoot: images.map(DatasetFolder.trimmed) ?? folder))
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        LabelMeWriter(folder: folder, categories: categories)
    }

    private static func labels(at path: String) -> (folder: String, files: [String]) {
        guard DatasetFolder.isFolder(path) else {
            return (DatasetFolder.parent(of: path), DatasetFolder.exists(path) ? [DatasetFolder.lastComponent(of: path)] : [])
        }
        return (path, DatasetFolder.files(under: path) { DatasetFolder.pathExtension(of: $0) == "json" && $0 != ConversionReport.fileName })
    }

    private static func looksRight(_ path: String) -> Bool {
        guard let file = try? FileBytes(path: path), file.firstByte == UInt8(ascii: "{") else { return false }
        return file.contains("\"shapes\"") && (file.contains("\"imagePath\"") || file.contains("\"imageHeight\""))
    }
}
