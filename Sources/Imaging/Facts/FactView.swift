/// What facts look at: the size of the picture, and its pixels at a normalised size, so that a number does not change
/// because a camera has more pixels.
package struct FactView: Sendable {
    /// The longest side of `pixels`; smaller pictures are used as they are.
    package static let longestSide = 320

    /// Pixels of the picture as given.
    package let width: Int
    package let height: Int
    /// The picture averaged down to `longestSide`.
    package let image: PixelImage
    /// ITU-R BT.601 luma of `image`, 0 to 255, row after row.
    package let luma: [Float]

    package init(of picture: PixelImage) {
        width = picture.width
        height = picture.height
        let image = picture.reduced(toLongestSide: Self.longestSide)
        self.image = image
        luma = [Float](unsafeUninitializedCapacity: image.width * image.height) { target, count in
            image.pixels.withUnsafeBufferPointer { source in
                count = image.width * image.height
                for index in 0..<count {
                    let (red, green, blue) = (Float(source[index * 3]), Float(source[index * 3 + 1]), Float(source[index * 3 + 2]))
                    target.initializeElement(at: index, to: 0.299 * red + 0.587 * green + 0.114 * blue)
                }
            }
        }
    }

    /// Mean and standard deviation of `luma` (the whole picture is the population, so the divisor is its size).
    package var lumaMoments: (mean: Double, deviation: Double) { Self.moments(of: luma) }

    static func moments(of values: [Float]) -> (mean: Double, deviation: Double) {
        guard !values.isEmpty else { return (0, 0) }
        var sum = 0.0
        var squares = 0.0
        values.withUnsafeBufferPointer {
            for value in $0 {
                sum += Double(value)
                squares += Double(value) * Double(value)
            }
        }
        let mean = sum / Double(values.count)
        return (mean, max(0, squares / Double(values.count) - mean * mean).squareRoot())
    }
}
