import Foundation

/// The fridge around the things: walls, lamp, glass shelves, drawer and the edge of the open door.
struct FridgeInterior {
    /// Half of the room's width, its depth, and the heights of the shelves; centimetres.
    static let halfWidth = 27.0
    static let depth = 36.0
    static let ceiling = 58.0
    let shelves: [Double]
    private let camera: SceneCamera
    private let wall: Ink
    private let trim: Ink
    private let trimHeight: Double
    private let glass: Ink
    private let kitchen: Ink
    private let doorIsRight: Bool
    private let lampIsLit: Bool
    private let lampX: Double
    private let lampSides: Bool
    private let ribs: Int

    init(camera: SceneCamera, lampIsLit: Bool, random: inout SceneRandom) {
        self.camera = camera
        self.lampIsLit = lampIsLit
        shelves = [0, random.number(24.5, 27.5)]
        wall = random.pick(
            Ink(hex: 0xE8EDF1), Ink(hex: 0xDFE7EC), Ink(hex: 0xEEEEEA), Ink(hex: 0xD5DCE2), Ink(hex: 0xE3E9EE), Ink(hex: 0x9AA3AB))
        trim = random.pick(Ink(hex: 0xF3F5F7), Ink(hex: 0xB9C1C8), Ink(hex: 0xDDE6EC), Ink(hex: 0x7C868F))
        trimHeight = random.number(0.9, 1.5)
        glass = random.pick(Ink(hex: 0xCFE5E2), Ink(hex: 0xD5E4EE), Ink(hex: 0xC8DCE4))
        kitchen = random.pick(Ink(hex: 0x4B4138), Ink(hex: 0x6A6258), Ink(hex: 0x39424B), Ink(hex: 0x8A7A66), Ink(hex: 0x2F3136))
        doorIsRight = random.chance(0.5)
        lampX = random.number(-9, 9)
        lampSides = random.chance(0.4)
        ribs = 3 + random.index(4)
    }

    private func quad(_ points: [(Double, Double, Double)]) -> (Canvas) -> Void {
        let placed = points.map { camera.place($0.0, $0.1, $0.2) }
        return { $0.polygon(placed) }
    }

    /// Everything behind the things.
    func drawRoom(on canvas: Canvas) {
        let (side, depth, top, bottom) = (Self.halfWidth, Self.depth, Self.ceiling, -16.0)
        canvas.paint(.linear(0, 0, camera.width, camera.height, [InkStop(0, kitchen.lighter(0.12)), InkStop(1, kitchen.darker(0.35))]))
        drawFrame(on: canvas)
        let backTop = camera.place(lampX, shelves[1] + 24, depth)
        let reach = camera.height * 1.1
        let back: [(Double, Double, Double)] = [(-side, bottom, depth), (side, bottom, depth), (side, top, depth), (-side, top, depth)]
        canvas.fill(wall.darker(0.06), quad(back))
        canvas.clipped(to: quad(back)) {
            for rib in 0..<ribs {
                let x = -side + 2 * side * (Double(rib) + 0.5) / Double(ribs)
                let (low, high) = (camera.place(x, bottom, depth), camera.place(x, top, depth))
                canvas.stroke(Ink.black.faded(0.05), width: camera.unit * 0.5) {
                    $0.move(low.0, low.1)
                    $0.line(high.0, high.1)
                }
            }
            canvas.paint(
                .radial(
                    x: backTop.0, y: backTop.1, radius: reach,
                    [
                        InkStop(0, Ink.white.faded(lampIsLit ? 0.85 : 0.12)), InkStop(0.35, Ink.white.faded(lampIsLit ? 0.25 : 0.03)),
                        InkStop(1, Ink.black.faded(lampIsLit ? 0.16 : 0.34)),
                    ]))
        }
        for sign in [-1.0, 1.0] { drawSideWall(on: canvas, sign: sign, top: top, bottom: bottom) }
        let roof: [(Double, Double, Double)] = [(-side, top, 0), (side, top, 0), (side, top, depth), (-side, top, depth)]
        canvas.fill(wall.darker(0.2), quad(roof))
        if lampIsLit { drawLamp(on: canvas) }
        drawDrawer(on: canvas)
    }

