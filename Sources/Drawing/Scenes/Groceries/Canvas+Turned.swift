/// Shapes and shades that round things share. Units are centimetres, heights count upwards from the base.
extension Canvas {
    /// The outline of something turned on a lathe: radii at heights from the base up, joined smoothly.
    func turned(_ profile: [(height: Double, radius: Double)], view: SceneView) {
        guard let base = profile.first, let top = profile.last else { return }
        move(-base.radius, -base.height)
        bulge(to: base.radius, at: base.height, by: base.radius * view.tilt(base.height))
        for (lower, upper) in zip(profile, profile.dropFirst()) { side(lower, upper, sign: 1) }
        bulge(to: -top.radius, at: top.height, by: -top.radius * view.tilt(top.height))
        for (lower, upper) in zip(profile, profile.dropFirst()).reversed() { side(upper, lower, sign: -1) }
        close()
    }

    private func side(_ from: (height: Double, radius: Double), _ to: (height: Double, radius: Double), sign: Double) {
        let middle = -(from.height + to.height) / 2
        curve(sign * from.radius, middle, sign * to.radius, middle, sign * to.radius, -to.height)
    }

    /// Half an ellipse from the mirrored place to (x, -height), `depth` centimetres downwards.
    private func bulge(to x: Double, at height: Double, by depth: Double) {
        curve(-x, -height + depth * 4 / 3, x, -height + depth * 4 / 3, x, -height)
    }

    /// A ring of print around a cylinder between two heights.
    func band(from low: Double, to high: Double, radius: Double, view: SceneView) {
        move(-radius, -low)
        bulge(to: radius, at: low, by: radius * view.tilt(low))
        line(radius, -high)
        bulge(to: -radius, at: high, by: radius * view.tilt(high))
        close()
    }

    /// A horizontal disc: the top of a can, the rim of a bowl.
    func disc(at height: Double, radius: Double, view: SceneView) {
        ellipse(0, -height, radius, radius * max(0.015, abs(view.tilt(height))))
    }

    /// The light on something round, laid over what is drawn already: dark at the sides, a lighter stripe at the left.
    func shadeRound(radius: Double, height: Double, strength: Double = 1) {
        clipped(to: { $0.rectangle(-radius - 1, -height - 2, radius * 2 + 2, height + 6) }) {
            paintAtop(
                .linear(
                    -radius, 0, radius, 0,
                    [
                        InkStop(0, Ink.black.faded(0.55 * strength)), InkStop(0.12, Ink.black.faded(0.22 * strength)),
                        InkStop(0.24, Ink.white.faded(0.20 * strength)), InkStop(0.32, Ink.white.faded(0.30 * strength)),
                        InkStop(0.42, Ink.white.faded(0.02 * strength)), InkStop(0.68, Ink.black.faded(0.14 * strength)),
                        InkStop(0.92, Ink.black.faded(0.46 * strength)), InkStop(1, Ink.black.faded(0.36 * strength)),
                    ]))
        }
    }

    /// A soft reflection of the lamp.
    func gleam(_ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double, opacity: Double) {
        saved {
            translate(x, y)
            scale(radiusX, radiusY)
            fill(.radial(x: 0, y: 0, radius: 1, [InkStop(0, Ink.white.faded(opacity)), InkStop(1, Ink.white.faded(0))])) {
                $0.circle(0, 0, 1)
            }
        }
    }

    /// Print on a label: scaled to `width` centimetres at most.
    func print(_ word: String, x: Double, y: Double, size: Double, width: Double, ink: Ink) {
        let natural = max(0.01, textWidth(word, size: size * 10, bold: true) / 10)
        let fitted = size * min(1, width / natural)
        text(word, x: x, y: y, size: fitted, bold: true, ink: ink, alignment: .centre)
    }
}
