/// A decoded picture: 8-bit RGB, row after row from the top, no padding.
package struct PixelImage: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `width * height * 3` bytes, R G B.
    package var pixels: [UInt8]

    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * 3, "an RGB image of \(width)×\(height) needs \(width * height * 3) bytes")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// An image of one colour.
    package init(width: Int, height: Int, red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0) {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for index in stride(from: 0, to: pixels.count, by: 3) {
            pixels[index] = red
            pixels[index + 1] = green
            pixels[index + 2] = blue
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// An image whose pixels `fill` writes: it gets width * height * 3 zeroed bytes.
    package init(width: Int, height: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        let count = width * height * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            buffer.initialize(repeating: 0)
            if let start = buffer.baseAddress { fill(start) }
            initialised = count
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}
