package import Detection
package import Foundation

/// COCO instances: one JSON file with `images`, `annotations` and `categories`; boxes are `[x, y, width, height]` in pixels.
///
/// A file, or a folder with such a file in itself, in `annotations/` or, as Roboflow writes them, in the folders of its splits
/// (`train/_annotations.coco.json`). Several files make one dataset.
package enum COCOFormat: DatasetFormat {
    package static let name = "coco"
    package static let title = "COCO"

    package static func detect(at path: String) -> String? {
        guard let file = labelFiles(at: DatasetFolder.trimmed(path)).first else { return nil }
        return "\(file) has images, annotations and categories"
    }

    package static func read(at path: String, images: String? = nil) throws(DatasetError) -> ImportedDataset {
        let path = DatasetFolder.trimmed(path)
        var files = labelFiles(at: path)
        // A file that was named is read whatever it looks like: its fault is worth more than "not found".
        if files.isEmpty, !DatasetFolder.isFolder(path) { files = [path] }
        guard !files.isEmpty else {
            throw DatasetError(
                file: path, message: "no COCO file (JSON with \"images\", \"annotations\" and \"categories\") in this folder")
        }
        return try COCOReader.read(files, at: path, images: images.map(DatasetFolder.trimmed))
    }

    package static func write(_ dataset: LabelledDataset, images: String? = nil, to folder: String) throws(DatasetError) {
        let names = dataset.images.map(\.fileName)
        try DatasetFolder.check(names)
        try DatasetFolder.write(
            COCOWriter.data(for: dataset), to: DatasetFolder.join(folder, "annotations/instances_default.json"))
        try DatasetFolder.placeImages(names, from: images, into: DatasetFolder.join(folder, "images"))
    }

    /// The dataset as one COCO file.
    package static func data(for dataset: LabelledDataset) throws(DatasetError) -> Data {
        try COCOWriter.data(for: dataset)
    }

    /// The COCO files that belong to `path`.
    private static func labelFiles(at path: String) -> [String] {
        guard DatasetFolder.isFolder(path) else { return looksRight(path) ? [path] : [] }
        let entries = DatasetFolder.entries(of: path)
        func matching(_ folder: String, _ names: [String]) -> [String] {
            names.filter { DatasetFolder.pathExtension(of: $0) == "json" }.map { DatasetFolder.join(folder, $0) }.filter(looksRight)
        }
        var files = matching(path, entries)
        if let annotations = DatasetFolder.subfolder(of: path, named: ["annotations"]) {
            let folder = DatasetFolder.join(path, annotations)
            let names = DatasetFolder.entries(of: folder)
            // Beside instances_*.json COCO keeps captions, key points and panoptic labels of the same images.
            let instances = names.filter { $0.hasPrefix("instances_") }
            files += matching(folder, instances.isEmpty ? names : instances)
        }
        if files.isEmpty {
            files = entries.map { DatasetFolder.join(path, $0) + "/_annotations.coco.json" }.filter(looksRight)
        }
        return files
    }

    /// Whether the file names all three lists. Not parsed: a broken file shall be read as COCO and its fault reported.
    private static func looksRight(_ path: String) -> Bool {
        guard ["json", ""].contains(DatasetFolder.pathExtension(of: path)), !DatasetFolder.isFolder(path),
            let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        else { return false }
        return ["\"images\"", "\"annotations\"", "\"categories\""].allSatisfy { data.range(of: Data($0.utf8)) != nil }
    }
}
