/// What a picture may cost before a single pixel is decoded.
package struct ImageLimits: Sendable, Hashable {
    /// Bytes of the encoded file.
    package var bytes: Int
    /// Width times height.
    package var pixels: Int
    /// Width or height; a side of exactly this length is refused.
    package var side: Int

    package init(bytes: Int, pixels: Int, side: Int) {
        self.bytes = bytes
        self.pixels = pixels
        self.side = side
    }

    /// 50 MB, 90 megapixels and sides below 30,000 pixels.
    package static let standard = ImageLimits(bytes: 50_000_000, pixels: 90_000_000, side: 30_000)

    /// Throws `tooLarge` when a picture of this header must not be decoded.
    package func check(_ header: ImageHeader) throws(ImagingError) {
        let size = "\(header.width) × \(header.height) pixels"
        guard header.width < side, header.height < side else {
            throw ImagingError(.tooLarge, "the image is \(size); both sides must be below \(side). Scale it down first.")
        }
        // Sides are far below 2^31 here unless a caller asked for absurd limits, so the product is checked all the same.
        let (area, overflows) = header.width.multipliedReportingOverflow(by: header.height)
        guard !overflows, area <= pixels else {
            throw ImagingError(
                .tooLarge, "the image is \(size); at most \(pixels / 1_000_000) megapixels are allowed. Scale it down first.")
        }
    }

    /// Throws `tooLarge` when the encoded file has too many bytes.
    package func check(byteCount: Int) throws(ImagingError) {
        guard byteCount <= bytes else {
            throw ImagingError(
                .tooLarge,
                "the file has \(byteCount) bytes; at most \(bytes / 1_000_000) MB are allowed. Save it smaller or at a lower quality.")
        }
    }
}
