internal import Glibc
package import Resources

/// The files beneath a folder, by relative name, and what cannot be taken. Symbolic links to files are followed while they
/// stay beneath the folder; links to folders are not (they may lead in circles).
package struct FolderContents: Sendable {
    package private(set) var files: [String] = []
    package private(set) var skipped: [String] = []

    package init(of path: String) throws(Problem) {
        guard let root = realpath(path, nil) else {
            throw Problem(.notFound, "cannot read the folder \(path): \(String(cString: strerror(errno)))", target: path)
        }
        defer { free(root) }
        let top = String(cString: root)
        var waiting = [""]
        while let folder = waiting.popLast() {
            guard let stream = opendir("\(top)/\(folder)") else {
                throw Problem(.invalidInput, "cannot read the folder \(top)/\(folder): \(String(cString: strerror(errno)))", target: path)
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
                guard let name = String(validating: bytes, as: UTF8.self) else {
                    skipped.append(folder + String(decoding: bytes, as: UTF8.self))
                    continue
                }
                if name == "." || name == ".." { continue }
                switch Self.kind(of: folder + name, beneath: top) {
                case .file: files.append(folder + name)
                case .folder: waiting.append(folder + name + "/")
                case .other: skipped.append(folder + name)
                }
            }
        }
        files.sort()
    }

    private enum Kind { case file, folder, other }

    private static func kind(of name: String, beneath top: String) -> Kind {
        let path = "\(top)/\(name)"
        var status = stat()
        guard lstat(path, &status) == 0 else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK:
            guard let target = realpath(path, nil) else { return .other }
            defer { free(target) }
            guard String(cString: target).utf8.starts(with: (top + "/").utf8), stat(path, &status) == 0 else { return .other }
            return status.st_mode & S_IFMT == S_IFREG ? .file : .other
        default: return .other
        }
    }
}
