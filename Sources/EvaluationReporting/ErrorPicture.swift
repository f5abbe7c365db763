package import Detection
import Drawing
package import Imaging

/// A photo with a detector's mistakes drawn in, small enough for a page.
package enum ErrorPicture {
    /// More boxes than this hide the photo.
    private static let mostBoxes = 40

    /// JPEG of at most `longestSide` pixels. Each type of mistake has its own colour.
    package static func jpeg(_ image: PixelImage, errors: [DetectionError], longestSide: Int = 520) throws(ImagingError) -> [UInt8] {
        let small = image.reduced(toLongestSide: longestSide)
        let scale = Double(small.width) / Double(max(1, image.width))
        let kinds = DetectionError.Kind.allCases
        // A mark's number chooses colour and words at once: the row of its type, the column of its place.
        let shown = errors.prefix(mostBoxes)
        var names = [String](repeating: "", count: shown.count * Self.colours)
        var marks: [OverlayMark] = []
        for (place, error) in shown.enumerated() {
            let number = place * Self.colours + (kinds.firstIndex(of: error.kind) ?? 0)
            names[number] = words(error)
            let box = BoundingBox(
                xMin: error.box.xMin * scale, yMin: error.box.yMin * scale, xMax: error.box.xMax * scale, yMax: error.box.yMax * scale)
            marks.append(OverlayMark(box: box, category: number, score: error.score))
        }
        return try ImageEncoder.jpeg(DetectionOverlay(classNames: names).drawn(marks, on: small), quality: 80)
    }

    /// The colours of `Palette` come round after so many.
    private static let colours = 12

    static func words(_ error: DetectionError) -> String {
        switch error.kind {
        case .missed: "missed: \(error.className)"
        case .classification, .both: "\(error.className), is \(error.truthName ?? "another")"
        case .duplicate: "\(error.className), twice"
        case .localisation: "\(error.className), off"
        case .background: "\(error.className), nothing"
        }
    }
}
