import Detection

/// Who is seen at each pixel of the picture.
struct SceneVisibility {
    private var owners: [Int32]
    private let width: Int
    private let height: Int
    private var totals: [Int] = []

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        owners = [Int32](repeating: -1, count: width * height)
    }

    /// Covers what was there with the next sprite; sprites get the numbers 0, 1, 2, …
    mutating func cover(with sprite: SceneSprite) {
        let number = Int32(totals.count)
        var total = 0
        let (width, height) = (width, height)
        owners.withUnsafeMutableBufferPointer { owners in
            sprite.eachPixel { x, y in
                total += 1
                if x >= 0, x < width, y >= 0, y < height { owners[y * width + x] = number }
            }
        }
        totals.append(total)
    }

    /// Covers what was there with a part of the fridge.
    mutating func cover(with shape: (Canvas) -> Void) {
        let mask = Canvas(width: width, height: height)
        mask.fill(.black, shape)
        let (width, height) = (width, height)
        owners.withUnsafeMutableBufferPointer { owners in
            mask.withPixels { pixels, stride in
                for y in 0..<height {
                    for x in 0..<width where pixels[y * stride + x] >> 24 >= 128 { owners[y * width + x] = -1 }
                }
            }
        }
    }

    /// For each sprite the tight box of its visible pixels (nil when there is none) and their share of all its pixels,
    /// those beyond the edge of the picture included.
    func seen() -> [(box: BoundingBox?, share: Double)] {
        var bounds = totals.map { _ in (left: width, top: height, right: -1, bottom: -1, count: 0) }
        for y in 0..<height {
            for x in 0..<width {
                let owner = Int(owners[y * width + x])
                guard owner >= 0 else { continue }
                bounds[owner].left = min(bounds[owner].left, x)
                bounds[owner].right = max(bounds[owner].right, x)
                bounds[owner].top = min(bounds[owner].top, y)
                bounds[owner].bottom = max(bounds[owner].bottom, y)
                bounds[owner].count += 1
            }
        }
        return zip(bounds, totals).map { bound, total in
            guard bound.count > 0 else { return (nil, 0) }
            let box = BoundingBox(
                xMin: Double(bound.left), yMin: Double(bound.top), xMax: Double(bound.right + 1), yMax: Double(bound.bottom + 1))
            return (box, Double(bound.count) / Double(max(1, total)))
        }
    }
}
