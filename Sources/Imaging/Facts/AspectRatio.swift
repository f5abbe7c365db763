/// Width over height of the picture as given: above 1 for landscape.
package enum AspectRatio: ImageFact {
    package static let name = "aspectRatio"
    package static let summary = "width / height"
    package static let range = 0.0...1_000_000.0

    package static func value(of view: FactView) -> Double {
        view.height > 0 ? Double(view.width) / Double(view.height) : 0
    }
}
