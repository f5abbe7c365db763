/// What the first bytes of a picture say about it, read without decoding a pixel.
package struct ImageHeader: Sendable, Hashable {
    package var format: ImageFormat
    /// Pixels as stored; `displayWidth` is what a person sees.
    package var width: Int
    package var height: Int
    /// Colour components as stored: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha or four inks.
    package var channels: Int
    /// Bits of each component.
    package var bitDepth: Int
    /// From Exif; upright for a PNG and for a JPEG that does not say.
    package var orientation: ImageOrientation

    package var displayWidth: Int { orientation.swapsSides ? height : width }
    package var displayHeight: Int { orientation.swapsSides ? width : height }

    /// Reads the header of a JPEG or PNG file. Throws what was found instead when the bytes are something else.
    package static func probe(_ bytes: [UInt8]) throws(ImagingError) -> ImageHeader {
        guard !bytes.isEmpty else { throw ImagingError(.notAnImage, "the file is empty; a JPEG or PNG image is expected.") }
        let file = ByteView(bytes: bytes)
        if file.starts(with: [0xFF, 0xD8, 0xFF]) { return try JPEGHeader.read(file) }
        if file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return try png(file) }
        let found = ForeignContent.name(of: file)
        throw ImagingError(
            found.isImage ? .unsupportedFormat : .notAnImage,
            "the file is \(found.name); a JPEG or PNG image is expected.\(found.isImage ? " Convert it first." : "")")
    }

    /// PNG specification, section 11.2.2: the header chunk always comes first, at a fixed place.
    private static func png(_ file: ByteView) throws(ImagingError) -> ImageHeader {
        guard file.count >= 29 else { throw ImagingError(.truncated, "the PNG file ends within its header (\(file.count) bytes).") }
        let channelsOfColourType = [0: 1, 2: 3, 3: 3, 4: 2, 6: 4]
        guard file.text(at: 12, count: 4) == "IHDR", let width = file.uint32(at: 16), let height = file.uint32(at: 20),
            width > 0, height > 0, let channels = channelsOfColourType[Int(file[25] ?? 255)]
        else { throw ImagingError(.damaged, "the PNG file has no valid header chunk.") }
        return ImageHeader(
            format: .png, width: width, height: height, channels: channels, bitDepth: Int(file[24] ?? 8), orientation: .upright)
    }
}
