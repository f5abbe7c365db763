/// Standard deviation of luma: 0 for one flat tone, 0.5 when half of the picture is black and half is white.
package enum Contrast: ImageFact {
    package static let name = "contrast"
    package static let summary = "standard deviation of luma, 0 (flat) to 0.5"
    package static let range = 0.0...0.5

    package static func value(of view: FactView) -> Double {
        min(0.5, view.lumaMoments.deviation / 255)
    }
}
