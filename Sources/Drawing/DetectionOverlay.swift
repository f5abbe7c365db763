package import Detection
package import Imaging

/// A box to draw with its class and, for detections, its score.
package struct OverlayMark: Sendable, Hashable {
    package var box: BoundingBox
    /// Chooses the colour and, through the class names, the label.
    package var category: Int
    /// 0 to 1; nil for a labelled object.
    package var score: Double?

    package init(box: BoundingBox, category: Int, score: Double? = nil) {
        self.box = box
        self.category = category
        self.score = score
    }

    package init(_ detection: DetectedObject) {
        self.init(box: detection.box, category: detection.category, score: detection.score)
    }

    package init(_ label: LabelledObject) {
        self.init(box: label.box, category: label.category)
    }
}

/// Draws what a detector saw, or what a person labelled, on the photo.
package struct DetectionOverlay: Sendable {
    /// A mark whose category has no name is labelled `#` and the number.
    package var classNames: [String]

    package init(classNames: [String]) {
        self.classNames = classNames
    }

    package func drawn(_ detections: [DetectedObject], on image: PixelImage) -> PixelImage {
        drawn(detections.map(OverlayMark.init), on: image)
    }

    package func drawn(_ labels: [LabelledObject], on image: PixelImage) -> PixelImage {
        drawn(labels.map(OverlayMark.init), on: image)
    }

    /// The photo with all marks, the surest on top. Boxes outside the photo are cut; those without an area are left out.
    package func drawn(_ marks: [OverlayMark], on image: PixelImage) -> PixelImage {
        let canvas = Canvas(image)
        let (width, height) = (Double(canvas.width), Double(canvas.height))
        let visible = marks.filter { mark in
            let box = mark.box
            return [box.xMin, box.yMin, box.xMax, box.yMax].allSatisfy(\.isFinite) && box.clipped(width: width, height: height).area > 0
        }
        let ordered = visible.enumerated()
            .sorted { ($0.element.score ?? 0, $0.offset) < ($1.element.score ?? 0, $1.offset) }
            .map(\.element)
        let unit = lineWidth(for: image)
        for mark in ordered { frame(mark, on: canvas, unit: unit) }
        // The surest mark chooses the place of its tag first.
        var tags: [BoundingBox] = []
        for mark in ordered.reversed() { tags.append(label(mark, on: canvas, unit: unit, avoiding: tags)) }
        return canvas.image
    }

    /// Boxes and texts grow with the photo, so that they read the same on a screen.
    private func lineWidth(for image: PixelImage) -> Double {
        max(1.5, Double(max(image.width, image.height)) / 320)
    }

    private func frame(_ mark: OverlayMark, on canvas: Canvas, unit: Double) {
        let box = mark.box.clipped(width: Double(canvas.width), height: Double(canvas.height))
        let ink = Palette.ink(mark.category)
        let outline: (Canvas) -> Void = { $0.rectangle(box.xMin, box.yMin, box.width, box.height, radius: unit * 2) }
        canvas.fill(ink.faded(0.10), outline)
        canvas.stroke(Ink.black.faded(0.35), width: unit * 1.9, outline)
        canvas.stroke(ink, width: unit, outline)
    }

    /// Writes class and score on a tag at the box, at the first place where it covers no other tag; gives back its place.
    private func label(_ mark: OverlayMark, on canvas: Canvas, unit: Double, avoiding taken: [BoundingBox]) -> BoundingBox {
        let photo = (width: Double(canvas.width), height: Double(canvas.height))
        let box = mark.box.clipped(width: photo.width, height: photo.height)
        let ink = Palette.ink(mark.category)
        let size = max(9, unit * 5.6)
        let name = classNames.indices.contains(mark.category) ? classNames[mark.category] : "#\(mark.category)"
        let percent = mark.score.map { " \(Int((min(max($0.isFinite ? $0 : 0, 0), 1) * 100).rounded()))%" } ?? ""
        let text = canvas.fitted(name + percent, width: photo.width - size, size: size, bold: true)
        let width = canvas.textWidth(text, size: size, bold: true) + size * 0.7
        let height = size * 1.4
        let x = max(0, min(box.xMin - unit / 2, photo.width - width))
        // Above, below, then inside the box at the top and the bottom; never over the photo's edge.
        let places = [box.yMin - height, box.yMax, box.yMin, box.yMax - height]
            .filter { $0 >= 0 && $0 + height <= photo.height }
            .map { BoundingBox(x: x, y: $0, width: width, height: height) }
        let tag =
            places.first { place in taken.allSatisfy { $0.intersectionArea(with: place) == 0 } } ?? places.first
            ?? BoundingBox(x: x, y: 0, width: width, height: height)
        canvas.fill(ink) { $0.rectangle(tag.xMin, tag.yMin, width, height, radius: unit * 1.5) }
        canvas.text(text, x: tag.xMin + size * 0.35, y: tag.yMin + size * 1.06, size: size, bold: true, ink: ink.readableText)
        return tag
    }
}
