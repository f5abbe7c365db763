/// Why a picture could not be read, made or written; `description` is a sentence for the person who sent it.
package struct ImagingError: Error, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable {
        /// The bytes are no picture at all.
        case notAnImage
        /// A picture, but of a format that is not read here.
        case unsupportedFormat
        /// The file ends before the picture does.
        case truncated
        /// The file contradicts itself or cannot be decoded.
        case damaged
        /// More bytes, pixels or longer sides than the limits allow.
        case tooLarge
        /// The file could not be read from or written to the disk.
        case unreadable
        /// The arguments of an operation make no picture (a size of zero, for example).
        case invalidRequest
        case outOfMemory
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// The same error told about a named file.
    package func about(_ file: String) -> ImagingError {
        ImagingError(kind, "\(file): \(description)")
    }
}
