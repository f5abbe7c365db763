import Foundation
import Imaging
import Testing

/// A picture whose every pixel is different, so that nothing can be mixed up unseen.
func gradient(width: Int, height: Int) -> PixelImage {
    var image = PixelImage(width: width, height: height)
    for y in 0..<height {
        for x in 0..<width {
            let index = (y * width + x) * 3
            image.pixels[index] = UInt8(x * 255 / max(1, width - 1))
            image.pixels[index + 1] = UInt8(y * 255 / max(1, height - 1))
            image.pixels[index + 2] = UInt8((x * 7 + y * 13) % 256)
        }
    }
    return image
}

func meanDifference(_ first: PixelImage, _ second: PixelImage) -> Double {
    zip(first.pixels, second.pixels).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(first.pixels.count)
}

@Suite struct `Reading and writing pictures` {
    let decoder = ImageDecoder()

    private func failure(_ bytes: [UInt8], fileName: String? = nil) -> ImagingError? {
        do throws(ImagingError) {
            _ = try decoder.decode(bytes, fileName: fileName)
            return nil
        } catch { return error }
    }

    @Test func `a PNG gives back exactly the pixels it was made of`() throws {
        for (width, height) in [(1, 1), (7, 3), (64, 48)] {
            let image = gradient(width: width, height: height)
            #expect(try decoder.decode(try ImageEncoder.png(image)) == image)
        }
    }

    @Test func `a JPEG of high quality gives back nearly the same pixels`() throws {
        // A smooth picture: JPEG is made for those.
        let image = gradient(width: 40, height: 30).resized(width: 120, height: 90).blurred(sigma: 3)
        let bytes = try ImageEncoder.jpeg(image, quality: 95)
        let again = try decoder.decode(bytes)
        #expect(again.width == 120 && again.height == 90)
        #expect(meanDifference(image, again) < 3)
        #expect(try ImageEncoder.jpeg(image, quality: 30).count < bytes.count)
    }

    @Test func `headers tell format and size without decoding`() throws {
        let image = gradient(width: 31, height: 17)
        let png = try ImageHeader.probe(try ImageEncoder.png(image))
        #expect(png.format == .png && png.width == 31 && png.height == 17 && png.channels == 3 && png.bitDepth == 8)
        let jpeg = try ImageHeader.probe(try ImageEncoder.jpeg(image))
        #expect(jpeg.format == .jpeg && jpeg.width == 31 && jpeg.height == 17 && jpeg.orientation == .upright)
    }

    @Test func `grey, palette, sixteen-bit and transparent PNGs become RGB over white`() throws {
        // Made with zlib's stored blocks; see PNGMaker.
        let grey = try decoder.decode(PNGMaker.png(width: 2, height: 1, bitDepth: 8, colourType: 0, rows: [[0x10, 0xF0]]))
        #expect(grey.pixels == [0x10, 0x10, 0x10, 0xF0, 0xF0, 0xF0])
        let bits = try decoder.decode(PNGMaker.png(width: 4, height: 1, bitDepth: 1, colourType: 0, rows: [[0b1010_0000]]))
        #expect(bits.pixels == [255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0])
        let palette = try decoder.decode(
            PNGMaker.png(width: 2, height: 1, bitDepth: 8, colourType: 3, rows: [[1, 0]], palette: [1, 2, 3, 200, 100, 50]))
        #expect(palette.pixels == [200, 100, 50, 1, 2, 3])
        let deep = try decoder.decode(
            PNGMaker.png(width: 1, height: 1, bitDepth: 16, colourType: 2, rows: [[0x80, 0x80, 0x00, 0x00, 0xFF, 0xFF]]))
        #expect(deep.pixels == [0x80, 0, 255])
        let clear = try decoder.decode(
            PNGMaker.png(width: 3, height: 1, bitDepth: 8, colourType: 6, rows: [[9, 9, 9, 0, 0, 0, 0, 128, 1, 2, 3, 255]]))
        #expect(clear.pixels == [255, 255, 255, 127, 127, 127, 1, 2, 3])
        let greyAlpha = try decoder.decode(PNGMaker.png(width: 1, height: 1, bitDepth: 8, colourType: 4, rows: [[40, 0]]))
        #expect(greyAlpha.pixels == [255, 255, 255])
    }

