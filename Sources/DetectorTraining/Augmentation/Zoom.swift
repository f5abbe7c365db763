/// A scaling and shift of a canvas onto a smaller or larger one: target = source * scale + shift, in pixels.
struct Zoom: Equatable {
    var scale: Double
    var shiftX: Double
    var shiftY: Double

    /// The centre of a canvas of `from` pixels lands near the centre of one of `to` pixels, off by `translate` parts of its side.
    static func random(from: Int, to: Int, scale: Double, translate: Double, using random: inout RandomSource) -> Zoom {
        let factor = random.uniform(1 - scale, 1 + scale)
        let x = random.uniform(0.5 - translate, 0.5 + translate) * Double(to)
        let y = random.uniform(0.5 - translate, 0.5 + translate) * Double(to)
        return Zoom(scale: factor, shiftX: x - factor * Double(from) / 2, shiftY: y - factor * Double(from) / 2)
    }

    /// The canvas as seen through the zoom, bilinear; places outside it are grey. Boxes are cut to the new canvas, and
    /// those of which little is left (a tenth of the area, or less than two pixels) are dropped.
    func apply(to canvas: Canvas, side: Int) -> Canvas {
        var result = Canvas(side: side)
        let columns = taps(count: side, size: canvas.side, shift: shiftX)
        let rows = taps(count: side, size: canvas.side, shift: shiftY)
        canvas.pixels.withUnsafeBufferPointer { source in
            result.pixels.withUnsafeMutableBufferPointer { target in
                guard let from = source.baseAddress, var out = target.baseAddress else { return }
                for row in rows {
                    guard row.near >= 0 else {
                        out += side * 3
                        continue
                    }
                    let upper = from + row.near * canvas.side * 3
                    let lower = from + row.far * canvas.side * 3
                    for column in columns {
                        if column.near >= 0 {
                            let (near, far) = (column.near * 3, column.far * 3)
                            for channel in 0..<3 {
                                let left = Int32(upper[near + channel]) * (256 - row.weight) + Int32(lower[near + channel]) * row.weight
                                let right = Int32(upper[far + channel]) * (256 - row.weight) + Int32(lower[far + channel]) * row.weight
                                let both = left * (256 - column.weight) + right * column.weight
                                out[channel] = UInt8(truncatingIfNeeded: (both + 32768) >> 16)
                            }
                        }
                        out += 3
                    }
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
        let (factor, x, y) = (Float(scale), Float(shiftX), Float(shiftY))
        return CornerBox(box.x1 * factor + x, box.y1 * factor + y, box.x2 * factor + x, box.y2 * factor + y)
    }

    /// Where each pixel of the target's row lies in the source: two neighbours and the second's weight of 256.
    private struct Tap {
        var near: Int
        var far: Int
        var weight: Int32
    }

    private func taps(count: Int, size: Int, shift: Double) -> [Tap] {
        (0..<count).map { index in
            let place = (Double(index) + 0.5 - shift) / scale - 0.5
            guard place > -0.5, place < Double(size) - 0.5 else { return Tap(near: -1, far: -1, weight: 0) }
            let held = min(max(place, 0), Double(size - 1))
            let near = Int(held)
            return Tap(near: near, far: min(near + 1, size - 1), weight: Int32((held - Double(near)) * 256))
        }
    }
}
