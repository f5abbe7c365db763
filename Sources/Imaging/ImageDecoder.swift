import CImageCodecs

/// Encoded bytes to pixels: JPEG and PNG, told apart by content, refused by `limits` before anything large is allocated.
package struct ImageDecoder: Sendable {
    package var limits: ImageLimits

    package init(limits: ImageLimits = .standard) {
        self.limits = limits
    }

    /// Decodes a whole file. Transparency is composed over white, grey and palettes become RGB, and the Exif orientation
    /// is applied, so the picture has `displayWidth` × `displayHeight` of its header.
    /// Pass `fileName` to have an extension that lies about the content refused.
    package func decode(_ bytes: [UInt8], fileName: String? = nil) throws(ImagingError) -> PixelImage {
        try limits.check(byteCount: bytes.count)
        let header = try ImageHeader.probe(bytes)
        if let fileName, let promised = ImageFormat(fileName: fileName), promised != header.format {
            throw ImagingError(
                .unsupportedFormat,
                "the name ends like a \(promised.name) file but the content is \(header.format.name). Rename or convert it.")
        }
        try limits.check(header)
        return try decode(bytes, header: header).uprighted(from: header.orientation)
    }

    private func decode(_ bytes: [UInt8], header: ImageHeader) throws(ImagingError) -> PixelImage {
        let (width, height) = (UInt32(header.width), UInt32(header.height))
        var message = ImageCodecMessage()
        var status = IMAGE_CODEC_OK
        let image = PixelImage(width: header.width, height: header.height) { target in
            bytes.withUnsafeBufferPointer { source in
                switch header.format {
                case .jpeg: status = image_codec_decode_jpeg(source.baseAddress, source.count, width, height, target, &message)
                case .png: status = image_codec_decode_png(source.baseAddress, source.count, width, height, target, &message)
                }
            }
        }
        try ImagingError.check(status, message, doing: "decode the \(header.format.name) file")
        return image
    }
}

extension ImagingError {
    /// Turns a codec's status into an error; `doing` completes "could not …".
    static func check(_ status: ImageCodecStatus, _ message: ImageCodecMessage, doing: String) throws(ImagingError) {
        let words = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch status {
        case IMAGE_CODEC_OK: return
        case IMAGE_CODEC_TRUNCATED:
            throw ImagingError(.truncated, "could not \(doing): it ends early (\(words)). Copy or upload it again.")
        case IMAGE_CODEC_NO_MEMORY:
            throw ImagingError(.outOfMemory, "could not \(doing): \(words.isEmpty ? "no memory" : words).")
        default:
            throw ImagingError(.damaged, "could not \(doing): it is damaged (\(words)).")
        }
    }
}
