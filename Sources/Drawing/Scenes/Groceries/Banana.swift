import Foundation

/// One to four bananas of a bunch, lying on their backs.
struct Banana: Grocery {
    static let name = "banana"
    static let company = 1
    let width: Double
    let height: Double
    let leaning = 0.10
    private let count: Int
    private let skin: Ink
    private let spots: [(along: Double, across: Double, radius: Double)]
    private let mirrored: Bool

    init(random: inout SceneRandom) {
        count = 1 + random.index(4)
        width = random.number(14.5, 18)
        height = width * random.number(0.42, 0.50) + Double(count - 1) * 0.5
        skin = Ink(hue: random.number(0.128, 0.168), saturation: random.number(0.80, 0.95), lightness: random.number(0.50, 0.58))
        mirrored = random.chance(0.5)
        var spots: [(along: Double, across: Double, radius: Double)] = []
        for _ in 0..<random.index(22) { spots.append((random.number(0.1, 0.9), random.number(-0.7, 0.7), random.number(0.06, 0.24))) }
        self.spots = spots
    }

    func draw(on canvas: Canvas, view: SceneView) {
        canvas.saved {
            if mirrored { canvas.scale(-1, 1) }
            // All fingers start at the same stem; the farthest one is drawn first and lies highest.
            for finger in stride(from: count - 1, through: 0, by: -1) {
                drawFinger(canvas, lift: Double(finger) * 1.15, reach: 1 - Double(finger) * 0.07, shade: Double(finger) * 0.10)
            }
            let stem = (x: -width / 2 + 0.5, y: -height + 0.9)
            canvas.fill(Ink(hex: 0x6E5A24)) { $0.rectangle(stem.x - 0.4, stem.y - 0.8, 1.2, 1.7, radius: 0.4) }
            canvas.fill(Ink(hex: 0x3E3218)) { $0.ellipse(stem.x + 0.2, stem.y - 0.7, 0.62, 0.32) }
        }
    }

    private func drawFinger(_ canvas: Canvas, lift: Double, reach: Double, shade: Double) {
        let (startX, startY) = (-width / 2 + 0.7, -height + 1.2)
        let (endX, endY) = (width / 2 * reach - 0.4, -height * 0.70 - lift * 0.9)
        let depth = min(-lift * 0.75, -0.1)
        let thickness = height * 0.52
        let outline: (Canvas) -> Void = {
            $0.move(startX - 0.25, startY)
            $0.curve(self.width * -0.46, depth + 1.6, self.width * 0.16, depth + 2.0, endX + 0.25, endY + 0.25)
            $0.line(endX - 0.4, endY - 0.35)
            $0.curve(self.width * 0.10, depth - thickness + 1.4, self.width * -0.26, depth - thickness + 0.9, startX + 0.75, startY - 0.2)
            $0.close()
        }
        let base = skin.darker(shade)
        canvas.fill(
            .linear(
                0, -height * 0.75 - lift, 0, 0.2 - lift * 0.4,
                [
                    InkStop(0, base.lighter(0.22)), InkStop(0.45, base), InkStop(0.8, base.darker(0.20)), InkStop(1, base.darker(0.46)),
                ]), outline)
        canvas.clipped(to: outline) {
            canvas.stroke(base.darker(0.35).faded(0.5), width: 0.22) {
                $0.move(startX + 0.3, startY)
                $0.curve(width * -0.38, depth + 0.2, width * 0.13, depth + 0.6, endX, endY)
            }
            canvas.stroke(Ink.white.faded(0.30), width: 0.5) {
                $0.move(startX + 1.2, startY + 0.9)
                $0.curve(width * -0.28, depth - thickness + 2.3, width * 0.08, depth - thickness + 2.7, endX - 1.2, endY + 0.5)
            }
            for spot in spots {
                let x = startX + (endX - startX) * spot.along
                let sag = 4 * spot.along * (1 - spot.along)
                let y = startY + (depth - 1 - startY) * sag * 0.85 + spot.across * 1.1
                canvas.fill(Ink(hex: 0x5B3A12).faded(0.55)) { $0.ellipse(x, y, spot.radius * 1.5, spot.radius) }
            }
            canvas.fill(Ink(hex: 0x8A9A3A).faded(0.5)) { $0.circle(startX, startY, 1.3) }
        }
        canvas.stroke(base.darker(0.55).faded(0.45), width: 0.12, outline)
        canvas.fill(Ink(hex: 0x3A2C14)) { $0.ellipse(endX, endY, 0.5, 0.42) }
    }
}
