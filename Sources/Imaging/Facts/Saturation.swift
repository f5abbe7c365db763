/// Mean saturation in the HSV model, (max - min) / max of the three components: 0 for grey, 1 for pure colours.
package enum Saturation: ImageFact {
    package static let name = "saturation"
    package static let summary = "mean HSV saturation, 0 (grey) to 1"
    package static let range = 0.0...1.0

    package static func value(of view: FactView) -> Double {
        let count = view.luma.count
        guard count > 0 else { return 0 }
        var sum = 0.0
        view.image.pixels.withUnsafeBufferPointer { pixels in
            for index in 0..<count {
                let (red, green, blue) = (pixels[index * 3], pixels[index * 3 + 1], pixels[index * 3 + 2])
                let highest = max(red, green, blue)
                if highest > 0 { sum += Double(highest - min(red, green, blue)) / Double(highest) }
            }
        }
        return min(1, sum / Double(count))
    }
}
