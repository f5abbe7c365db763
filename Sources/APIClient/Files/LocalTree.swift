import Crypto
package import Foundation
package import Resources

/// The files of a local file or folder that an upload carries, in a fixed order.
package struct LocalTree: Sendable {
    package struct File: Sendable, Hashable {
        /// Below the root, with `/`; the file's own name when the root is a file.
        package var path: String
        package var url: URL
        package var size: Int
    }

    package let name: String
    package let isFolder: Bool
    package let files: [File]

    /// Walks `path`, following links, leaving out what the ignore files name. Throws when there is nothing to carry.
    package init(path: String, base: IgnoreRules = IgnoreRules(text: "")) throws(Problem) {
        let root = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath()
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path, isDirectory: &isDirectory) else {
            throw Problem(.invalidInput, "there is no file or folder '\(path)'", target: path)
        }
        name = root.lastPathComponent
        isFolder = isDirectory.boolValue
        guard isFolder else {
            files = [File(path: name, url: root, size: try Self.size(of: root))]
            return
        }
        var found: [File] = []
        var open: Set<String> = [root.path]
        try Self.walk(root, prefix: "", rules: IgnoreRules(folder: root, base: base), open: &open, into: &found)
        files = found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        if files.isEmpty { throw Problem(.invalidInput, "the folder '\(path)' has no files to upload", target: path) }
    }

    /// `open` holds the folders above, so that a link to one of them ends the descent.
    private static func walk(
        _ folder: URL, prefix: String, rules: IgnoreRules, open: inout Set<String>, into files: inout [File]
    ) throws(Problem) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw Problem(.invalidInput, "cannot read the folder '\(folder.path)'; check its permissions", target: folder.path)
        }
        for name in names {
            let path = prefix + name
            let url = folder.appending(path: name).resolvingSymlinksInPath()
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else { continue }
            if rules.excludes(path, isFolder: isDirectory.boolValue) { continue }
            if isDirectory.boolValue {
                guard open.insert(url.path).inserted else { continue }
                try walk(url, prefix: path + "/", rules: rules, open: &open, into: &files)
                open.remove(url.path)
            } else {
                files.append(File(path: path, url: url, size: try size(of: url)))
            }
        }
    }

    private static func size(of url: URL) throws(Problem) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular, let size = attributes[.size] as? NSNumber else {
            throw Problem(.invalidInput, "'\(url.path)' is not an ordinary file; remove it or name it in .amlignore", target: url.path)
        }
        return size.intValue
    }

    /// SHA-256 over the paths and contents, in hexadecimal: equal for equal trees wherever they lie.
    package func hash() throws(Problem) -> String {
        var whole = SHA256()
        for file in files {
            var content = SHA256()
            do {
                let handle = try FileHandle(forReadingFrom: file.url)
                defer { try? handle.close() }
                while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { content.update(data: chunk) }
            } catch {
                throw Problem(.invalidInput, "cannot read '\(file.url.path)'; check its permissions", target: file.url.path)
            }
            whole.update(data: Data(file.path.utf8))
            whole.update(data: [0])
            whole.update(data: Data(content.finalize()))
        }
        return whole.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
