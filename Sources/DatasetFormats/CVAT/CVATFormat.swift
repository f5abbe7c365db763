/// CVAT's XML 1.1 "for images": one file, boxes as plain edges `xtl, ytl, xbr, ybr` in pixels, the split of an image as its `subset`.
/// Polygons, ellipses, masks and turned boxes become the boxes around them; polylines, points and skeletons are left out. The form for
/// videos (tracks of frames) has no image names and is not read.
package enum CVATFormat: DatasetFormat {
    package static let name = "cvat"
    package static let title = "CVAT for images"
    package static let abilities: FormatAbilities = [.splits, .categoryList, .imageSizes, .fractions, .sharedFiles]
    package static let imageFolder = "images"

    package static func detect(at path: String) -> String? {
        labelFiles(at: DatasetFolder.trimmed(path)).first.map { "\($0) has CVAT annotations of images" }
    }

    package static func open(at path: String, images: String? = nil) throws(DatasetError) -> DatasetReader {
        let path = DatasetFolder.trimmed(path)
        var files = labelFiles(at: path)
        if files.isEmpty, !DatasetFolder.isFolder(path) { files = [path] }
        guard !files.isEmpty else {
            throw DatasetError(file: path, message: "no CVAT file (XML with <annotations> and <image>) in this folder; export \"CVAT for images 1.1\"")
        }
        return DatasetReader(try CVATRecords(files, images: images.map(DatasetFolder.trimmed)))
    }

    package static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter {
        CVATWriter(folder: folder, categories: categories)
    }

    private static func labelFiles(at path: String) -> [String] {
        LabelFiles.find(at: path, extension: ["xml"]) { file in
            file.contains("<annotations>", within: 1 << 12) && !file.contains("<track ")
                && (file.contains("<image ") || file.contains("<labels>", within: 1 << 16))
        }
    }
}