    private func drawFrame(on canvas: Canvas) {
        let (side, rim) = (Self.halfWidth, 3.2)
        let steel = wall.mixed(with: Ink(hex: 0xC4CAD0), 0.6)
        for sign in [-1.0, 1.0] {
            let (inner, outer) = (camera.place(side * sign, 20, 0).0, camera.place((side + rim) * sign, 20, 0).0)
            canvas.fill(
                .linear(
                    inner, 0, outer, 0,
                    [InkStop(0, steel.darker(0.05)), InkStop(0.55, steel.lighter(0.3)), InkStop(1, steel.darker(0.45))]),
                quad([(side * sign, -30, 0), ((side + rim) * sign, -30, 0), ((side + rim) * sign, 80, 0), (side * sign, 80, 0)]))
            // The rubber seal between frame and room.
            let (low, high) = (camera.place((side + 0.6) * sign, -30, 0), camera.place((side + 0.6) * sign, 80, 0))
            canvas.stroke(Ink(hex: 0x6D7379).faded(0.7), width: camera.unit * 0.45) {
                $0.move(low.0, low.1)
                $0.line(high.0, high.1)
            }
        }
        drawDoor(on: canvas, sign: doorIsRight ? 1 : -1, hinge: side + rim)
    }

    /// The open door, seen from its edge, with its racks.
    private func drawDoor(on canvas: Canvas, sign: Double, hinge: Double) {
        let far = hinge + 14
        let door: [(Double, Double, Double)] = [
            (hinge * sign, -30, 0), (far * sign, -30, -26), (far * sign, 80, -26), (hinge * sign, 80, 0),
        ]
        let (near, end) = (camera.place(hinge * sign, 20, 0).0, camera.place(far * sign, 20, -26).0)
        canvas.fill(
            .linear(near, 0, end, 0, [InkStop(0, wall.darker(0.38)), InkStop(0.5, wall.darker(0.12)), InkStop(1, wall.darker(0.3))]),
            quad(door))
        for y in [-4.0, 14, 32] {
            let rack: [(Double, Double, Double)] = [
                ((hinge + 1.5) * sign, y, -4), (far * sign, y, -26), (far * sign, y + 5, -26), ((hinge + 1.5) * sign, y + 5, -4),
            ]
            canvas.fill(glass.faded(0.45), quad(rack))
            canvas.stroke(Ink.white.faded(0.5), width: camera.unit * 0.18, quad(rack))
        }
    }

    private func drawSideWall(on canvas: Canvas, sign: Double, top: Double, bottom: Double) {
        let (side, depth) = (Self.halfWidth * sign, Self.depth)
        let points: [(Double, Double, Double)] = [(side, bottom, 0), (side, bottom, depth), (side, top, depth), (side, top, 0)]
        let (front, back) = (camera.place(side, 20, 0).0, camera.place(side, 20, depth).0)
        canvas.fill(
            .linear(back, 0, front, 0, [InkStop(0, wall.darker(0.16)), InkStop(0.6, wall.darker(0.05)), InkStop(1, wall.lighter(0.15))]),
            quad(points))
        for shelf in shelves {
            for offset in [-0.4, 9.0] {
                let ledge: [(Double, Double, Double)] = [
                    (side, shelf + offset, 1), (side, shelf + offset, depth), (side, shelf + offset + 0.9, depth),
                    (side, shelf + offset + 0.9, 1),
                ]
                canvas.fill(wall.darker(0.22).faded(0.7), quad(ledge))
            }
        }
        guard lampSides, lampIsLit else { return }
        let strip: [(Double, Double, Double)] = [(side, 4, 7), (side, 4, 10), (side, 50, 10), (side, 50, 7)]
        canvas.fill(Ink(hex: 0xFFFDF4), quad(strip))
        let (x, y) = camera.place(side, 26, 8.5)
        canvas.gleam(x, y, camera.unit * 9, camera.unit * 30, opacity: 0.35)
    }

