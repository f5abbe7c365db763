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
    /// Mean and standard deviation of `luma` (the whole picture is the population, so the divisor is its size).
    package let lumaMoments: (mean: Double, deviation: Double)

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
        lumaMoments = Self.moments(of: luma)
    }

    static func moments(of values: [Float]) -> (mean: Double, deviation: Double) {
        guard !values.isEmpty else { return (0, 0) }
        // Four sums side by side: one alone would wait for itself at every step.
        var sums = SIMD4<Double>.zero
        var squares = SIMD4<Double>.zero
        values.withUnsafeBufferPointer { values in
            var index = 0
            while index + 4 <= values.count {
                let four = SIMD4(Double(values[index]), Double(values[index + 1]), Double(values[index + 2]), Double(values[index + 3]))
                sums += four
                squares += four * four
                index += 4
            }
            while index < values.count {
                sums[0] += Double(values[index])
                squares[0] += Double(values[index]) * Double(values[index])
                index += 1
            }
        }
        let mean = sums.sum() / Double(values.count)
        return (mean, max(0, squares.sum() / Double(values.count) - mean * mean).squareRoot())
    }
}
