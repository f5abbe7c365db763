import Imaging
import Testing

@Suite struct `Pictures are turned as Exif says` {
    /// One letter per pixel, in the red channel: A B C over D E F.
    let stored = PixelImage(width: 3, height: 2, pixels: Array("ABCDEF".utf8).flatMap { [$0, UInt8(0), UInt8(0)] })

    private func letters(_ image: PixelImage) -> [String] {
        (0..<image.height).map { y in
            String(decoding: (0..<image.width).map { image.pixels[(y * image.width + $0) * 3] }, as: UTF8.self)
        }
    }

    @Test(arguments: [
        (1, ["ABC", "DEF"]), (2, ["CBA", "FED"]), (3, ["FED", "CBA"]), (4, ["DEF", "ABC"]), (5, ["AD", "BE", "CF"]),
        (6, ["DA", "EB", "FC"]), (7, ["FC", "EB", "DA"]), (8, ["CF", "BE", "AD"]),
    ])
    func `all eight orientations`(tag: Int, expected: [String]) throws {
        let orientation = try #require(ImageOrientation(rawValue: UInt8(tag)))
        #expect(letters(stored.uprighted(from: orientation)) == expected)
    }

    /// An Exif segment with one directory of one entry: the orientation.
    private func exif(tag: Int, littleEndian: Bool) -> [UInt8] {
        let value = UInt8(tag)
        let tiff: [UInt8] =
            littleEndian
            ? [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]
            : [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0]
        let body = Array("Exif\0\0".utf8) + tiff
        return [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body
    }

    @Test(arguments: 1...8, [true, false])
    func `a JPEG with an Exif tag is decoded upright`(tag: Int, littleEndian: Bool) throws {
        let image = gradient(width: 48, height: 32).blurred(sigma: 4)
        let plain = try ImageEncoder.jpeg(image, quality: 100)
        let tagged = Array(plain.prefix(2)) + exif(tag: tag, littleEndian: littleEndian) + plain.dropFirst(2)
        let orientation = try #require(ImageOrientation(rawValue: UInt8(tag)))
        let header = try ImageHeader.probe(tagged)
        #expect(header.orientation == orientation)
        let decoded = try ImageDecoder().decode(tagged)
        #expect(decoded.width == header.displayWidth && decoded.height == header.displayHeight)
        #expect(decoded == (try ImageDecoder().decode(plain)).uprighted(from: orientation))
    }

    @Test func `a broken Exif segment is ignored`() throws {
        let plain = try ImageEncoder.jpeg(gradient(width: 16, height: 16))
        for tag in [0, 9, 255] {
            let tagged = Array(plain.prefix(2)) + exif(tag: tag, littleEndian: true) + plain.dropFirst(2)
            #expect(try ImageHeader.probe(tagged).orientation == .upright)
        }
    }
}
