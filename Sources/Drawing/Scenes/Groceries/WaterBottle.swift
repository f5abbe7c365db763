/// A clear plastic bottle with a coloured cap and a printed ring.
struct WaterBottle: Grocery {
    static let name = "water_bottle"
    let width: Double
    let height: Double
    private let cap: Ink
    private let tint: Ink
    private let label: Ink
    private let print: Ink
    private let word: String
    private let ribs: Int
    private let level: Double

    init(random: inout SceneRandom) {
        width = random.number(6.0, 7.4)
        height = random.number(19.5, 22.5)
        cap = random.pick(Ink(hex: 0x1E63C8), Ink(hex: 0xF4F6F8), Ink(hex: 0x2AA7D8), Ink(hex: 0x1C8F5A), Ink(hex: 0x0E2F66))
        tint = random.pick(Ink(hex: 0xA9D3EA), Ink(hex: 0xBFE0EC), Ink(hex: 0x9CC6E6), Ink(hex: 0xB9DCD8))
        label = random.pick(Ink(hex: 0x1B62B8), Ink(hex: 0x0A9BD0), Ink(hex: 0xF2F6FA), Ink(hex: 0x13407E), Ink(hex: 0x2FA37C))
        print = label.readableText == .white ? .white : Ink(hex: 0x1B4F9C)
        word = random.pick("AQUA", "SPRING", "ALPINE", "FJORD", "PURE")
        ribs = 3 + random.index(4)
        level = random.number(0.80, 0.97)
    }

    func draw(on canvas: Canvas, view: SceneView) {
        let radius = width / 2
        let shoulder = height * 0.70
        let neck = height * 0.90
        let outline: (Canvas) -> Void = {
            $0.turned(
                [(0, radius * 0.90), (0.9, radius), (shoulder, radius), (neck, radius * 0.36), (height * 0.94, radius * 0.36)], view: view)
        }
        canvas.fill(
            .linear(
                -radius, 0, radius, 0,
                [
                    InkStop(0, tint.darker(0.42).faded(0.88)), InkStop(0.16, tint.darker(0.12).faded(0.66)),
                    InkStop(0.5, tint.lighter(0.45).faded(0.52)),
                    InkStop(0.84, tint.darker(0.15).faded(0.68)), InkStop(1, tint.darker(0.45).faded(0.9)),
                ]), outline)
        canvas.clipped(to: outline) { inside(canvas, radius: radius, shoulder: shoulder, view: view) }
        canvas.stroke(tint.darker(0.5).faded(0.5), width: 0.14, outline)
        drawCap(canvas, radius: radius * 0.42, view: view)
    }

    private func inside(_ canvas: Canvas, radius: Double, shoulder: Double, view: SceneView) {
        // Air above the water lets more light through.
        canvas.fill(Ink.white.faded(0.30)) { $0.rectangle(-radius, -height, width, height * (1 - level)) }
        canvas.stroke(Ink.white.faded(0.7), width: 0.16) { $0.disc(at: height * level, radius: radius * 0.5, view: view) }
        for rib in 0..<ribs {
            let place = 1.4 + Double(rib) * (shoulder * 0.34 - 1.4) / Double(ribs)
            canvas.stroke(tint.darker(0.45).faded(0.40), width: 0.16) { $0.band(from: place, to: place, radius: radius, view: view) }
            canvas.stroke(Ink.white.faded(0.45), width: 0.12) { $0.band(from: place + 0.25, to: place + 0.25, radius: radius, view: view) }
        }
        let (low, high) = (shoulder * 0.40, shoulder * 0.86)
        canvas.fill(label.faded(0.97)) { $0.band(from: low, to: high, radius: radius, view: view) }
        canvas.clipped(to: { $0.band(from: low, to: high, radius: radius, view: view) }) {
            canvas.fill(print.faded(0.30)) {
                $0.move(-radius, -low - 1.0)
                $0.curve(-radius / 3, -low - 3, radius / 3, -low + 1.2, radius, -low - 1.6)
                $0.line(radius, 4)
                $0.line(-radius, 4)
            }
            canvas.print(word, x: 0, y: -(low + high) / 2 + radius * view.tilt(low) * 0.9, size: 2.1, width: width * 0.82, ink: print)
            canvas.paint(
                .linear(
                    -radius, 0, radius, 0,
                    [
                        InkStop(0, Ink.black.faded(0.42)), InkStop(0.3, Ink.white.faded(0.16)), InkStop(0.6, Ink.black.faded(0.03)),
                        InkStop(1, Ink.black.faded(0.40)),
                    ]))
        }
        canvas.gleam(-radius * 0.48, -height * 0.42, radius * 0.13, height * 0.36, opacity: 0.85)
        canvas.gleam(radius * 0.62, -height * 0.36, radius * 0.08, height * 0.28, opacity: 0.5)
    }

    private func drawCap(_ canvas: Canvas, radius: Double, view: SceneView) {
        let base = height * 0.925
        let shape: (Canvas) -> Void = { $0.turned([(base, radius), (height - 0.3, radius)], view: view) }
        canvas.fill(
            .linear(
                -radius, 0, radius, 0,
                [
                    InkStop(0, cap.darker(0.45)), InkStop(0.3, cap.lighter(0.3)), InkStop(0.6, cap), InkStop(1, cap.darker(0.5)),
                ]), shape)
        if view.tilt(height) > 0 { canvas.fill(cap.lighter(0.2)) { $0.disc(at: height - 0.3, radius: radius, view: view) } }
    }
}
