import CCairo

/// How the current path is coloured.
package enum Paint {
    case ink(Ink)
    /// Along the line from (x0, y0) to (x1, y1).
    case linear(Double, Double, Double, Double, [InkStop])
    /// Around (x, y), from radius 0 to `radius`.
    case radial(x: Double, y: Double, radius: Double, [InkStop])
}

extension Canvas {
    /// Starts a path; `shape` adds to it, then it is filled, stroked or clipped to.
    package func fill(_ paint: Paint, _ shape: (Canvas) -> Void) {
        cairo_new_path(pen)
        shape(self)
        use(paint)
        cairo_fill(pen)
    }

    package func fill(_ ink: Ink, _ shape: (Canvas) -> Void) { fill(.ink(ink), shape) }

    /// `dash` gives the lengths of strokes and gaps in turn; empty for a solid line.
    package func stroke(_ paint: Paint, width: Double, dash: [Double] = [], round: Bool = true, _ shape: (Canvas) -> Void) {
        cairo_new_path(pen)
        shape(self)
        use(paint)
        cairo_set_line_width(pen, width)
        cairo_set_line_cap(pen, round ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
        cairo_set_dash(pen, dash, Int32(dash.count), 0)
        cairo_stroke(pen)
    }

    package func stroke(_ ink: Ink, width: Double, dash: [Double] = [], round: Bool = true, _ shape: (Canvas) -> Void) {
        stroke(.ink(ink), width: width, dash: dash, round: round, shape)
    }

    /// Runs `body` with everything outside `shape` protected.
    package func clipped(to shape: (Canvas) -> Void, _ body: () -> Void) {
        saved {
            cairo_new_path(pen)
            shape(self)
            cairo_clip(pen)
            body()
        }
    }

    /// Colours the whole canvas (or clip).
    package func paint(_ paint: Paint) {
        use(paint)
        cairo_paint(pen)
    }

    /// Colours the whole canvas by multiplying what is there, as light of that colour would.
    package func multiply(_ paint: Paint) {
        saved {
            cairo_set_operator(pen, CAIRO_OPERATOR_MULTIPLY)
            self.paint(paint)
        }
    }

    /// Colours only where something is drawn already (Cairo's ATOP).
    package func paintAtop(_ paint: Paint) {
        saved {
            cairo_set_operator(pen, CAIRO_OPERATOR_ATOP)
            self.paint(paint)
        }
    }

    private func use(_ paint: Paint) {
        switch paint {
        case .ink(let ink):
            cairo_set_source_rgba(pen, ink.red, ink.green, ink.blue, ink.opacity)
        case .linear(let x0, let y0, let x1, let y1, let stops):
            use(cairo_pattern_create_linear(x0, y0, x1, y1), stops)
        case .radial(let x, let y, let radius, let stops):
            use(cairo_pattern_create_radial(x, y, 0, x, y, radius), stops)
        }
    }

    private func use(_ pattern: OpaquePointer?, _ stops: [InkStop]) {
        for stop in stops {
            cairo_pattern_add_color_stop_rgba(pattern, stop.place, stop.ink.red, stop.ink.green, stop.ink.blue, stop.ink.opacity)
        }
        cairo_set_source(pen, pattern)
        cairo_pattern_destroy(pattern)
    }

    // MARK: Shapes, added to the current path

    package func move(_ x: Double, _ y: Double) { cairo_move_to(pen, x, y) }
    package func line(_ x: Double, _ y: Double) { cairo_line_to(pen, x, y) }
    package func curve(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ x: Double, _ y: Double) {
        cairo_curve_to(pen, x1, y1, x2, y2, x, y)
    }
    package func close() { cairo_close_path(pen) }

    package func polygon(_ points: [(Double, Double)]) {
        for (index, point) in points.enumerated() {
            if index == 0 { move(point.0, point.1) } else { line(point.0, point.1) }
        }
        close()
    }

    package func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0) {
        guard radius > 0 else { return cairo_rectangle(pen, x, y, width, height) }
        let radius = min(radius, width / 2, height / 2)
        cairo_new_sub_path(pen)
        cairo_arc(pen, x + width - radius, y + radius, radius, -.pi / 2, 0)
        cairo_arc(pen, x + width - radius, y + height - radius, radius, 0, .pi / 2)
        cairo_arc(pen, x + radius, y + height - radius, radius, .pi / 2, .pi)
        cairo_arc(pen, x + radius, y + radius, radius, .pi, .pi * 1.5)
        close()
    }

    package func ellipse(_ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double) {
        guard radiusX > 0, radiusY > 0 else { return }
        cairo_save(pen)
        cairo_translate(pen, x, y)
        cairo_scale(pen, radiusX, radiusY)
        cairo_new_sub_path(pen)
        cairo_arc(pen, 0, 0, 1, 0, .pi * 2)
        close()
        cairo_restore(pen)
    }

    package func circle(_ x: Double, _ y: Double, _ radius: Double) { ellipse(x, y, radius, radius) }
}
