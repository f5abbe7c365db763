/// A wide bottle of juice: the drink gives it its colour.
struct JuiceBottle: Grocery {
    static let name = "juice_bottle"
    let width: Double
    let height: Double
    private let juice: Ink
    private let cap: Ink
    private let paper: Ink
    private let word: String
    private let level: Double
    private let waist: Double

    init(random: inout SceneRandom) {
        width = random.number(7.6, 9.2)
        height = random.number(15.5, 19.5)
        let variant = random.pick(
            (Ink(hex: 0xF59A12), "ORANGE"), (Ink(hex: 0xF2B32C), "MANGO"), (Ink(hex: 0xD9A441), "APPLE"), (Ink(hex: 0xB3202C), "BERRY"),
            (Ink(hex: 0x7DA63A), "GREEN"), (Ink(hex: 0xE4572E), "CARROT"))
        (juice, word) = variant
        cap = random.pick(Ink(hex: 0xF5F5F2), Ink(hex: 0xE8761A), Ink(hex: 0x2E8B3D), Ink(hex: 0x222428), Ink(hex: 0xC22F2F))
        paper = random.pick(Ink(hex: 0xFBF7EC), Ink(hex: 0xFFFFFF), Ink(hex: 0x2F5D3A), Ink(hex: 0xFCE9C4))
        level = random.number(0.80, 0.93)
        waist = random.number(0.82, 0.95)
    }

    func draw(on canvas: Canvas, view: SceneView) {
        let radius = width / 2
        let outline: (Canvas) -> Void = {
            $0.turned(
                [
                    (0, radius * 0.88), (1, radius), (height * 0.32, radius), (height * 0.44, radius * waist), (height * 0.56, radius),
                    (height * 0.66, radius * 0.96), (height * 0.86, radius * 0.46), (height * 0.92, radius * 0.46),
                ], view: view)
        }
        canvas.fill(Ink(hex: 0xDCE6E6).faded(0.75), outline)
        canvas.clipped(to: outline) {
            canvas.fill(juice) { $0.band(from: -3, to: height * level * 0.92, radius: radius + 0.2, view: view) }
            canvas.fill(juice.lighter(0.25)) { $0.disc(at: height * level * 0.92, radius: radius * 0.62, view: view) }
            label(canvas, radius: radius, view: view)
        }
        canvas.shadeRound(radius: radius, height: height, strength: 0.85)
        canvas.stroke(juice.darker(0.55).faded(0.5), width: 0.12, outline)
        canvas.gleam(-radius * 0.52, -height * 0.44, radius * 0.12, height * 0.34, opacity: 0.8)
        canvas.gleam(radius * 0.5, -height * 0.72, radius * 0.12, height * 0.09, opacity: 0.5)
        drawCap(canvas, radius: radius * 0.54, view: view)
    }

    private func label(_ canvas: Canvas, radius: Double, view: SceneView) {
        let (low, high) = (height * 0.14, height * 0.52)
        let ring: (Canvas) -> Void = { $0.band(from: low, to: high, radius: radius + 0.2, view: view) }
        canvas.fill(paper, ring)
        canvas.clipped(to: ring) {
            let drop = radius * view.tilt(low) * 0.8
            canvas.fill(juice.lighter(0.1)) { $0.circle(0, -height * 0.27 + drop, radius * 0.46) }
            canvas.fill(juice.lighter(0.45)) { $0.circle(-radius * 0.1, -height * 0.29 + drop, radius * 0.26) }
            canvas.fill(Ink(hex: 0x3F8F3A)) { $0.ellipse(radius * 0.34, -height * 0.36 + drop, radius * 0.26, radius * 0.11) }
            canvas.print(
                word, x: 0, y: -height * 0.425 + drop, size: 1.7, width: width * 0.76,
                ink: paper.readableText == .white ? .white : juice.darker(0.45))
        }
    }

    private func drawCap(_ canvas: Canvas, radius: Double, view: SceneView) {
        canvas.fill(
            .linear(
                -radius, 0, radius, 0,
                [
                    InkStop(0, cap.darker(0.45)), InkStop(0.3, cap.lighter(0.35)), InkStop(0.6, cap), InkStop(1, cap.darker(0.5)),
                ])
        ) { $0.turned([(height * 0.895, radius), (height - 0.3, radius * 0.97)], view: view) }
        for line in -3...3 {
            canvas.stroke(Ink.black.faded(0.16), width: 0.1) {
                $0.move(Double(line) * radius * 0.27, -height * 0.905)
                $0.line(Double(line) * radius * 0.27, -height + 0.5)
            }
        }
        if view.tilt(height) > 0 { canvas.fill(cap.lighter(0.25)) { $0.disc(at: height - 0.3, radius: radius * 0.97, view: view) } }
    }
}