    @Test func `a four-ink JPEG becomes RGB`() throws {
        // 8 × 8 pixels of the inverted inks 255, 64, 32, 200, written by libjpeg-turbo.
        let file = try #require(
            Data(
                base64Encoded: """
                    /9j/7gAOQWRvYmUAZAAAAAAC/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/9
                    sAQwECAgICAgIFAwMFCgcGBwoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK/8AAFAgACAAIBAERAAIRAQMRAQQR
                    AP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJD
                    NicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4
                    ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/EAB8BAAMBAQEBAQEBAQEAAAAAAAABAgMEBQYHCAkKC//EALURAAIBAgQEAwQHBQ
                    QEAAECdwABAgMRBAUhMQYSQVEHYXETIjKBCBRCkaGxwQkjM1LwFWJy0QoWJDThJfEXGBkaJicoKSo1Njc4OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpz
                    dHV2d3h5eoKDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uLj5OXm5+jp6vLz9PX29/j5+v/aAA4EAQACEQ
                    MRBAAAPwDqK/sA/wAdz9IK/9k=
                    """, options: .ignoreUnknownCharacters))
        #expect(try ImageHeader.probe(Array(file)).channels == 4)
        let image = try decoder.decode(Array(file))
        let expected = PixelImage(width: 8, height: 8, red: 200, green: 50, blue: 25)
        #expect(meanDifference(image, expected) < 3)
    }

    @Test func `a file cut anywhere is refused and never crashes`() throws {
        let image = gradient(width: 40, height: 30)
        for bytes in [try ImageEncoder.png(image), try ImageEncoder.jpeg(image)] {
            for length in stride(from: 1, to: bytes.count - 2, by: 7) {
                let error = try #require(failure(Array(bytes.prefix(length))), "a file of \(length) of \(bytes.count) bytes was read")
                if length > 8 { #expect([.truncated, .damaged].contains(error.kind), "\(length): \(error)") }
            }
        }
        #expect(failure([])?.description.contains("empty") == true)
    }

    @Test func `a file with any byte changed gives a picture or an error but never a crash`() throws {
        let image = gradient(width: 24, height: 18)
        for bytes in [try ImageEncoder.png(image), try ImageEncoder.jpeg(image)] {
            for index in bytes.indices {
                var broken = bytes
                broken[index] ^= UInt8(1 + index * 37 % 255)
                // Only sizes that a test machine can hold are decoded; the limits see to it.
                _ = try? ImageDecoder(limits: ImageLimits(bytes: 1 << 20, pixels: 1 << 18, side: 4_096)).decode(broken)
            }
        }
    }

    @Test(arguments: [
        (Array("GIF89a".utf8), "GIF"), (Array("RIFF\u{4}\u{0}\u{0}\u{0}WEBPVP8 ".utf8), "WebP"),
        ([0x42, 0x4D, 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0], "BMP"), (Array("II*\u{0}".utf8), "TIFF"),
        (Array("<svg xmlns='x'>".utf8), "SVG"),
    ])
    func `other picture formats are named`(bytes: [UInt8], name: String) throws {
        let error = try #require(failure(bytes))
        #expect(error.kind == .unsupportedFormat)
        #expect(error.description.contains(name) && error.description.contains("JPEG or PNG"))
    }

    @Test(arguments: [
        (Array("{\"a\": 1}".utf8), "JSON"), (Array("<html></html>".utf8), "HTML"), (Array("%PDF-1.7".utf8), "PDF"),
        (Array("hello".utf8), "text"), ([0x50, 0x4B, 3, 4], "ZIP"), ([1, 2, 3, 4, 5], "not an image"),
    ])
    func `what is no picture is named`(bytes: [UInt8], name: String) throws {
        let error = try #require(failure(bytes))
        #expect(error.kind == .notAnImage)
        #expect(error.description.contains(name))
    }

    @Test func `an extension that lies is refused`() throws {
        let jpeg = try ImageEncoder.jpeg(gradient(width: 8, height: 8))
        #expect(failure(jpeg, fileName: "a.png")?.description.contains("PNG") == true)
        #expect(failure(jpeg, fileName: "a.JPEG") == nil)
        #expect(failure(jpeg, fileName: "a") == nil)
    }

    @Test func `thirty thousand pixels, ninety megapixels and fifty megabytes are refused by the header`() throws {
        for (width, height) in [(30_000, 1), (1, 40_000), (12_000, 12_000)] {
            let png = PNGMaker.png(width: width, height: height, bitDepth: 8, colourType: 2, rows: [])
            let error = try #require(failure(png))
            #expect(error.kind == .tooLarge && error.description.contains("\(width) × \(height)"))
        }
        let jpeg = try ImageEncoder.jpeg(gradient(width: 16, height: 16))
        var wide = jpeg
        let frame = try #require((0..<(jpeg.count - 9)).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        (wide[frame + 7], wide[frame + 8]) = (0x75, 0x30)
        #expect(failure(wide)?.kind == .tooLarge)
        #expect(failure([UInt8](repeating: 0, count: 50_000_001))?.kind == .tooLarge)
    }

    @Test func `a picture of no size cannot be written`() {
        #expect(throws: ImagingError.self) { try ImageEncoder.jpeg(PixelImage(width: 0, height: 0)) }
        #expect(throws: ImagingError.self) { try ImageEncoder.png(PixelImage(width: 0, height: 3)) }
    }

    @Test func `files are read by path and errors name them`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "imaging-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let image = gradient(width: 9, height: 5)
        let path = folder.appending(path: "a b é.png").path
        try image.write(toFile: path)
        #expect(try PixelImage(contentsOfFile: path) == image)
        let missing = folder.appending(path: "none.jpg").path
        let error = #expect(throws: ImagingError.self) { try PixelImage(contentsOfFile: missing) }
        #expect(error?.kind == .unreadable && error?.description.contains("none.jpg") == true)
        #expect(throws: ImagingError.self) { try image.write(toFile: folder.appending(path: "a.bmp").path) }
    }
}
