import Foundation

/// Looking around in a folder, and writing image files into one.
enum DatasetFolder {
    static let imageExtensions: Set<String> = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff"]

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Visible entries of a folder, sorted; empty when it cannot be read.
    static func entries(of folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The entry of `folder` that is a folder with one of `names`, whatever its capitals.
    static func subfolder(of folder: String, named names: [String]) -> String? {
        let entries = entries(of: folder)
        for name in names {
            if let entry = entries.first(where: { $0.lowercased() == name.lowercased() && isFolder(join(folder, $0)) }) { return entry }
        }
        return nil
    }

    /// All visible files below `folder` as sorted relative paths; symbolic links are followed, 16 levels deep at most.
    static func files(under folder: String, depth: Int = 16) -> [String] {
        guard depth > 0 else { return [] }
        return entries(of: folder).flatMap { entry in
            isFolder(join(folder, entry)) ? files(under: join(folder, entry), depth: depth - 1).map { join(entry, $0) } : [entry]
        }
    }

    static func join(_ folder: String, _ path: String) -> String {
        folder.isEmpty || folder == "." ? path : path.isEmpty ? folder : folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    /// A path without a slash at its end, so that joined and cut paths agree.
    static func trimmed(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func lastComponent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    static func pathExtension(of path: String) -> String {
        let name = lastComponent(of: path)
        return name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    }

    static func withoutExtension(_ path: String) -> String {
        let name = lastComponent(of: path)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return path }
        return String(path.dropLast(name.distance(from: dot, to: name.endIndex)))
    }

    static func isImage(_ path: String) -> Bool { imageExtensions.contains(pathExtension(of: path)) }

    /// A file name out of a label file as a path that cannot leave its folder: backslashes become slashes, and of an absolute
    /// path or one that climbs only the last component is left.
    static func contained(_ fileName: String) -> String {
        let name = fileName.replacingOccurrences(of: "\\", with: "/")
        let parts = name.split(separator: "/").filter { $0 != "." }
        if name.hasPrefix("/") || name.contains("://") || parts.contains("..") { return parts.last.map(String.init) ?? "" }
        return parts.joined(separator: "/")
    }

    static func read(_ path: String) throws(DatasetError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        } catch {
            throw DatasetError(file: path, message: "cannot be read: \(error.localizedDescription)")
        }
    }

    /// Writes a file through a temporary one, making its folder first.
    static func write(_ data: Data, to path: String) throws(DatasetError) {
        do {
            try FileManager.default.createDirectory(atPath: parent(of: path), withIntermediateDirectories: true)
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw DatasetError(file: path, message: "cannot be written: \(error.localizedDescription)")
        }
    }

    /// Brings the files `names` from `source` into `target`; does nothing without a source, or where a file is there already.
    static func placeImages(_ names: [String], from source: String?, into target: String) throws(DatasetError) {
        guard let source else { return }
        func real(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }
        for name in names {
            let (from, to) = (real(join(source, name)), join(target, name))
            guard exists(from) else {
                throw DatasetError(file: from, message: "the image file is missing, so it cannot be placed in \(target)")
            }
            // Replacing a file by itself would delete it.
            if from == real(to) { continue }
            do {
                try FileManager.default.createDirectory(atPath: parent(of: to), withIntermediateDirectories: true)
                try? FileManager.default.removeItem(atPath: to)
                do {
                    try FileManager.default.linkItem(atPath: from, toPath: to)
                } catch {
                    try FileManager.default.copyItem(atPath: from, toPath: to)
                }
            } catch {
                throw DatasetError(file: from, message: "cannot be placed at \(to): \(error.localizedDescription)")
            }
        }
    }

    /// Refuses file names that would leave the folder being written, and names that two images share once `key` is applied.
    static func check(_ names: [String], key: (String) -> String = { $0 }) throws(DatasetError) {
        var seen: [String: String] = [:]
        for name in names {
            guard !name.isEmpty, contained(name) == name else {
                throw DatasetError(file: name, message: "an image's file name must be a relative path that does not climb")
            }
            if let other = seen.updateValue(name, forKey: key(name)) {
                throw DatasetError(file: name, message: "would share its label file with \(other); rename one of the two images")
            }
        }
    }
}
