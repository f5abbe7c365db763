/// A glass of jam or pickles with a metal lid.
struct JamJar: Grocery {
    static let name = "jam_jar"
    let width: Double
    let height: Double
    private let content: Ink
    private let lid: Ink

    init(random: inout SceneRandom) {
        width = random.number(6.5, 8)
        height = random.number(7.5, 10)
        content = random.pick(Ink(hex: 0x6E1423), Ink(hex: 0x8F5A12), Ink(hex: 0x55701F), Ink(hex: 0xD8CBA0), Ink(hex: 0x4B1E46))
        lid = random.pick(Ink(hex: 0xD9B44A), Ink(hex: 0xEDEDED), Ink(hex: 0x2F6B3C), Ink(hex: 0x33363B))
    }

    func draw(on canvas: Canvas, view: SceneView) {
        let radius = width / 2
        let glass: (Canvas) -> Void = {
            $0.turned([(0, radius * 0.93), (0.6, radius), (height * 0.70, radius), (height * 0.84, radius * 0.86)], view: view)
        }
        canvas.fill(Ink(hex: 0xD5E2E4).faded(0.8), glass)
        canvas.clipped(to: glass) {
            canvas.fill(content.faded(0.95)) { $0.band(from: -2, to: height * 0.70, radius: radius, view: view) }
            canvas.fill(Ink(hex: 0xF5EFE0)) { $0.band(from: height * 0.16, to: height * 0.55, radius: radius, view: view) }
            canvas.fill(content.lighter(0.2)) { $0.circle(0, -height * 0.33, radius * 0.3) }
        }
        canvas.fill(lid) { $0.turned([(height * 0.82, radius * 0.92), (height, radius * 0.92)], view: view) }
        canvas.shadeRound(radius: radius, height: height, strength: 0.9)
        if view.tilt(height) > 0 { canvas.fill(lid.lighter(0.2)) { $0.disc(at: height, radius: radius * 0.92, view: view) } }
        canvas.gleam(-radius * 0.5, -height * 0.4, radius * 0.12, height * 0.3, opacity: 0.7)
    }
}
