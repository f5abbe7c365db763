/// An axis-aligned rectangle in pixel coordinates of its image: the origin is the top-left corner, x grows to the
/// right, y grows downwards, and the maximum edges are exclusive (a box of one pixel has width 1).
package struct BoundingBox: Sendable, Hashable, Codable {
    package var xMin: Double
    package var yMin: Double
    package var xMax: Double
    package var yMax: Double

    package init(xMin: Double, yMin: Double, xMax: Double, yMax: Double) {
        self.xMin = xMin
        self.yMin = yMin
        self.xMax = xMax
        self.yMax = yMax
    }

    /// COCO's form: top-left corner and size in pixels.
    package init(x: Double, y: Double, width: Double, height: Double) {
        self.init(xMin: x, yMin: y, xMax: x + width, yMax: y + height)
    }

    package var width: Double { xMax - xMin }
    package var height: Double { yMax - yMin }
    package var centerX: Double { (xMin + xMax) / 2 }
    package var centerY: Double { (yMin + yMax) / 2 }

    /// Square pixels; zero for a degenerate or inverted box.
    package var area: Double { max(0, width) * max(0, height) }

    /// Square pixels shared with `other`.
    package func intersectionArea(with other: BoundingBox) -> Double {
        let width = min(xMax, other.xMax) - max(xMin, other.xMin)
        let height = min(yMax, other.yMax) - max(yMin, other.yMin)
        return width > 0 && height > 0 ? width * height : 0
    }

    /// Intersection over union, 0 to 1; zero when both boxes are empty.
    package func intersectionOverUnion(with other: BoundingBox) -> Double {
        let intersection = intersectionArea(with: other)
        let union = area + other.area - intersection
        return union > 0 ? intersection / union : 0
    }

    /// The part of the box that lies inside an image of `width` × `height` pixels.
    package func clipped(width: Double, height: Double) -> BoundingBox {
        BoundingBox(
            xMin: min(max(xMin, 0), width), yMin: min(max(yMin, 0), height),
            xMax: min(max(xMax, 0), width), yMax: min(max(yMax, 0), height))
    }
}
