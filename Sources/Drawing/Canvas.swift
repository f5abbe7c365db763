import CCairo
package import Imaging

/// A picture being drawn: a Cairo surface and the pen on it. Coordinates are pixels, x to the right and y down.
/// Not Sendable: a canvas belongs to the code that made it; take a `PixelImage` out to hand it on.
package final class Canvas {
    package let width: Int
    package let height: Int
    private let surface: OpaquePointer
    let pen: OpaquePointer

    /// A transparent canvas, premultiplied ARGB. Sides are held between 1 and 32,767, the largest Cairo takes; when memory
    /// runs out, drawing has no effect and `image` is black: Cairo's surfaces in an error state ignore everything.
    package init(width: Int, height: Int) {
        self.width = min(max(width, 1), 32_767)
        self.height = min(max(height, 1), 32_767)
        surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(self.width), Int32(self.height))
        pen = cairo_create(surface)
        cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND)
    }

    /// A canvas that starts as a picture.
    package convenience init(_ image: PixelImage) {
        self.init(width: image.width, height: image.height)
        write(image)
    }

    deinit {
        cairo_destroy(pen)
        cairo_surface_destroy(surface)
    }

    /// What has been drawn so far, over black where the canvas is still transparent.
    package var image: PixelImage {
        PixelImage(width: width, height: height) { target in
            withPixels { pixels, stride in
                for y in 0..<height {
                    let row = pixels + y * stride
                    let out = target + y * width * 3
                    for x in 0..<width {
                        let pixel = row[x]
                        out[x * 3] = UInt8(truncatingIfNeeded: pixel >> 16)
                        out[x * 3 + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
                        out[x * 3 + 2] = UInt8(truncatingIfNeeded: pixel)
                    }
                }
            }
        }
    }

    private func write(_ image: PixelImage) {
        let (columns, rows) = (min(width, image.width), min(height, image.height))
        image.pixels.withUnsafeBufferPointer { source in
            withPixels { pixels, stride in
                for y in 0..<rows {
                    let row = pixels + y * stride
                    var index = y * image.width * 3
                    for x in 0..<columns {
                        row[x] = 0xFF00_0000 | UInt32(source[index]) << 16 | UInt32(source[index + 1]) << 8 | UInt32(source[index + 2])
                        index += 3
                    }
                }
            }
        }
        cairo_surface_mark_dirty(surface)
    }

    /// The surface's memory: one native-endian 0xAARRGGBB per pixel, `stride` pixels from row to row.
    func withPixels(_ body: (UnsafeMutablePointer<UInt32>, _ stride: Int) -> Void) {
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { return }
        let stride = Int(cairo_image_surface_get_stride(surface)) / 4
        data.withMemoryRebound(to: UInt32.self, capacity: stride * height) { body($0, stride) }
    }

    /// Lays another canvas over this one, its top left corner at (x, y), scaled by `scale`.
    package func draw(_ other: Canvas, x: Double = 0, y: Double = 0, scale: Double = 1, opacity: Double = 1) {
        saved {
            cairo_translate(pen, x, y)
            cairo_scale(pen, scale, scale)
            cairo_set_source_surface(pen, other.surface, 0, 0)
            cairo_pattern_set_filter(cairo_get_source(pen), scale < 1 ? CAIRO_FILTER_GOOD : CAIRO_FILTER_BILINEAR)
            cairo_paint_with_alpha(pen, opacity)
        }
    }

    /// Repeats another canvas over the whole of this one, starting at (x, y). Its middle grey changes nothing, lighter and
    /// darker tones lift and lower what is there.
    func overlay(_ tile: Canvas, x: Double, y: Double, opacity: Double) {
        saved {
            cairo_set_source_surface(pen, tile.surface, x, y)
            cairo_pattern_set_extend(cairo_get_source(pen), CAIRO_EXTEND_REPEAT)
            cairo_pattern_set_filter(cairo_get_source(pen), CAIRO_FILTER_NEAREST)
            cairo_set_operator(pen, CAIRO_OPERATOR_OVERLAY)
            cairo_paint_with_alpha(pen, opacity)
        }
    }

    /// Runs `body` and puts the pen's position, colours and clip back afterwards.
    package func saved(_ body: () -> Void) {
        cairo_save(pen)
        body()
        cairo_restore(pen)
    }

    /// Draws `body` as one layer and lays it down with the given opacity.
    package func layer(opacity: Double = 1, _ body: () -> Void) {
        cairo_push_group(pen)
        saved(body)
        cairo_pop_group_to_source(pen)
        cairo_paint_with_alpha(pen, opacity)
    }

    package func translate(_ x: Double, _ y: Double) { cairo_translate(pen, x, y) }
    package func scale(_ x: Double, _ y: Double) { cairo_scale(pen, x, y) }
    /// Clockwise, in radians.
    package func rotate(_ angle: Double) { cairo_rotate(pen, angle) }
}
