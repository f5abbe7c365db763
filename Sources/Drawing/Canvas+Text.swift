import CCairo

/// Where a text lies relative to its anchor.
package enum TextAlignment: Sendable {
    case leading
    case centre
    case trailing
}

extension Canvas {
    /// Width in pixels that a line of text takes.
    package func textWidth(_ text: String, size: Double, bold: Bool = false) -> Double {
        choose(size: size, bold: bold)
        var extents = cairo_text_extents_t()
        cairo_text_extents(pen, text, &extents)
        return extents.x_advance
    }

    /// One line in DejaVu Sans (or the font that the system puts in its place); `y` is the base line.
    package func text(
        _ text: String, x: Double, y: Double, size: Double, bold: Bool = false, ink: Ink = .black,
        alignment: TextAlignment = .leading
    ) {
        let width = alignment == .leading ? 0 : textWidth(text, size: size, bold: bold)
        choose(size: size, bold: bold)
        cairo_set_source_rgba(pen, ink.red, ink.green, ink.blue, ink.opacity)
        cairo_move_to(pen, x - (alignment == .leading ? 0 : alignment == .centre ? width / 2 : width), y)
        cairo_show_text(pen, text)
        cairo_new_path(pen)
    }

    /// The text, cut with an ellipsis to fit into `width` pixels.
    package func fitted(_ text: String, width: Double, size: Double, bold: Bool = false) -> String {
        guard textWidth(text, size: size, bold: bold) > width else { return text }
        // One huge string must not be measured thousands of times.
        var short = String(text.prefix(300))
        while !short.isEmpty, textWidth(short + "…", size: size, bold: bold) > width { short.removeLast() }
        return short + "…"
    }

    private func choose(size: Double, bold: Bool) {
        cairo_select_font_face(pen, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(pen, size)
    }
}
