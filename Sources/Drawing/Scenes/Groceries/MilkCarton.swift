/// A paper carton with a gabled top, seen a little from the side.
struct MilkCarton: Grocery {
    static let name = "milk_carton"
    let width: Double
    let height: Double
    private let face: Double
    private let paper: Ink
    private let colour: Ink
    private let word: String
    private let design: Int
    private let hasCap: Bool
    private let sideIsRight: Bool
    private let blots: [(x: Double, y: Double, radius: Double)]

    init(random: inout SceneRandom) {
        width = random.number(7.6, 9.2)
        height = random.number(18.5, 22.5)
        face = random.number(0.66, 0.86)
        paper = random.pick(Ink(hex: 0xF7F8F8), Ink(hex: 0xF3F1EA), Ink(hex: 0xEEF4F9))
        colour = random.pick(
            Ink(hex: 0x1F6FC2), Ink(hex: 0x2E9E4F), Ink(hex: 0xD23B3B), Ink(hex: 0x38A3D6), Ink(hex: 0xE8A013), Ink(hex: 0x6A4BA8))
        word = random.pick("MILK", "MILK", "Milch", "LAIT", "OAT")
        design = random.index(3)
        hasCap = random.chance(0.45)
        sideIsRight = random.chance(0.5)
        var blots: [(x: Double, y: Double, radius: Double)] = []
        for _ in 0..<6 { blots.append((random.number(0, 1), random.number(0, 1), random.number(0.5, 1.3))) }
        self.blots = blots
    }

    func draw(on canvas: Canvas, view: SceneView) {
        canvas.saved {
            if !sideIsRight { canvas.scale(-1, 1) }
            drawFaces(canvas, view: view)
        }
    }

    /// The corner between front and side stands nearest to the eye, so both lower edges rise away from it.
    private func drawFaces(_ canvas: Canvas, view: SceneView) {
        let (left, right) = (-width / 2, width / 2)
        let corner = left + width * face
        let body = height * 0.76
        let ridge = height * 0.95
        let low = view.tilt(0)
        let high = view.tilt(body)
        let (frontRise, sideRise) = (width * face * 0.2, width * (1 - face) * 1.1)
        func bottom(_ rise: Double) -> Double { low * (1.2 - rise) }
        func top(_ rise: Double) -> Double { -body + high * (1.2 - rise) }
        let front: [(Double, Double)] = [(left, bottom(frontRise)), (corner, bottom(0)), (corner, top(0)), (left, top(frontRise))]
        let side: [(Double, Double)] = [(corner, bottom(0)), (right, bottom(sideRise)), (right, top(sideRise)), (corner, top(0))]
        // The gable leans back from the front; the side ends in a folded triangle.
        let (ridgeLeft, ridgeRight) = (left + width * (1 - face) * 0.5, corner + width * (1 - face) * 0.5)
        let gable: [(Double, Double)] = [(left, top(frontRise)), (corner, top(0)), (ridgeRight, -ridge), (ridgeLeft, -ridge)]
        let fold: [(Double, Double)] = [(corner, top(0)), (right, top(sideRise)), (ridgeRight, -ridge)]
        canvas.fill(paper.darker(0.30)) { $0.polygon(side) }
        canvas.clipped(to: { $0.polygon(side) }) { stripe(canvas, from: left, to: right, dimmed: 0.34) }
        canvas.fill(paper.darker(0.40)) { $0.polygon(fold) }
        canvas.fill(.linear(0, -body, 0, -ridge, [InkStop(0, paper.darker(0.10)), InkStop(1, paper)])) { $0.polygon(gable) }
        canvas.clipped(to: { $0.polygon(gable) }) {
            canvas.fill(colour.faded(0.85)) { $0.rectangle(left, -body - height * 0.075, width, height * 0.055) }
        }
        canvas.fill(paper.darker(0.05)) {
            $0.polygon([(ridgeLeft, -ridge), (ridgeRight, -ridge), (ridgeRight, -height), (ridgeLeft, -height)])
        }
        canvas.stroke(Ink.black.faded(0.22), width: 0.1) {
            $0.move(ridgeLeft, -ridge)
            $0.line(ridgeRight, -ridge)
        }
        canvas.fill(.linear(left, 0, corner, 0, [InkStop(0, paper.darker(0.07)), InkStop(0.4, paper), InkStop(1, paper.darker(0.05))])) {
            $0.polygon(front)
        }
        canvas.clipped(to: { $0.polygon(front) }) { print(canvas, left: left, right: corner, body: body) }
        canvas.stroke(Ink.black.faded(0.12), width: 0.1) { $0.polygon(front) }
        if hasCap { cap(canvas, x: (left + corner) / 2 + width * 0.08, y: -(body + ridge) / 2) }
    }

    private func stripe(_ canvas: Canvas, from left: Double, to right: Double, dimmed: Double) {
        canvas.fill(colour.darker(dimmed)) { $0.rectangle(left, -height * (design == 1 ? 0.76 : 0.22), right - left, height * 0.24 + 3) }
    }

    private func print(_ canvas: Canvas, left: Double, right: Double, body: Double) {
        let middle = (left + right) / 2
        let room = right - left
        switch design {
        case 0:
            stripe(canvas, from: left, to: right, dimmed: 0)
            for blot in blots {
                canvas.fill(Ink(hex: 0x2B2B30).faded(0.85)) {
                    $0.ellipse(left + room * blot.x, -height * (0.24 + 0.24 * blot.y), blot.radius, blot.radius * 0.7)
                }
            }
        case 1:
            stripe(canvas, from: left, to: right, dimmed: 0)
            canvas.fill(colour.lighter(0.55)) { $0.circle(middle, -height * 0.27, room * 0.30) }
            canvas.fill(paper) { $0.circle(middle - room * 0.06, -height * 0.29, room * 0.17) }
        default:
            canvas.fill(colour) {
                $0.move(left, 3)
                $0.line(left, -height * 0.34)
                $0.curve(left + room * 0.35, -height * 0.20, left + room * 0.6, -height * 0.50, right, -height * 0.36)
                $0.line(right, 3)
            }
            canvas.fill(Ink.white.faded(0.9)) { $0.ellipse(middle, -height * 0.13, room * 0.2, room * 0.16) }
        }
        let ink = design == 1 ? Ink.white : colour.darker(0.15)
        canvas.saved {
            // The drawing may be mirrored, the word must not be.
            canvas.translate(middle, 0)
            if !sideIsRight { canvas.scale(-1, 1) }
            canvas.print(word, x: 0, y: -body * (design == 1 ? 0.79 : 0.75), size: 2.7, width: room * 0.84, ink: ink)
        }
    }

    private func cap(_ canvas: Canvas, x: Double, y: Double) {
        canvas.fill(Ink.black.faded(0.25)) { $0.ellipse(x + 0.15, y + 0.3, 1.35, 0.95) }
        canvas.fill(colour.darker(0.25)) { $0.ellipse(x, y + 0.1, 1.3, 0.95) }
        canvas.fill(colour.lighter(0.15)) { $0.ellipse(x, y - 0.25, 1.3, 0.85) }
    }
}
