/// Mean luma: 0 is black, 1 is white.
package enum Brightness: ImageFact {
    package static let name = "brightness"
    package static let summary = "mean luma, 0 (black) to 1 (white)"
    package static let range = 0.0...1.0

    package static func value(of view: FactView) -> Double {
        min(1, view.lumaMoments.mean / 255)
    }
}
