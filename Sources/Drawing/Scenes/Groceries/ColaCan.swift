/// A drink can of aluminium.
struct ColaCan: Grocery {
    static let name = "cola_can"
    static let company = 3
    let width: Double
    let height: Double
    private let paint: Ink
    private let accent: Ink
    private let word: String
    private let design: Int
    private let turn: Double

    init(random: inout SceneRandom) {
        width = random.number(6.0, 6.8)
        height = random.number(11.6, 13.4)
        let variant = random.pick(
            (Ink(hex: 0xC8102E), Ink.white), (Ink(hex: 0xC8102E), Ink.white), (Ink(hex: 0x18181B), Ink(hex: 0xE03A3E)),
            (Ink(hex: 0x0B4EA2), Ink.white), (Ink(hex: 0xC9CDD2), Ink(hex: 0xC8102E)), (Ink(hex: 0x9B1423), Ink(hex: 0xF4D58D)))
        (paint, accent) = variant
        word = random.pick("COLA", "Kola", "COLA", "ZERO")
        design = random.index(3)
        turn = random.number(-0.25, 0.25)
    }

    func draw(on canvas: Canvas, view: SceneView) {
        let radius = width / 2
        let lid = radius * 0.82
        let body: (Canvas) -> Void = {
            $0.turned(
                [(0, radius * 0.78), (0.8, radius), (height - 1.4, radius), (height - 0.2, lid), (height, lid)], view: view)
        }
        let metal = Ink(hex: 0xC4C9CF)
        canvas.fill(metal, body)
        canvas.clipped(to: body) {
            canvas.fill(paint) { $0.band(from: 0.7, to: height - 1.15, radius: radius + 0.1, view: view) }
            canvas.clipped(to: { $0.band(from: 0.7, to: height - 1.15, radius: radius + 0.1, view: view) }) {
                art(canvas, radius: radius)
            }
        }
        canvas.shadeRound(radius: radius, height: height)
        if view.tilt(height) > 0.01 { top(canvas, radius: lid, metal: metal, view: view) }
        canvas.gleam(-radius * 0.45, -height * 0.5, radius * 0.10, height * 0.36, opacity: 0.7)
    }

    private func art(_ canvas: Canvas, radius: Double) {
        let middle = -height * 0.47
        let shift = radius * turn
        switch design {
        case 0:
            canvas.stroke(accent, width: height * 0.10, round: false) {
                $0.move(-radius - 1, middle + height * 0.20)
                $0.curve(
                    -radius / 2 + shift, middle - height * 0.05, radius / 2 + shift, middle + height * 0.44, radius + 1,
                    middle + height * 0.10)
            }
            canvas.print(word, x: shift, y: middle - height * 0.02, size: 2.6, width: width * 0.86, ink: accent)
        case 1:
            canvas.saved {
                canvas.translate(shift + radius * 0.12, middle)
                canvas.rotate(-.pi / 2)
                canvas.print(word, x: 0, y: width * 0.2, size: 3.6, width: height * 0.66, ink: accent)
            }
            canvas.stroke(accent.faded(0.9), width: 0.28) {
                $0.move(shift + radius * 0.72, -1)
                $0.line(shift + radius * 0.72, -height + 2)
            }
        default:
            canvas.fill(accent) { $0.circle(shift, middle, radius * 0.74) }
            canvas.stroke(paint.lighter(0.3), width: 0.24) { $0.circle(shift, middle, radius * 0.62) }
            canvas.print(word, x: shift, y: middle + 0.55, size: 1.9, width: width * 0.5, ink: paint)
        }
        canvas.fill(accent.faded(0.75)) { $0.rectangle(-radius, -1.7, width, 0.22) }
    }

    private func top(_ canvas: Canvas, radius: Double, metal: Ink, view: SceneView) {
        canvas.fill(
            .linear(
                -radius, 0, radius, 0,
                [
                    InkStop(0, metal.darker(0.35)), InkStop(0.35, metal.lighter(0.6)), InkStop(0.7, metal), InkStop(1, metal.darker(0.4)),
                ])
        ) { $0.disc(at: height, radius: radius, view: view) }
        canvas.fill(.linear(-radius, 0, radius, 0, [InkStop(0, metal.lighter(0.35)), InkStop(1, metal.darker(0.25))])) {
            $0.disc(at: height - 0.12, radius: radius * 0.84, view: view)
        }
        let tilt = view.tilt(height)
        canvas.fill(metal.darker(0.45)) { $0.ellipse(0.3 * turn, -height + radius * tilt * 0.25, radius * 0.26, radius * 0.34 * tilt) }
        canvas.stroke(Ink.white.faded(0.7), width: 0.1) { $0.disc(at: height, radius: radius, view: view) }
    }
}
