import Foundation

struct Orange: Grocery {
    static let name = "orange"
    static let company = 4
    let width: Double
    let height: Double
    let leaning = 0.5
    private let skin: Ink
    private let pores: [(x: Double, y: Double, shade: Double)]
    private let navel: (x: Double, y: Double)
    private let hasLeaf: Bool

    init(random: inout SceneRandom) {
        width = random.number(6.8, 8.8)
        height = width * random.number(0.90, 1.0)
        skin = Ink(hue: random.number(0.062, 0.098), saturation: 0.95, lightness: random.number(0.47, 0.54))
        navel = (random.number(-0.35, 0.35), random.number(-0.85, -0.55))
        hasLeaf = random.chance(0.15)
        var pores: [(x: Double, y: Double, shade: Double)] = []
        for _ in 0..<130 {
            let angle = random.number(0, .pi * 2)
            let reach = random.number(0, 1).squareRoot() * 0.96
            pores.append((cos(angle) * reach, sin(angle) * reach, random.number(0, 1)))
        }
        self.pores = pores
    }

    func draw(on canvas: Canvas, view: SceneView) {
        let (radiusX, radiusY) = (width / 2, height / 2)
        let outline: (Canvas) -> Void = { $0.ellipse(0, -radiusY, radiusX, radiusY) }
        canvas.fill(
            .radial(
                x: -radiusX * 0.28, y: -height * 0.66, radius: width * 0.86,
                [
                    InkStop(0, skin.lighter(0.30)), InkStop(0.4, skin), InkStop(0.78, skin.darker(0.20)), InkStop(1, skin.darker(0.52)),
                ]), outline)
        canvas.clipped(to: outline) {
            for pore in pores {
                let ink = pore.shade < 0.5 ? skin.darker(0.45).faded(0.35) : skin.lighter(0.5).faded(0.35)
                canvas.fill(ink) { $0.circle(pore.x * radiusX, -radiusY + pore.y * radiusY, 0.11) }
            }
            let (x, y) = (navel.x * radiusX, -radiusY + navel.y * radiusY)
            canvas.fill(skin.darker(0.3).faded(0.5)) { $0.ellipse(x, y, 0.8, 0.4) }
            canvas.fill(Ink(hex: 0x5B7B2A)) { $0.ellipse(x, y, 0.38, 0.22) }
            canvas.fill(.linear(0, -height * 0.4, 0, 0, [InkStop(0, Ink.black.faded(0)), InkStop(1, Ink.black.faded(0.36))])) {
                $0.rectangle(-radiusX, -height, width, height)
            }
        }
        canvas.gleam(-radiusX * 0.36, -height * 0.72, radiusX * 0.30, height * 0.14, opacity: 0.55)
        guard hasLeaf else { return }
        canvas.fill(Ink(hex: 0x3D7A32)) {
            $0.move(navel.x * radiusX, -height + 0.3)
            $0.curve(0.6, -height - 1.2, 2.2, -height - 1.1, 3.0, -height + 0.1)
            $0.curve(2.0, -height + 0.4, 1.0, -height + 0.6, navel.x * radiusX, -height + 0.3)
        }
    }
}
