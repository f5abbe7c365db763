/// Size of the picture as given, in millions of pixels.
package enum Megapixels: ImageFact {
    package static let name = "megapixels"
    package static let summary = "width * height / 1,000,000"
    package static let range = 0.0...1_000_000.0

    package static func value(of view: FactView) -> Double {
        Double(view.width) * Double(view.height) / 1_000_000
    }
}
