/// A colour to draw with: components from 0 to 1, not multiplied by the opacity.
package struct Ink: Sendable, Hashable {
    package var red: Double
    package var green: Double
    package var blue: Double
    package var opacity: Double

    package init(_ red: Double, _ green: Double, _ blue: Double, opacity: Double = 1) {
        self.red = red
        self.green = green
        self.blue = blue
        self.opacity = opacity
    }

    /// `Ink(hex: 0xFF8800)`.
    package init(hex: UInt32, opacity: Double = 1) {
        self.init(
            Double(hex >> 16 & 255) / 255, Double(hex >> 8 & 255) / 255, Double(hex & 255) / 255, opacity: opacity)
    }

    /// Hue in turns (0 red, 1/3 green, 2/3 blue), saturation and lightness from 0 to 1 (HSL).
    package init(hue: Double, saturation: Double, lightness: Double, opacity: Double = 1) {
        let reach = saturation * min(lightness, 1 - lightness)
        func component(_ offset: Double) -> Double {
            let place = (offset + hue * 12).truncatingRemainder(dividingBy: 12)
            return lightness - reach * max(-1, min(place - 3, 9 - place, 1))
        }
        self.init(component(0), component(8), component(4), opacity: opacity)
    }

    package static let white = Ink(1, 1, 1)
    package static let black = Ink(0, 0, 0)

    package func faded(_ opacity: Double) -> Ink { Ink(red, green, blue, opacity: self.opacity * opacity) }

    /// A step of `share` (0 to 1) of the way to another colour.
    package func mixed(with other: Ink, _ share: Double) -> Ink {
        Ink(
            red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share,
            opacity: opacity + (other.opacity - opacity) * share)
    }

    package func lighter(_ share: Double) -> Ink { mixed(with: Ink(1, 1, 1, opacity: opacity), share) }
    package func darker(_ share: Double) -> Ink { mixed(with: Ink(0, 0, 0, opacity: opacity), share) }

    /// Black or white, whichever reads better on this colour.
    package var readableText: Ink { 0.299 * red + 0.587 * green + 0.114 * blue > 0.6 ? Ink(hex: 0x111111) : .white }
}

/// Where a gradient has which colour, 0 to 1 along its way.
package struct InkStop: Sendable, Hashable {
    package var place: Double
    package var ink: Ink

    package init(_ place: Double, _ ink: Ink) {
        self.place = place
        self.ink = ink
    }
}
