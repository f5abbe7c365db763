/// Mean saturation in the HSV model, (max - min) / max of the three components: 0 for grey, 1 for pure colours.
package enum Saturation: ImageFact {
    package static let name = "saturation"
    package static let summary = "mean HSV saturation, 0 (grey) to 1"
    package static let range = 0.0...1.0

    package static func value(of view: FactView) -> Double {
        let count = view.luma.count
        guard count > 0 else { return 0 }
        // The differences are added up for each greatest component, so that there are 255 divisions and not one a pixel.
        var differences = [Int](repeating: 0, count: 256)
        differences.withUnsafeMutableBufferPointer { differences in
            view.image.pixels.withUnsafeBufferPointer { pixels in
                for index in 0..<count {
                    let (red, green, blue) = (pixels[index * 3], pixels[index * 3 + 1], pixels[index * 3 + 2])
                    let highest = max(red, green, blue)
                    differences[Int(highest)] &+= Int(highest - min(red, green, blue))
                }
            }
        }
        let sum = (1...255).reduce(0.0) { $0 + Double(differences[$1]) / Double($1) }
        return min(1, sum / Double(count))
    }
}
