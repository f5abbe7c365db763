import Imaging

/// Makes the training picture at a place of an epoch: a mosaic of four or a single one, turned, zoomed, shifted, blended,
/// mirrored and recoloured at random. The same seed, epoch and place give the same picture, whatever was made before.
package struct PictureComposer: Sendable {
    private let settings: TrainingSettings
    private let store: PictureStore

    package init(store: PictureStore, settings: TrainingSettings) {
        self.store = store
        self.settings = settings
    }

    /// A square picture of `imgsz` pixels with its objects.
    ///
    /// - Parameters:
    ///   - index: the image that this picture is (mainly) about.
    ///   - withMosaic: false in the last epochs, for mosaics and blends.
    package func compose(_ index: Int, epoch: Int, place: Int, withMosaic: Bool) -> TrainingPicture {
        var random = RandomSource(seed: settings.seed, path: 2, epoch, place)
        var canvas = placed(index, withMosaic: withMosaic, using: &random)
        if withMosaic, random.chance(settings.mixup) {
            let other = placed(random.index(below: store.count), withMosaic: withMosaic, using: &random)
            canvas.blend(with: other, share: Self.blendShare(using: &random))
        }
        ColourShift.random(settings, using: &random).apply(to: &canvas.pixels)
        if random.chance(settings.flipud) { canvas.flip(vertically: true) }
        if random.chance(settings.fliplr) { canvas.flip(vertically: false) }
        return TrainingPicture(
            image: .init(width: settings.imgsz, height: settings.imgsz, pixels: canvas.pixels), objects: canvas.objects)
    }

    private func placed(_ index: Int, withMosaic: Bool, using random: inout RandomSource) -> Canvas {
        let isMosaic = withMosaic && random.chance(settings.mosaic)
        let source = isMosaic ? mosaic(of: index, using: &random) : single(index)
        return AffineMap.random(from: source.side, to: settings.imgsz, settings, using: &random).apply(to: source, side: settings.imgsz)
    }

    /// From the distribution Beta(32, 32), as mixup for detection takes it (Zhang et al. 2019): the median of 63 uniform
    /// numbers has it exactly.
    private static func blendShare(using random: inout RandomSource) -> Double {
        (0..<63).map { _ in random.uniform(0, 1) }.sorted()[31]
    }

    /// The picture as production sees it: centred on grey.
    private func single(_ index: Int) -> Canvas {
        let picture = store.picture(index)
        var canvas = Canvas(side: settings.imgsz)
        let side = settings.imgsz
        canvas.draw(
            picture, x: (side - picture.image.width) / 2, y: (side - picture.image.height) / 2, window: (0..<side, 0..<side))
        return canvas
    }

    /// Four pictures that meet at a random point of a canvas of twice the side (Bochkovskiy et al. 2020).
    private func mosaic(of index: Int, using random: inout RandomSource) -> Canvas {
        let side = settings.imgsz
        var canvas = Canvas(side: 2 * side)
        let x = side / 2 + random.index(below: side)
        let y = side / 2 + random.index(below: side)
        for quarter in 0..<4 {
            let picture = store.picture(quarter == 0 ? index : random.index(below: store.count))
            let (isRight, isLower) = (quarter % 2 == 1, quarter >= 2)
            canvas.draw(
                picture, x: isRight ? x : x - picture.image.width, y: isLower ? y : y - picture.image.height,
                window: (isRight ? x..<(2 * side) : 0..<x, isLower ? y..<(2 * side) : 0..<y))
        }
        return canvas
    }
}

extension Canvas {
    /// Mirrors the canvas with its objects: top to bottom, or left to right.
    mutating func flip(vertically: Bool) {
        let row = side * 3
        pixels.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            if vertically {
                for y in 0..<(side / 2) {
                    let (upper, lower) = (base + y * row, base + (side - 1 - y) * row)
                    for index in 0..<row { swap(&upper[index], &lower[index]) }
                }
            } else {
                for y in 0..<side {
                    var (left, right) = (base + y * row, base + (y + 1) * row - 3)
                    while left < right {
                        for channel in 0..<3 { swap(&left[channel], &right[channel]) }
                        left += 3
                        right -= 3
                    }
                }
            }
        }
        let edge = Float(side)
        for index in objects.indices {
            let box = objects[index].box
            objects[index].box =
                vertically
                ? CornerBox(box.x1, edge - box.y2, box.x2, edge - box.y1) : CornerBox(edge - box.x2, box.y1, edge - box.x1, box.y2)
        }
    }

    /// Lays a canvas of the same side over this one; `share` of this one's colours stays. The objects of both stay whole.
    mutating func blend(with other: Canvas, share: Double) {
        let own = Int32((share * 256).rounded())
        for index in 0..<min(pixels.count, other.pixels.count) {
            pixels[index] = UInt8(truncatingIfNeeded: (Int32(pixels[index]) * own + Int32(other.pixels[index]) * (256 - own) + 128) >> 8)
        }
        objects += other.objects
    }
}
