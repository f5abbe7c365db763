import Foundation
package import Imaging

/// What an image file really is, whatever its name and its labels say.
package struct ImageFile: Sendable {
    package var byteCount = 0
    /// nil for a file that is missing or too large to be read.
    package var content: ContentHash?
    /// Told by the first bytes; nil when they are of neither format.
    package var format: ImageFormat?
    package var header: Imaging.ImageHeader?
    /// Why there is no picture; nil when it was decoded, or not asked for.
    package var fault: ImagingError?
    package var isMissing = false
    /// nil when there is no picture.
    package var look: ImageLook?

    /// How much of a file is wanted.
    package enum Depth: Sendable {
        /// Its bytes, for the hash.
        case bytes
        /// The picture too.
        case picture
    }

    package init(contentsOfFile path: String, depth: Depth = .picture, limits: ImageLimits = .standard) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath),
            let size = attributes[.size] as? Int
        else {
            isMissing = true
            return
        }
        byteCount = size
        do throws(ImagingError) {
            guard attributes[.type] as? FileAttributeType == .typeRegular else { throw ImagingError(.unreadable, "it is not a file.") }
            try limits.check(byteCount: size)
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ImagingError(.unreadable, "the file cannot be read; check its permissions.")
            }
            try self.look(at: Array(data), depth, limits)
        } catch {
            fault = error
        }
    }

    /// A file's bytes.
    package init(bytes: [UInt8], limits: ImageLimits = .standard) {
        byteCount = bytes.count
        do throws(ImagingError) { try look(at: bytes, .picture, limits) } catch { fault = error }
    }

    private mutating func look(at bytes: [UInt8], _ depth: Depth, _ limits: ImageLimits) throws(ImagingError) {
        content = ContentHash(bytes)
        format = bytes.starts(with: [0xFF, 0xD8, 0xFF]) ? .jpeg : bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) ? .png : nil
        guard depth == .picture else { return }
        let header = try Imaging.ImageHeader.probe(bytes)
        self.header = header
        look = ImageLook(try ImageDecoder(limits: limits).decode(bytes))
    }

    /// Whether the name promises what the bytes are not.
    package func isMisnamed(_ name: String) -> Bool {
        let ending = (name as NSString).pathExtension.lowercased()
        guard !ending.isEmpty, byteCount > 0, content != nil else { return false }
        if let format { return !format.fileExtensions.contains(ending) }
        return ImageFormat(fileName: name) != nil
    }
}
