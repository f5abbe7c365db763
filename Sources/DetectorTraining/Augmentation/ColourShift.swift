import Foundation

/// A change of hue, saturation and brightness of a whole picture, applied to bytes R G B.
struct ColourShift {
    /// Turn of the hue in parts of the circle.
    var hue: Double
    /// Factors.
    var saturation: Double
    var brightness: Double

    init(hue: Double, saturation: Double, brightness: Double) {
        self.hue = hue
        self.saturation = saturation
        self.brightness = brightness
    }

    static func random(_ settings: TrainingSettings, using random: inout RandomSource) -> ColourShift {
        ColourShift(
            hue: random.uniform(-1, 1) * settings.hsv_h,
            saturation: 1 + random.uniform(-1, 1) * settings.hsv_s,
            brightness: 1 + random.uniform(-1, 1) * settings.hsv_v)
    }

    /// The three at once as one linear map: a turn about the grey axis by the hue's angle, a stretch away from that axis
    /// by the saturation, and a scaling by the brightness.
    func apply(to pixels: inout [UInt8]) {
        let (c, s) = (cos(2 * Double.pi * hue), sin(2 * Double.pi * hue) / 3.0.squareRoot())
        // Rodrigues' rotation about (1, 1, 1), with the part along the axis (the grey) left as it is.
        let third = 1.0 / 3
        let same = third + (c - c / 3) * saturation
        let next = third + (-c / 3 - s) * saturation
        let last = third + (-c / 3 + s) * saturation
        let scale = brightness * 256
        let (a, b, d) = (Int32((same * scale).rounded()), Int32((next * scale).rounded()), Int32((last * scale).rounded()))
        pixels.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for index in stride(from: 0, to: buffer.count - 2, by: 3) {
                let (red, green, blue) = (Int32(base[index]), Int32(base[index + 1]), Int32(base[index + 2]))
                base[index] = Self.byte(a * red + b * green + d * blue)
                base[index + 1] = Self.byte(d * red + a * green + b * blue)
                base[index + 2] = Self.byte(b * red + d * green + a * blue)
            }
        }
    }

    @inline(__always)
    private static func byte(_ scaled: Int32) -> UInt8 { UInt8(truncatingIfNeeded: min(max((scaled + 128) >> 8, 0), 255)) }
}
