package import Imaging

/// Several pictures on one page, in a grid with captions.
package enum ContactSheet {
    /// Each picture is fitted into a cell of `cellWidth` × `cellHeight` pixels. An empty list gives one empty cell; at most
    /// 400 pictures are shown.
    package static func drawn(
        _ pictures: [(image: PixelImage, caption: String)], columns: Int, cellWidth: Int = 320, cellHeight: Int = 240, title: String? = nil
    ) -> PixelImage {
        let pictures = pictures.prefix(400)
        let columns = min(max(1, columns), max(1, pictures.count))
        let rows = max(1, (pictures.count + columns - 1) / columns)
        let (cellWidth, cellHeight) = (Double(min(max(16, cellWidth), 2_000)), Double(min(max(16, cellHeight), 2_000)))
        let (gap, caption) = (10.0, 20.0)
        let top = title == nil ? gap : gap + 30
        let canvas = Canvas(
            width: Int(gap + Double(columns) * (cellWidth + gap)), height: Int(top + Double(rows) * (cellHeight + caption + gap)))
        canvas.paint(.ink(Ink(hex: 0xF6F7F9)))
        if let title { canvas.text(title, x: gap, y: gap + 18, size: 17, bold: true, ink: Ink(hex: 0x1D2330)) }
        for (index, picture) in pictures.enumerated() {
            let x = gap + Double(index % columns) * (cellWidth + gap)
            let y = top + Double(index / columns) * (cellHeight + caption + gap)
            let image = picture.image
            guard image.width > 0, image.height > 0 else { continue }
            let scale = min(cellWidth / Double(image.width), cellHeight / Double(image.height))
            let (width, height) = (Double(image.width) * scale, Double(image.height) * scale)
            let (left, upper) = (x + (cellWidth - width) / 2, y + (cellHeight - height) / 2)
            canvas.clipped(to: { $0.rectangle(left, upper, width, height, radius: 4) }) {
                canvas.draw(Canvas(image), x: left, y: upper, scale: scale)
            }
            let text = canvas.fitted(picture.caption, width: cellWidth, size: 12)
            canvas.text(
                text, x: x + cellWidth / 2, y: y + cellHeight + 15, size: 12, ink: Ink(hex: 0x3A4252), alignment: .centre)
        }
        return canvas.image
    }
}
