/// Reads a picture at fractional places, one output row at a time. The place of output pixel x is
/// `(x + 0.5) * step - 0.5` in pixels of the source (pixel centres, as OpenCV's INTER_LINEAR), held at the edges;
/// there is no smoothing when the picture shrinks.
struct BilinearSampler {
    private struct Tap {
        var near: Int
        var far: Int
        var farWeight: Float
    }

    private let columns: [Tap]
    private let rows: [Tap]
    private let stride: Int

    init(image: PixelImage, width: Int, height: Int, stepX: Double, stepY: Double) {
        stride = image.width * 3
        columns = Self.taps(count: width, step: stepX, size: image.width, scale: 3)
        rows = Self.taps(count: height, step: stepY, size: image.height, scale: 1)
    }

    private static func taps(count: Int, step: Double, size: Int, scale: Int) -> [Tap] {
        (0..<count).map { index in
            let place = min(max((Double(index) + 0.5) * step - 0.5, 0), Double(size - 1))
            let near = Int(place)
            return Tap(near: near * scale, far: min(near + 1, size - 1) * scale, farWeight: Float(place - Double(near)))
        }
    }

    /// Writes row `y` as interleaved RGB from 0 to 255; `row` holds 3 * width numbers, `source` the picture's bytes.
    @inline(__always)
    func read(_ y: Int, of source: UnsafePointer<UInt8>, into row: UnsafeMutablePointer<Float>) {
        let vertical = rows[y]
        let upper = source + vertical.near * stride
        let lower = source + vertical.far * stride
        let down = vertical.farWeight
        columns.withUnsafeBufferPointer { columns in
            var out = row
            for tap in columns {
                let (near, far, right) = (tap.near, tap.far, tap.farWeight)
                for channel in 0..<3 {
                    let upperLeft = Float(upper[near + channel])
                    let lowerLeft = Float(lower[near + channel])
                    let top = upperLeft + (Float(upper[far + channel]) - upperLeft) * right
                    let bottom = lowerLeft + (Float(lower[far + channel]) - lowerLeft) * right
                    out[channel] = top + (bottom - top) * down
                }
                out += 3
            }
        }
    }
}
