import Detection
import Glibc

/// What a reader does with a box: keep it, cut it to its image, or leave it out.
enum BoxCheck {
    case kept(BoundingBox)
    /// Cut, and worth a word: more than a pixel was outside (less is rounding, and cut in silence).
    case clipped(BoundingBox, String)
    case refused(String)

    init(_ box: BoundingBox, width: Int, height: Int) {
        guard box.isFinite else {
            self = .refused("a box edge is not a finite number")
            return
        }
        guard box.width > 0, box.height > 0 else {
            self = .refused("the box has no area (\(box.summary))")
            return
        }
        let inside = box.clipped(width: Double(width), height: Double(height))
        guard inside.width > 0, inside.height > 0 else {
            self = .refused("the box lies outside the image of \(width) × \(height) (\(box.summary))")
            return
        }
        let excess = max(
            inside.xMin - box.xMin, inside.yMin - box.yMin, box.xMax - inside.xMax, box.yMax - inside.yMax)
        self =
            excess > 1
            ? .clipped(inside, "the box reaches beyond the image of \(width) × \(height) and was cut (\(box.summary))") : .kept(inside)
    }
}

extension BoundingBox {
    fileprivate var summary: String { "x \(xMin) to \(xMax), y \(yMin) to \(yMax)" }

    /// The box around points; nil with fewer than two, or when one is not finite.
    init?(around points: [(x: Double, y: Double)]) {
        guard let first = points.first, points.count > 1, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
        self.init(xMin: first.x, yMin: first.y, xMax: first.x, yMax: first.y)
        for point in points {
            (xMin, xMax) = (min(xMin, point.x), max(xMax, point.x))
            (yMin, yMax) = (min(yMin, point.y), max(yMax, point.y))
        }
    }

    /// The box around points given as `x, y, x, y, …`.
    init?(around numbers: [Double]) {
        self.init(around: stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) })
    }

    /// The box around an ellipse whose first radius is turned by `angle` radians.
    init(centerX: Double, centerY: Double, radiusX: Double, radiusY: Double, angle: Double = 0) {
        let (cosine, sine) = angle == 0 ? (1, 0) : (cos(angle), sin(angle))
        let width = ((radiusX * cosine) * (radiusX * cosine) + (radiusY * sine) * (radiusY * sine)).squareRoot()
        let height = ((radiusX * sine) * (radiusX * sine) + (radiusY * cosine) * (radiusY * cosine)).squareRoot()
        self.init(xMin: centerX - width, yMin: centerY - height, xMax: centerX + width, yMax: centerY + height)
    }

    /// The box around this box turned by `angle` radians about its centre.
    func turned(by angle: Double) -> BoundingBox {
        let (cosine, sine) = (abs(cos(angle)), abs(sin(angle)))
        let (halfWidth, halfHeight) = ((width * cosine + height * sine) / 2, (width * sine + height * cosine) / 2)
        return BoundingBox(xMin: centerX - halfWidth, yMin: centerY - halfHeight, xMax: centerX + halfWidth, yMax: centerY + halfHeight)
    }

    /// From fractions of an image to its pixels. An edge within a millionth of a whole pixel is that pixel: fractions cannot hold
    /// most whole pixels exactly.
    func scaled(width: Int, height: Int) -> BoundingBox {
        func pixel(_ fraction: Double, _ side: Int) -> Double {
            let value = fraction * Double(side), whole = value.rounded()
            return abs(value - whole) < 1e-6 ? whole : value
        }
        return BoundingBox(xMin: pixel(xMin, width), yMin: pixel(yMin, height), xMax: pixel(xMax, width), yMax: pixel(yMax, height))
    }
}
