/// A plastic box with a lid and leftovers in it.
struct FoodBox: Grocery {
    static let name = "food_box"
    static let company = 1
    let width: Double
    let height: Double
    private let lid: Ink
    private let food: Ink

    init(random: inout SceneRandom) {
        width = random.number(11, 16)
        height = random.number(5.5, 8.5)
        lid = random.pick(Ink(hex: 0x3C7DC4), Ink(hex: 0xD9534F), Ink(hex: 0x58A55C), Ink(hex: 0xB9BEC6), Ink(hex: 0x6F6A9E))
        food = random.pick(Ink(hex: 0xB5763A), Ink(hex: 0x7C8F3F), Ink(hex: 0xD8C79A), Ink(hex: 0x9C4A32))
    }

    func draw(on canvas: Canvas, view: SceneView) {
        let side = width / 2
        let body = height - 1.3
        let depth = max(0.2, view.tilt(height) * 8)
        canvas.fill(Ink(hex: 0xDCE5EA).faded(0.85)) { $0.rectangle(-side + 0.4, -body, width - 0.8, body + 0.4, radius: 1) }
        canvas.fill(food.faded(0.75)) { $0.rectangle(-side + 0.8, -body * 0.62, width - 1.6, body * 0.62 + 0.1, radius: 0.8) }
        canvas.fill(
            .linear(
                0, -body, 0, 0, [InkStop(0, Ink.white.faded(0.35)), InkStop(0.3, Ink.white.faded(0.05)), InkStop(1, Ink.black.faded(0.25))])
        ) {
            $0.rectangle(-side + 0.4, -body, width - 0.8, body + 0.4, radius: 1)
        }
        canvas.fill(lid.lighter(0.18)) {
            $0.polygon([(-side, -height + 0.4), (side, -height + 0.4), (side - 1, -height - depth), (-side + 1, -height - depth)])
        }
        canvas.fill(.linear(0, -height, 0, -body, [InkStop(0, lid.lighter(0.1)), InkStop(1, lid.darker(0.25))])) {
            $0.rectangle(-side, -height + 0.2, width, 1.5, radius: 0.5)
        }
        canvas.gleam(-side * 0.55, -body * 0.55, width * 0.10, body * 0.3, opacity: 0.5)
    }
}
