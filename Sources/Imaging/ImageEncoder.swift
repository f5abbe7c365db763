import CImageCodecs

/// Pixels to encoded bytes.
package enum ImageEncoder {
    /// `quality` is held between 1 and 100; below 90 colour is kept at half resolution.
    package static func jpeg(_ image: PixelImage, quality: Int = 90) throws(ImagingError) -> [UInt8] {
        try encode(image, as: .jpeg, longestSide: 65_500) { pixels, width, height, file, message in
            image_codec_encode_jpeg(pixels, width, height, Int32(min(max(quality, 1), 100)), &file, &message)
        }
    }

    /// Lossless.
    package static func png(_ image: PixelImage) throws(ImagingError) -> [UInt8] {
        try encode(image, as: .png, longestSide: 1_000_000) { pixels, width, height, file, message in
            image_codec_encode_png(pixels, width, height, &file, &message)
        }
    }

    private static func encode(
        _ image: PixelImage, as format: ImageFormat, longestSide: Int,
        with codec: (UnsafePointer<UInt8>?, UInt32, UInt32, inout ImageCodecFile, inout ImageCodecMessage) -> ImageCodecStatus
    ) throws(ImagingError) -> [UInt8] {
        guard (1...longestSide).contains(image.width), (1...longestSide).contains(image.height) else {
            throw ImagingError(
                .invalidRequest,
                "a picture of \(image.width) × \(image.height) pixels cannot be a \(format.name) file; sides go from 1 to \(longestSide).")
        }
        var file = ImageCodecFile()
        var message = ImageCodecMessage()
        let status = image.pixels.withUnsafeBufferPointer {
            codec($0.baseAddress, UInt32(image.width), UInt32(image.height), &file, &message)
        }
        defer { image_codec_free(file.bytes) }
        try ImagingError.check(status, message, doing: "encode the \(format.name) file")
        return Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
    }
}
