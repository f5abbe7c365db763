/// Hasler and Süsstrunk, "Measuring colourfulness in natural images", SPIE 5007 (2003): spread and strength of the
/// opponent colours red-green and yellow-blue. 0 is grey; photos run to about 110.
package enum Colourfulness: ImageFact {
    package static let name = "colourfulness"
    package static let summary = "Hasler-Süsstrunk colourfulness: 0 (grey), 45 (rather colourful), 109 (extremely)"
    package static let range = 0.0...500.0

    package static func value(of view: FactView) -> Double {
        let count = view.luma.count
        var redGreen = [Float](repeating: 0, count: count)
        var yellowBlue = redGreen
        view.image.pixels.withUnsafeBufferPointer { pixels in
            for index in 0..<count {
                let (red, green, blue) = (Float(pixels[index * 3]), Float(pixels[index * 3 + 1]), Float(pixels[index * 3 + 2]))
                redGreen[index] = red - green
                yellowBlue[index] = 0.5 * (red + green) - blue
            }
        }
        let first = FactView.moments(of: redGreen)
        let second = FactView.moments(of: yellowBlue)
        let spread = (first.deviation * first.deviation + second.deviation * second.deviation).squareRoot()
        let strength = (first.mean * first.mean + second.mean * second.mean).squareRoot()
        return spread + 0.3 * strength
    }
}
