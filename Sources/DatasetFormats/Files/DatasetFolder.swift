import Glibc

/// Looking around in a folder. Paths are taken apart by their bytes: sets of a hundred thousand files come through here.
enum DatasetFolder {
    static let imageExtensions: Set<String> = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff"]

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Visible entries of a folder, sorted; empty when it cannot be read.
    static func entries(of folder: String) -> [String] { listing(of: folder).map(\.name) }

    /// Visible folders in a folder, sorted.
    static func folders(in folder: String) -> [String] { listing(of: folder).filter(\.isFolder).map(\.name) }

    private static func listing(of folder: String) -> [(name: String, isFolder: Bool)] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.utf8.first != UInt8(ascii: ".") else { continue }
            let kind = Int32(entry.pointee.d_type)
            // Links, and file systems that do not tell, are asked.
            let isFolder = kind == Int32(DT_DIR) || (kind != Int32(DT_REG) && Self.isFolder(join(folder, name)))
            found.append((name, isFolder))
        }
        return found.sorted { $0.name < $1.name }
    }

    /// The entry of `folder` that is a folder with one of `names`, whatever its capitals.
    static func subfolder(of folder: String, named names: [String]) -> String? {
        let entries = folders(in: folder)
        for name in names {
            if let entry = entries.first(where: { $0.lowercased() == name.lowercased() }) { return entry }
        }
        return nil
    }

    /// All visible files below `folder` as sorted relative paths; symbolic links are followed, 16 levels deep at most.
    static func files(under folder: String, depth: Int = 16, where wanted: (String) -> Bool = { _ in true }) -> [String] {
        var found: [String] = []
        collect(folder, "", depth, wanted, &found)
        return found
    }

    private static func collect(_ folder: String, _ prefix: String, _ depth: Int, _ wanted: (String) -> Bool, _ found: inout [String]) {
        guard depth > 0 else { return }
        for (name, isFolder) in listing(of: folder) {
            let path = join(prefix, name)
            if isFolder {
                collect(join(folder, name), path, depth - 1, wanted, &found)
            } else if wanted(path) {
                found.append(path)
            }
        }
    }

    static func join(_ folder: String, _ path: String) -> String {
        folder.isEmpty || folder == "." ? path : path.isEmpty ? folder : folder.utf8.last == UInt8(ascii: "/") ? folder + path : folder + "/" + path
    }

    /// A path without a slash at its end, so that joined and cut paths agree.
    static func trimmed(_ path: String) -> String {
        var bytes = path.utf8[...]
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return String(Substring(bytes))
    }

    static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func lastComponent(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    /// In lower case, without the dot.
    static func pathExtension(of path: String) -> String {
        dot(in: path).map { path[path.utf8.index(after: $0)...].lowercased() } ?? ""
    }

    static func withoutExtension(_ path: String) -> String {
        guard let dot = dot(in: path), dot != path.startIndex, path.utf8[path.utf8.index(before: dot)] != UInt8(ascii: "/") else { return path }
        return String(path[..<dot])
    }

    /// The last dot of the last component.
    private static func dot(in path: String) -> String.Index? {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        return path.utf8[dot...].contains(UInt8(ascii: "/")) ? nil : dot
    }

    static func isImage(_ path: String) -> Bool { imageExtensions.contains(pathExtension(of: path)) }

    /// A file name out of a label file as a path that cannot leave its folder: backslashes become slashes, and of an absolute
    /// path, an address or one that climbs only the last component is left.
    static func contained(_ fileName: String) -> String {
        let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")
        var isPlain = fileName.utf8.first != dot && fileName.utf8.first != slash && fileName.utf8.last != slash
        var previous = slash
        for byte in fileName.utf8 {
            if byte == UInt8(ascii: "\\") || byte == 0 || (previous == slash && (byte == slash || byte == dot)) { isPlain = false }
            previous = byte
        }
        if isPlain { return fileName }
        let name = fileName.split(separator: "\0", omittingEmptySubsequences: false).joined().split(separator: "\\", omittingEmptySubsequences: false)
            .joined(separator: "/")
        let parts = name.utf8.split(separator: slash).map { String(Substring($0)) }.filter { $0 != "." }
        if name.utf8.first == slash || isAddress(name) || parts.contains("..") { return parts.last.flatMap { $0 == ".." ? nil : $0 } ?? "" }
        return parts.joined(separator: "/")
    }

    /// Whether a file name is a URL (`azureml://…`).
    static func isAddress(_ name: String) -> Bool {
        guard let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return name.utf8[colon...].starts(with: "://".utf8)
    }

    static func makeFolder(_ path: String) throws(DatasetError) {
        if path.isEmpty || mkdir(path, 0o777) == 0 || isFolder(path) { return }
        if errno == ENOENT {
            try makeFolder(parent(of: path))
            if mkdir(path, 0o777) == 0 || isFolder(path) { return }
        }
        throw DatasetError(file: path, message: "the folder cannot be made: \(String(cString: strerror(errno)))")
    }
}
