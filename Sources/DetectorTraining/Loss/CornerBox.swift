import Foundation

/// A box by its corners in single precision: what the inner loops of training work on.
package struct CornerBox: Sendable, Hashable {
    package var x1: Float
    package var y1: Float
    package var x2: Float
    package var y2: Float

    package init(_ x1: Float, _ y1: Float, _ x2: Float, _ y2: Float) {
        (self.x1, self.y1, self.x2, self.y2) = (x1, y1, x2, y2)
    }

    package var width: Float { x2 - x1 }
    package var height: Float { y2 - y1 }

    /// Complete IoU (Zheng et al. 2020): overlap, less the distance of the centres by the diagonal of the smallest
    /// enclosing box, less a penalty for another aspect ratio. From −1.5 or so to 1.
    package func completeIoU(with other: CornerBox) -> Float {
        let epsilon: Float = 1e-7
        let (w1, h1) = (width, height + epsilon)
        let (w2, h2) = (other.width, other.height + epsilon)
        let overlap = max(0, min(x2, other.x2) - max(x1, other.x1)) * max(0, min(y2, other.y2) - max(y1, other.y1))
        let iou = overlap / (w1 * h1 + w2 * h2 - overlap + epsilon)
        let (outerWidth, outerHeight) = (max(x2, other.x2) - min(x1, other.x1), max(y2, other.y2) - min(y1, other.y1))
        let diagonal = outerWidth * outerWidth + outerHeight * outerHeight + epsilon
        let (dx, dy) = (other.x1 + other.x2 - x1 - x2, other.y1 + other.y2 - y1 - y2)
        let distance = (dx * dx + dy * dy) / 4
        let angle = atan(w2 / h2) - atan(w1 / h1)
        let aspect = 4 / (Float.pi * Float.pi) * angle * angle
        let weight = aspect / (aspect - iou + 1 + epsilon)
        return iou - (distance / diagonal + aspect * weight)
    }
}
