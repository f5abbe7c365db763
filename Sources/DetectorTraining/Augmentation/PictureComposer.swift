import Imaging

/// Makes the training picture at a place of an epoch: a mosaic of four or a single one, zoomed, shifted, mirrored and
/// recoloured at random. The same seed, epoch and place give the same picture, whatever was made before.
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
    ///   - withMosaic: false in the last epochs.
    package func compose(_ index: Int, epoch: Int, place: Int, withMosaic: Bool) -> TrainingPicture {
        var random = RandomSource(seed: settings.seed, path: 2, epoch, place)
        let side = settings.imgsz
        let isMosaic = withMosaic && random.chance(settings.mosaic)
        let source = isMosaic ? mosaic(of: index, using: &random) : single(index)
        let zoom = Zoom.random(
            from: source.side, to: side, scale: settings.scale, translate: settings.translate, using: &random)
        var canvas = zoom.apply(to: source, side: side)
        ColourShift.random(settings, using: &random).apply(to: &canvas.pixels)
        if random.chance(settings.flipud) { canvas.flip(vertically: true) }
        if random.chance(settings.fliplr) { canvas.flip(vertically: false) }
        return TrainingPicture(
            image: .init(width: side, height: side, pixels: canvas.pixels), objects: canvas.objects)
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
            for y in 0..<(vertically ? side / 2 : side) {
                for x in 0..<(vertically ? side : side / 2) {
                    let here = y * row + x * 3
                    let there = vertically ? (side - 1 - y) * row + x * 3 : y * row + (side - 1 - x) * 3
                    for channel in 0..<3 { buffer.swapAt(here + channel, there + channel) }
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
}
