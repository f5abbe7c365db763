import Foundation

/// Questions about paths on the client's machine.
enum LocalPath {
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    static func isFolder(_ path: String) -> Bool {
        (try? URL(fileURLWithPath: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
    }

    static func text(_ path: String) -> String? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)), data.count <= YAMLDocument.maximumBytes else { return nil }
        return String(validating: data, as: UTF8.self)
    }
}
