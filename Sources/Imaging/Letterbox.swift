package import Detection

/// Fits any picture into the fixed canvas that a detector sees: scaled by one factor, centred, the rest filled with grey,
/// as float32 planes R, G, B from 0 to 1 (shape [3, height, width]). The same function feeds training and production.
package struct Letterbox: Sendable, Hashable {
    package let width: Int
    package let height: Int
    /// The grey of the padding, 0 to 255; YOLO detectors are trained with 114.
    package let padding: UInt8

    /// A canvas of `width` × `height` pixels; sizes below 1 become 1.
    package init(width: Int, height: Int, padding: UInt8 = 114) {
        self.width = max(1, width)
        self.height = max(1, height)
        self.padding = padding
    }

    /// A square canvas.
    package init(side: Int, padding: UInt8 = 114) {
        self.init(width: side, height: side, padding: padding)
    }

    /// How many numbers one picture takes: 3 * width * height.
    package var floatCount: Int { 3 * width * height }

    /// Where a picture of the given size comes to lie. The scale is exact for both axes; only the last row and column of
    /// the picture are rounded to whole pixels of the canvas.
    package func transform(imageWidth: Int, imageHeight: Int) -> Transform {
        guard imageWidth > 0, imageHeight > 0 else { return Transform(scale: 1, padX: 0, padY: 0) }
        let scale = min(Double(width) / Double(imageWidth), Double(height) / Double(imageHeight))
        let (drawnWidth, drawnHeight) = drawnSize(imageWidth: imageWidth, imageHeight: imageHeight, scale: scale)
        // An odd remainder gives its extra pixel to the right and the bottom.
        return Transform(scale: scale, padX: Double((width - drawnWidth) / 2), padY: Double((height - drawnHeight) / 2))
    }

    private func drawnSize(imageWidth: Int, imageHeight: Int, scale: Double) -> (Int, Int) {
        (
            min(width, max(1, Int((Double(imageWidth) * scale).rounded()))),
            min(height, max(1, Int((Double(imageHeight) * scale).rounded())))
        )
    }

    /// Draws one picture into `canvas`, which holds `floatCount` numbers, and tells how to map boxes back.
    @discardableResult
    package func draw(_ image: PixelImage, into canvas: UnsafeMutableBufferPointer<Float>) -> Transform {
        precondition(canvas.count == floatCount, "a letterbox of \(width)×\(height) needs \(floatCount) numbers, not \(canvas.count)")
        let transform = transform(imageWidth: image.width, imageHeight: image.height)
        guard let target = canvas.baseAddress else { return transform }
        let plane = width * height
        guard image.width > 0, image.height > 0 else {
            canvas.update(repeating: Float(padding) / 255)
            return transform
        }
        let (drawnWidth, drawnHeight) = drawnSize(imageWidth: image.width, imageHeight: image.height, scale: transform.scale)
        let (left, top) = (Int(transform.padX), Int(transform.padY))
        if drawnWidth < width || drawnHeight < height { canvas.update(repeating: Float(padding) / 255) }
        let step = 1 / transform.scale
        let sampler = BilinearSampler(image: image, width: drawnWidth, height: drawnHeight, stepX: step, stepY: step)
        let unit: Float = 1 / 255
        image.pixels.withUnsafeBufferPointer { source in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: drawnWidth * 3) { row in
                guard let source = source.baseAddress, let row = row.baseAddress else { return }
                for y in 0..<drawnHeight {
                    sampler.read(y, of: source, into: row)
                    let red = target + (top + y) * width + left
                    let green = red + plane
                    let blue = green + plane
                    var value = row
                    for x in 0..<drawnWidth {
                        red[x] = value[0] * unit
                        green[x] = value[1] * unit
                        blue[x] = value[2] * unit
                        value += 3
                    }
                }
            }
        }
        return transform
    }

    /// Draws one picture into its slice of a batch of shape [N, 3, height, width].
    @discardableResult
    package func draw(_ image: PixelImage, into batch: UnsafeMutableBufferPointer<Float>, at index: Int) -> Transform {
        precondition(
            index >= 0 && batch.count >= (index + 1) * floatCount,
            "a batch of \(batch.count) numbers has no place \(index) for a letterbox of \(width)×\(height)")
        return draw(image, into: UnsafeMutableBufferPointer(rebasing: batch[(index * floatCount)..<((index + 1) * floatCount)]))
    }
}

extension Letterbox {
    /// The way between a picture and its place on the canvas: canvas = image * scale + pad, in pixels.
    package struct Transform: Sendable, Hashable, Codable {
        package var scale: Double
        package var padX: Double
        package var padY: Double

        package init(scale: Double, padX: Double, padY: Double) {
            self.scale = scale
            self.padX = padX
            self.padY = padY
        }

        /// A box of the canvas in pixels of the picture, not clipped to it.
        package func toImage(_ box: BoundingBox) -> BoundingBox {
            BoundingBox(
                xMin: (box.xMin - padX) / scale, yMin: (box.yMin - padY) / scale,
                xMax: (box.xMax - padX) / scale, yMax: (box.yMax - padY) / scale)
        }

        /// A box of the picture in pixels of the canvas.
        package func toCanvas(_ box: BoundingBox) -> BoundingBox {
            BoundingBox(
                xMin: box.xMin * scale + padX, yMin: box.yMin * scale + padY,
                xMax: box.xMax * scale + padX, yMax: box.yMax * scale + padY)
        }
    }
}
