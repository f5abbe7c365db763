import Foundation

/// A turn, shear, scaling and shift of a canvas onto a smaller or larger one, in pixels:
/// target x = xx · x + xy · y + shiftX, target y = yx · x + yy · y + shiftY.
struct AffineMap: Equatable {
    var xx: Double
    var xy = 0.0
    var yx = 0.0
    var yy: Double
    var shiftX: Double
    var shiftY: Double

    /// The centre of a canvas of `from` pixels lands near the centre of one of `to` pixels.
    static func random(from: Int, to: Int, _ settings: TrainingSettings, using random: inout RandomSource) -> AffineMap {
        func radians(_ reach: Double) -> Double { random.uniform(-reach, reach) * .pi / 180 }
        let factor = random.uniform(1 - settings.scale, 1 + settings.scale)
        let x = random.uniform(0.5 - settings.translate, 0.5 + settings.translate) * Double(to)
        let y = random.uniform(0.5 - settings.translate, 0.5 + settings.translate) * Double(to)
        var map = AffineMap(xx: factor, yy: factor, shiftX: 0, shiftY: 0)
        if settings.degrees > 0 || settings.shear > 0 {
            let (angle, shearX, shearY) = (radians(settings.degrees), tan(radians(settings.shear)), tan(radians(settings.shear)))
            let (c, s) = (factor * cos(angle), factor * sin(angle))
            map = AffineMap(xx: c - shearX * s, xy: s + shearX * c, yx: shearY * c - s, yy: shearY * s + c, shiftX: 0, shiftY: 0)
        }
        let centre = Double(from) / 2
        map.shiftX = x - (map.xx + map.xy) * centre
        map.shiftY = y - (map.yx + map.yy) * centre
        return map
    }

    /// The canvas as seen through the map, bilinear; places outside it are grey. Boxes are those around the moved corners,
    /// cut to the new canvas; those of which little is left (a tenth of the area, or two pixels) are dropped.
    func apply(to canvas: Canvas, side: Int) -> Canvas {
        var result = Canvas(side: side)
        canvas.pixels.withUnsafeBufferPointer { source in
            result.pixels.withUnsafeMutableBufferPointer { target in
                guard let from = source.baseAddress, let out = target.baseAddress else { return }
                if xy == 0, yx == 0 {
                    drawUpright(from, canvas.side, into: out, side)
                } else {
                    drawTurned(from, canvas.side, into: out, side)
                }
            }
        }
        result.objects = canvas.objects.compactMap { object in
            let box = place(object.box)
            let limit = Float(side)
            let cut = CornerBox(
                min(max(box.x1, 0), limit), min(max(box.y1, 0), limit), min(max(box.x2, 0), limit), min(max(box.y2, 0), limit))
            guard cut.width > 2, cut.height > 2, cut.width * cut.height > 0.1 * box.width * box.height else { return nil }
            return TrainingObject(category: object.category, box: cut)
        }
        return result
    }

    func place(_ box: CornerBox) -> CornerBox {
        let (xs, ys) = ([box.x1, box.x2].map(Double.init), [box.y1, box.y2].map(Double.init))
        // Each corner coordinate is a sum of a part of x and a part of y, so the extremes are sums of extremes.
        func reach(_ a: Double, _ b: Double, _ shift: Double) -> (Float, Float) {
            (
                Float(min(a * xs[0], a * xs[1]) + min(b * ys[0], b * ys[1]) + shift),
                Float(max(a * xs[0], a * xs[1]) + max(b * ys[0], b * ys[1]) + shift)
            )
        }
        let (left, right) = reach(xx, xy, shiftX)
        let (top, bottom) = reach(yx, yy, shiftY)
        return CornerBox(left, top, right, bottom)
    }

    /// Where a pixel of the target's row lies in the source: two neighbours and the second's weight of 256.
    private struct Tap {
        var near: Int
        var far: Int
        var weight: Int32

        /// Nil outside the source.
        @inline(__always)
        init?(_ place: Double, size: Int) {
            guard place > -0.5, place < Double(size) - 0.5 else { return nil }
            let held = min(max(place, 0), Double(size - 1))
            near = Int(held)
            far = min(near + 1, size - 1)
            weight = Int32((held - Double(near)) * 256)
        }
    }

    private func taps(count: Int, size: Int, scale: Double, shift: Double) -> [Tap?] {
        (0..<count).map { Tap((Double($0) + 0.5 - shift) / scale - 0.5, size: size) }
    }

    @inline(__always)
    private func blend(_ upper: UnsafePointer<UInt8>, _ lower: UnsafePointer<UInt8>, _ row: Int32, _ column: Tap, _ out: UnsafeMutablePointer<UInt8>) {
        let (near, far) = (column.near &* 3, column.far &* 3)
        for channel in 0..<3 {
            let left = Int32(upper[near &+ channel]) &* (256 &- row) &+ Int32(lower[near &+ channel]) &* row
            let right = Int32(upper[far &+ channel]) &* (256 &- row) &+ Int32(lower[far &+ channel]) &* row
            out[channel] = UInt8(truncatingIfNeeded: (left &* (256 &- column.weight) &+ right &* column.weight &+ 32768) >> 16)
        }
    }

    /// Without a turn rows stay rows, so the taps of the columns are the same for all.
    private func drawUpright(_ source: UnsafePointer<UInt8>, _ size: Int, into target: UnsafeMutablePointer<UInt8>, _ side: Int) {
        let columns = taps(count: side, size: size, scale: xx, shift: shiftX)
        let rows = taps(count: side, size: size, scale: yy, shift: shiftY)
        for (y, row) in rows.enumerated() {
            guard let row else { continue }
            let (upper, lower) = (source + row.near * size * 3, source + row.far * size * 3)
            var out = target + y * side * 3
            for column in columns {
                if let column { blend(upper, lower, row.weight, column, out) }
                out += 3
            }
        }
    }

    private func drawTurned(_ source: UnsafePointer<UInt8>, _ size: Int, into target: UnsafeMutablePointer<UInt8>, _ side: Int) {
        let determinant = xx * yy - xy * yx
        // A shear of 60 degrees both ways can flatten the picture to a line: nothing of it is seen then.
        guard abs(determinant) > 1e-6 else { return }
        let (ixx, ixy, iyx, iyy) = (yy / determinant, -xy / determinant, -yx / determinant, xx / determinant)
        var out = target
        for y in 0..<side {
            let v = Double(y) + 0.5 - shiftY
            for x in 0..<side {
                let u = Double(x) + 0.5 - shiftX
                if let column = Tap(ixx * u + ixy * v - 0.5, size: size), let row = Tap(iyx * u + iyy * v - 0.5, size: size) {
                    blend(source + row.near * size * 3, source + row.far * size * 3, row.weight, column, out)
                }
                out += 3
            }
        }
    }
}
