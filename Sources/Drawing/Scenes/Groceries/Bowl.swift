import Foundation

/// A bowl of salad or cream.
struct Bowl: Grocery {
    static let name = "bowl"
    static let company = 1
    let width: Double
    let height: Double
    private let glaze: Ink
    private let leaves: [(x: Double, y: Double, ink: Ink)]

    init(random: inout SceneRandom) {
        width = random.number(12, 15)
        height = random.number(5, 6.5)
        glaze = random.pick(Ink(hex: 0xE9E4DA), Ink(hex: 0x5C7FA3), Ink(hex: 0xB86B4B), Ink(hex: 0x3F4A54))
        var leaves: [(x: Double, y: Double, ink: Ink)] = []
        for _ in 0..<34 {
            let ink = random.pick(Ink(hex: 0x5E8C31), Ink(hex: 0x7FAE45), Ink(hex: 0x3F6B22), Ink(hex: 0x9C5A7A), Ink(hex: 0xC9D79A))
            let angle = random.number(0, .pi * 2)
            let reach = random.number(0, 1).squareRoot()
            leaves.append((cos(angle) * reach, sin(angle) * reach, ink.darker(random.number(0, 0.3))))
        }
        self.leaves = leaves
    }

    func draw(on canvas: Canvas, view: SceneView) {
        let radius = width / 2
        let tilt = max(0.05, view.tilt(height))
        for leaf in leaves.sorted(by: { $0.y < $1.y }) {
            canvas.fill(leaf.ink) {
                $0.ellipse(leaf.x * radius * 0.84, -height + leaf.y * radius * tilt * 0.8 - 0.7, 1.5, 0.95)
            }
        }
        canvas.fill(
            .linear(
                -radius, 0, radius, 0,
                [
                    InkStop(0, glaze.darker(0.4)), InkStop(0.3, glaze.lighter(0.25)), InkStop(0.6, glaze), InkStop(1, glaze.darker(0.5)),
                ])
        ) {
            $0.move(-radius, -height)
            $0.curve(-radius, -height + radius * tilt * 4 / 3, radius, -height + radius * tilt * 4 / 3, radius, -height)
            $0.curve(radius * 0.95, -height * 0.3, radius * 0.6, 0.5, 0, 0.6)
            $0.curve(-radius * 0.6, 0.5, -radius * 0.95, -height * 0.3, -radius, -height)
        }
        canvas.stroke(glaze.lighter(0.4), width: 0.3) {
            $0.move(-radius, -height)
            $0.curve(-radius, -height + radius * tilt * 4 / 3, radius, -height + radius * tilt * 4 / 3, radius, -height)
        }
    }
}
