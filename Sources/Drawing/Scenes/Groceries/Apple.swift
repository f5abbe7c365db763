import Foundation

struct Apple: Grocery {
    static let name = "apple"
    static let company = 4
    let width: Double
    let height: Double
    let leaning = 0.35
    private let skin: Ink
    private let blush: Ink
    private let streaks: [(angle: Double, length: Double, width: Double)]
    private let speckles: [(x: Double, y: Double)]
    private let hasLeaf: Bool
    private let stem: Double

    init(random: inout SceneRandom) {
        width = random.number(7.2, 8.8)
        height = width * random.number(0.88, 1.0)
        (skin, blush) = random.pick(
            (Ink(hex: 0xB8161F), Ink(hex: 0xE2574A)), (Ink(hex: 0xC62828), Ink(hex: 0xF0B040)), (Ink(hex: 0x8DB832), Ink(hex: 0xC9DC6A)),
            (Ink(hex: 0xA31526), Ink(hex: 0xCB3B40)), (Ink(hex: 0xD9B52F), Ink(hex: 0xD8553C)))
        hasLeaf = random.chance(0.3)
        stem = random.number(-0.5, 0.5)
        var streaks: [(angle: Double, length: Double, width: Double)] = []
        for _ in 0..<26 { streaks.append((random.number(-1.4, 1.4), random.number(0.4, 0.95), random.number(0.08, 0.3))) }
        self.streaks = streaks
        var speckles: [(x: Double, y: Double)] = []
        for _ in 0..<40 { speckles.append((random.number(-1, 1), random.number(0.05, 0.95))) }
        self.speckles = speckles
    }

    func draw(on canvas: Canvas, view: SceneView) {
        let radius = width / 2
        let dip = height * 0.90
        let outline: (Canvas) -> Void = {
            $0.move(0, -dip)
            $0.curve(radius * 0.35, -height * 1.02, radius * 0.98, -height * 0.98, radius, -height * 0.58)
            $0.curve(radius * 1.0, -height * 0.20, radius * 0.62, 0.25, radius * 0.22, 0.12)
            $0.curve(radius * 0.1, 0.05, -radius * 0.1, 0.05, -radius * 0.22, 0.12)
            $0.curve(-radius * 0.62, 0.25, -radius * 1.0, -height * 0.20, -radius, -height * 0.58)
            $0.curve(-radius * 0.98, -height * 0.98, -radius * 0.35, -height * 1.02, 0, -dip)
            $0.close()
        }
        canvas.fill(
            .radial(
                x: -radius * 0.3, y: -height * 0.62, radius: width * 0.86,
                [
                    InkStop(0, blush), InkStop(0.35, skin.mixed(with: blush, 0.35)), InkStop(0.7, skin), InkStop(1, skin.darker(0.5)),
                ]), outline)
        canvas.clipped(to: outline) {
            for streak in streaks {
                let end = height * streak.length
                canvas.stroke(blush.faded(0.22), width: streak.width) {
                    $0.move(sin(streak.angle) * radius * 0.12, -dip + 0.2)
                    $0.curve(
                        sin(streak.angle) * radius * 0.8, -dip - 0.2, sin(streak.angle) * radius, -height * 0.5,
                        sin(streak.angle) * radius * 0.86, -dip + end)
                }
            }
            for speckle in speckles {
                canvas.fill(Ink(hex: 0xF7E3B5).faded(0.40)) { $0.circle(speckle.x * radius, -height * speckle.y, 0.09) }
            }
            canvas.fill(.linear(0, -height * 0.45, 0, 0.3, [InkStop(0, Ink.black.faded(0)), InkStop(1, Ink.black.faded(0.42))])) {
                $0.rectangle(-radius, -height, width, height + 1)
            }
            canvas.fill(
                .radial(
                    x: 0, y: -dip, radius: radius * 0.5,
                    [InkStop(0, Ink(hex: 0x3A2A12, opacity: 0.7)), InkStop(1, Ink(hex: 0x3A2A12, opacity: 0))])
            ) {
                $0.ellipse(0, -dip, radius * 0.5, height * 0.11)
            }
        }
        canvas.gleam(-radius * 0.42, -height * 0.68, radius * 0.26, height * 0.15, opacity: 0.75)
        canvas.stroke(Ink(hex: 0x4A3218), width: 0.34) {
            $0.move(0, -dip + 0.15)
            $0.curve(0.05, -dip - 0.6, stem * 0.6, -dip - 0.9, stem, -height - 0.75)
        }
        guard hasLeaf else { return }
        canvas.fill(.linear(0, -height, 2.6, -height, [InkStop(0, Ink(hex: 0x3E7D2C)), InkStop(1, Ink(hex: 0x7CB342))])) {
            $0.move(stem * 0.4, -height - 0.1)
            $0.curve(0.8, -height - 1.5, 2.2, -height - 1.2, 2.9, -height - 0.5)
            $0.curve(2.0, -height + 0.1, 1.0, -height + 0.2, stem * 0.4, -height - 0.1)
        }
    }
}
