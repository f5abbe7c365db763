import Imaging

/// A square of pixels on which training pictures are put together, with the objects on it.
struct Canvas {
    let side: Int
    var pixels: [UInt8]
    var objects: [TrainingObject] = []

    /// The grey of places without a picture, the same as in production's letterbox.
    static let grey: UInt8 = 114

    init(side: Int) {
        self.side = side
        pixels = [UInt8](repeating: Self.grey, count: side * side * 3)
    }

    static func grey(width: Int, height: Int) -> PixelImage {
        PixelImage(width: width, height: height, red: grey, green: grey, blue: grey)
    }

    /// Draws `picture` with its top-left corner at (x, y); what falls outside `window` is cut off, objects included.
    mutating func draw(_ picture: TrainingPicture, x: Int, y: Int, window: (x: Range<Int>, y: Range<Int>)) {
        let image = picture.image
        let columns = (max(x, window.x.lowerBound))..<max(max(x, window.x.lowerBound), min(x + image.width, window.x.upperBound))
        let rows = (max(y, window.y.lowerBound))..<max(max(y, window.y.lowerBound), min(y + image.height, window.y.upperBound))
        guard !columns.isEmpty, !rows.isEmpty else { return }
        let length = columns.count * 3
        image.pixels.withUnsafeBufferPointer { source in
            pixels.withUnsafeMutableBufferPointer { target in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                for row in rows {
                    (to + (row * side + columns.lowerBound) * 3)
                        .update(from: from + ((row - y) * image.width + columns.lowerBound - x) * 3, count: length)
                }
            }
        }
        for object in picture.objects {
            let box = object.box
            let moved = CornerBox(
                min(max(box.x1 + Float(x), Float(columns.lowerBound)), Float(columns.upperBound)),
                min(max(box.y1 + Float(y), Float(rows.lowerBound)), Float(rows.upperBound)),
                min(max(box.x2 + Float(x), Float(columns.lowerBound)), Float(columns.upperBound)),
                min(max(box.y2 + Float(y), Float(rows.lowerBound)), Float(rows.upperBound)))
            // A sliver of an object teaches the wrong thing.
            let shown = moved.width * moved.height
            if shown > 0.1 * box.width * box.height { objects.append(TrainingObject(category: object.category, box: moved)) }
        }
    }
}
