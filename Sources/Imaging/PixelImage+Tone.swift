extension PixelImage {
    /// Brighter or darker, flatter or harder: each byte becomes `(byte * brightness - 128) * contrast + 128`, held to 0…255.
    /// 1 and 1 change nothing; `warmth` above 0 shifts from blue to red, below 0 from red to blue (-1…1).
    package func adjusted(brightness: Double = 1, contrast: Double = 1, warmth: Double = 0) -> PixelImage {
        let tables = [1 + 0.25 * warmth, 1, 1 - 0.25 * warmth].map { gain in
            (0...255).map { byte -> UInt8 in
                let value = (Double(byte) * brightness * gain - 128) * contrast + 128
                return value.isFinite ? UInt8(min(max(value.rounded(), 0), 255)) : 0
            }
        }
        return PixelImage(width: width, height: height) { target in
            pixels.withUnsafeBufferPointer { source in
                for channel in 0..<3 {
                    tables[channel].withUnsafeBufferPointer { table in
                        for index in stride(from: channel, to: source.count, by: 3) { target[index] = table[Int(source[index])] }
                    }
                }
            }
        }
    }

    /// Out of focus: three passes of a box filter, which come close to a Gaussian of standard deviation `sigma` pixels.
    package func blurred(sigma: Double) -> PixelImage {
        // A box of 2r + 1 pixels has the variance r(r + 1) / 3; three of them add up to sigma squared.
        let deviation = min(max(sigma, 0), 1_000)
        let radius = Int(((1 + 4 * deviation * deviation).squareRoot() / 2 - 0.5).rounded())
        guard radius > 0, width > 0, height > 0 else { return self }
        var current = self
        for _ in 0..<3 {
            current = current.boxBlurred(radius: radius, count: height, length: width, line: width * 3, step: 3)
            current = current.boxBlurred(radius: radius, count: width, length: height, line: 3, step: width * 3)
        }
        return current
    }

    /// Running mean along `count` lines of `length` pixels; `line` and `step` are the distances in bytes between lines and
    /// between the pixels of one. The edge pixel continues outwards.
    private func boxBlurred(radius: Int, count: Int, length: Int, line: Int, step: Int) -> PixelImage {
        let window = 2 * radius + 1
        return PixelImage(width: width, height: height) { target in
            pixels.withUnsafeBufferPointer { source in
                for start in 0..<(count * 3) {
                    let first = start / 3 * line + start % 3
                    let last = first + (length - 1) * step
                    var sum = Int(source[first]) * (radius + 1)
                    for offset in 1...radius { sum += Int(source[min(first + offset * step, last)]) }
                    for position in 0..<length {
                        target[first + position * step] = UInt8((sum + radius) / window)
                        sum += Int(source[first + min(position + radius + 1, length - 1) * step])
                        sum -= Int(source[first + max(position - radius, 0) * step])
                    }
                }
            }
        }
    }
}
