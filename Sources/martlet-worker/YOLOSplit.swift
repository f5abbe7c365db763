import Detection
import Foundation
import Yams

/// Which images a `data.yaml` trains on and which it holds out: its keys `train` and `val`, each a folder, a text file of
/// image paths, or a list of these, relative to `path`.
struct YOLOSplit {
    private let training: Places
    private let heldOut: Places

    private struct Places {
        var folders: [String] = []
        var files: Set<String> = []

        func holds(_ path: String) -> Bool { files.contains(path) || folders.contains { path.hasPrefix($0 + "/") } }
    }

    /// Nil when `path` is no data.yaml and holds none, or the file names no such parts.
    init?(_ path: String) throws {
        let isFile = ["yaml", "yml"].contains(URL(filePath: path).pathExtension.lowercased())
        let file = isFile ? path : path + "/data.yaml"
        guard let bytes = FileManager.default.contents(atPath: file),
            let mapping = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self))?.mapping,
            let training = mapping["train"], let heldOut = mapping["val"] ?? mapping["valid"], training.null == nil, heldOut.null == nil
        else { return nil }
        let folder = URL(filePath: file).deletingLastPathComponent()
        var root = folder
        if let named = mapping["path"]?.string, !named.isEmpty {
            let place = named.hasPrefix("/") ? URL(filePath: named) : folder.appending(path: named)
            // A path from the machine that the file was written on: the data is where the file is.
            if FileManager.default.fileExists(atPath: place.path(percentEncoded: false)) { root = place }
        }
        self.training = Self.places(training, root: root)
        self.heldOut = Self.places(heldOut, root: root)
    }

    private static func places(_ node: Node, root: URL) -> Places {
        var places = Places()
        for entry in node.sequence?.compactMap(\.string) ?? [node.string].compactMap({ $0 }) {
            func url(_ text: some StringProtocol) -> URL { text.hasPrefix("/") ? URL(filePath: String(text)) : root.appending(path: String(text)) }
            var place = url(entry)
            // Some exporters write ../train/images for what lies beside the file.
            if entry.hasPrefix("../"), !FileManager.default.fileExists(atPath: place.path(percentEncoded: false)) { place = url(entry.dropFirst(3)) }
            guard place.pathExtension == "txt" else {
                places.folders.append(plain(place))
                continue
            }
            let list = FileManager.default.contents(atPath: place.path(percentEncoded: false)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            for line in list.split(whereSeparator: \.isNewline) {
                let name = line.trimmingCharacters(in: .whitespaces)
                // A leading ./ is relative to the list itself.
                places.files.insert(plain(name.hasPrefix("./") ? place.deletingLastPathComponent().appending(path: name) : url(name)))
            }
        }
        return places
    }

    private static func plain(_ url: URL) -> String {
        let path = url.standardizedFileURL.path(percentEncoded: false)
        return path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
    }

    /// The two parts; nil when one of them is empty, so that a split is made another way.
    func parts(of dataset: LabelledDataset, in root: String) -> (training: LabelledDataset, heldOut: LabelledDataset)? {
        let paths = dataset.images.map { Self.plain(URL(filePath: root).appending(path: $0.fileName)) }
        func part(_ places: Places) -> LabelledDataset {
            LabelledDataset(categories: dataset.categories, images: zip(dataset.images, paths).filter { places.holds($0.1) }.map(\.0))
        }
        let (first, second) = (part(training), part(heldOut))
        return first.images.isEmpty || second.images.isEmpty ? nil : (first, second)
    }
}
