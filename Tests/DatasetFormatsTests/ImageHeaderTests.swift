import DatasetFormats
import Foundation
import Testing

@Suite("Image headers")
struct ImageHeaderTests {
    private func size(_ data: Data) throws -> [Int] {
        let folder = try ScratchFolder()
        try folder.write(data, to: "image")
        let size = try ImageHeader.size(ofFileAt: folder.path + "/image")
        return [size.width, size.height]
    }

    /// A JPEG up to its frame header: Exif of `padding` bytes, a restart marker's fill bytes, then a progressive frame.
    private func jpeg(_ width: Int, _ height: Int, padding: Int = 6, frame: UInt8 = 0xC2) -> Data {
        func word(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)] }
        let exif = [0xFF, 0xE1] + word(padding + 2) + [UInt8](repeating: 0xFF, count: padding)
        return Data([0xFF, 0xD8] + exif + [0xFF, 0xFF, frame] + word(11) + [8] + word(height) + word(width) + [1, 1, 0x11, 0])
    }

    @Test func `sizes of PNG and JPEG`() throws {
        #expect(try size(Sample.png(499, 666)) == [499, 666])
        #expect(try size(jpeg(640, 480)) == [640, 480])
        #expect(try size(jpeg(65_535, 1, padding: 60_000, frame: 0xC0)) == [65_535, 1])
    }

    @Test func `nonsense is refused`() throws {
        let broken = [
            Data(), Data([0xFF]), Data("GIF89a".utf8), Sample.png(0, 5), Sample.png(5, 70_000), Sample.png(-1, 5), jpeg(0, 5),
            Data([0xFF, 0xD8, 0xFF, 0xE0, 0, 0]), Data([0xFF, 0xD8, 0xFF, 0xD9]), Data([0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF]),
            Data([0xFF, 0xD8]) + Data(repeating: 0xFF, count: 5000), Data([0xFF, 0xD8, 0x00]),
        ]
        for data in broken { #expect(throws: DatasetError.self) { try size(data) } }
        for whole in [Sample.png(9, 9), jpeg(9, 9)] {
            for length in 0..<whole.count - 8 { #expect(throws: DatasetError.self) { try size(whole.prefix(length)) } }
        }
        #expect(throws: DatasetError.self) { try ImageHeader.size(ofFileAt: "/nowhere/at/all.png") }
        #expect(throws: DatasetError.self) { try ImageHeader.size(ofFileAt: FileManager.default.temporaryDirectory.path) }
    }
}
