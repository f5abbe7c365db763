/// The two picture formats that are read and written.
package enum ImageFormat: String, Sendable, Hashable, CaseIterable, Codable {
    case jpeg
    case png

    package var mediaType: String { "image/\(rawValue)" }

    /// The usual endings of file names, without the dot, in lower case; the first is the one we write.
    package var fileExtensions: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
        case .png: ["png"]
        }
    }

    /// What the end of a file name promises; nil for a name that promises neither format.
    package init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: ".") else { return nil }
        let ending = fileName[fileName.index(after: dot)...].lowercased()
        guard let format = Self.allCases.first(where: { $0.fileExtensions.contains(ending) }) else { return nil }
        self = format
    }

    var name: String { rawValue.uppercased() }
}
