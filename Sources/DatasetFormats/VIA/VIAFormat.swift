/// VGG Image Annotator 2: a project file (`_via_img_metadata`) or its exported annotations, regions with `shape_attributes` in pixels.
/// The class is the attribute of the region that is called so (`class`, `label`, `name`, …), else the first that holds text.
/// Polygons, circles and ellipses become the boxes around them; polylines and points are left out. VIA keeps no sizes; what is written
/// has them as attributes of the file.
package enum VIAFormat: DatasetFormat {
    package static let name = "via"
    package static let title = "VGG Image Annotator"
    package static let abilities: FormatAbilities = [.crowds, .difficult, .categoryList, .imageSizes, .fractions, .sharedFiles]
    package static let imageFolder = "images"

    package static func detect(at path: String) -> String? {
        labelFiles(at: DatasetFolder.trimmed(path)).first.map { "\($0) has VIA regions" }
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = DatasetFolder.trimmed(path)
        var files = labelFiles(at: path)
        if files.isEmpty, !DatasetFolder.isFolder(path) { files = [path] }
        guard !files.isEmpty else {
            throw DatasetError(
                file: path, message: "no VIA file (JSON with \"_via_img_metadata\", or with \"regions\" and \"shape_attributes\") in this folder")
        }
        let home = DatasetFolder.isFolder(path) ? path : DatasetFolder.parent(of: path)
        var records = JSONRecords(parse: VIAParser.image)
        var names = CategoryList()
        for file in try JSONRecords.open(files, at: home) {
            records.add(file)
            var scanner = JSONScanner(file.bytes)
            try VIAParser.places(&scanner, in: &records, &names)
            try scanner.finish()
            file.bytes.releasePages()
        }
        records.categories = names.names
        records.imageRoot =
            images.map(DatasetFolder.trimmed) ?? ImageFolder.likeliest(of: ImageFolder.usual(below: home), names: records.firstNames)
        return DatasetReader(records)
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        VIAWriter(folder: folder, categories: categories)
    }

    private static func labelFiles(at path: String) -> [String] {
        LabelFiles.find(at: path) { file in
            file.firstByte == UInt8(ascii: "{")
                && (file.contains("\"_via_img_metadata\"", within: 1 << 20)
                    || (file.contains("\"regions\"", within: 1 << 16) && file.contains("\"filename\"", within: 1 << 16)
                        && file.contains("\"file_attributes\"")))
        }
    }
}