    private func drawLamp(on canvas: Canvas) {
        let (x, y) = camera.place(lampX, shelves[1] + 22, Self.depth)
        let unit = camera.scale(Self.depth)
        canvas.gleam(x, y, unit * 17, unit * 11, opacity: 0.9)
        canvas.fill(.radial(x: x, y: y, radius: unit * 7, [InkStop(0, Ink.white), InkStop(1, Ink(hex: 0xF4F8FA))])) {
            $0.rectangle(x - unit * 6, y - unit * 1.6, unit * 12, unit * 3.2, radius: unit * 1.5)
        }
    }

    /// The vegetable drawer under the lowest shelf.
    private func drawDrawer(on canvas: Canvas) {
        let side = Self.halfWidth - 0.8
        let front: [(Double, Double, Double)] = [(-side, -16, 2), (side, -16, 2), (side, -2.2, 2), (-side, -2.2, 2)]
        let (top, bottom) = (camera.place(0, -2.2, 2), camera.place(0, -16, 2))
        canvas.fill(
            .linear(
                0, top.1, 0, bottom.1, [InkStop(0, glass.lighter(0.35)), InkStop(0.25, glass.darker(0.08)), InkStop(1, glass.darker(0.3))]),
            quad(front))
        let handle: [(Double, Double, Double)] = [(-9, -6.5, 2), (9, -6.5, 2), (8, -4.4, 2), (-8, -4.4, 2)]
        canvas.fill(Ink.white.faded(0.55), quad(handle))
        canvas.stroke(Ink.black.faded(0.15), width: camera.unit * 0.2, quad(handle))
    }

    func surface(of shelf: Double) -> (Canvas) -> Void {
        let side = Self.halfWidth - 0.3
        return quad([(-side, shelf, 0), (side, shelf, 0), (side, shelf, Self.depth), (-side, shelf, Self.depth)])
    }

    /// The glass that things stand on.
    func drawSurface(of shelf: Double, on canvas: Canvas) {
        let (front, back) = (camera.place(0, shelf, 0), camera.place(0, shelf, Self.depth))
        canvas.fill(
            .linear(
                0, front.1, 0, back.1,
                [
                    InkStop(0, glass.lighter(0.35).faded(0.80)), InkStop(0.5, glass.faded(0.70)),
                    InkStop(1, glass.darker(0.18).faded(0.78)),
                ]), surface(of: shelf))
        canvas.clipped(to: surface(of: shelf)) {
            let (x, y) = camera.place(lampX, shelf, Self.depth * 0.75)
            canvas.gleam(x, y, camera.unit * 16, camera.unit * 5, opacity: lampIsLit ? 0.55 : 0.08)
        }
    }

    func trimShape(of shelf: Double) -> (Canvas) -> Void {
        let side = Self.halfWidth - 0.1
        return quad([(-side, shelf + 0.25, 0), (side, shelf + 0.25, 0), (side, shelf - trimHeight, 0), (-side, shelf - trimHeight, 0)])
    }

    /// The strip along the front edge of a shelf; it hides what is behind it.
    func drawTrim(of shelf: Double, on canvas: Canvas) {
        let (high, low) = (camera.place(0, shelf + 0.25, 0).1, camera.place(0, shelf - trimHeight, 0).1)
        canvas.fill(
            .linear(
                0, high, 0, low,
                [
                    InkStop(0, trim.lighter(0.55)), InkStop(0.25, trim.lighter(0.1)), InkStop(0.8, trim.darker(0.15)),
                    InkStop(1, trim.darker(0.4)),
                ]), trimShape(of: shelf))
        let shade: [(Double, Double, Double)] = [
            (-Self.halfWidth, shelf - trimHeight, 0), (Self.halfWidth, shelf - trimHeight, 0),
            (Self.halfWidth, shelf - trimHeight - 1.6, 1), (-Self.halfWidth, shelf - trimHeight - 1.6, 1),
        ]
        canvas.fill(
            .linear(0, low, 0, low + camera.unit * 1.6, [InkStop(0, Ink.black.faded(0.18)), InkStop(1, Ink.black.faded(0))]), quad(shade))
    }
}
