/// The light and the camera that a scene is photographed with. The same seed shows the same things in every style.
package struct SceneStyle: Sendable, Hashable, Codable {
    /// Light on everything; 1 is a healthy lamp. Each photo varies by about a tenth around it.
    package var brightness: Double
    /// Colour of the light: above 0 yellow, below 0 blue (-1…1). Each photo varies around it.
    package var warmth: Double
    /// Whether the lamp itself is seen shining.
    package var lampIsLit: Bool
    /// Sensor noise, as the opacity of the grain: 0 none, 1 very strong.
    package var noise: Double
    /// The strongest softness a photo may have, 0 (always sharp) to 1.
    package var softness: Double

    package init(brightness: Double, warmth: Double, lampIsLit: Bool, noise: Double, softness: Double) {
        self.brightness = brightness
        self.warmth = warmth
        self.lampIsLit = lampIsLit
        self.noise = noise
        self.softness = softness
    }

    package static let standard = SceneStyle(brightness: 1, warmth: 0, lampIsLit: true, noise: 0.13, softness: 0.7)

    /// The lamp is broken: a third of the light, cold, and a camera that has to amplify it.
    package static let darkened = SceneStyle(brightness: 0.35, warmth: -0.45, lampIsLit: false, noise: 0.4, softness: 0.7)
}
