package import Imaging

/// Counts on a grid, the more the darker.
package struct HeatMap: Sendable {
    package var title: String
    package var columns: Int
    /// Row after row from the top; a last row that is not full is left out.
    package var counts: [Int]

    package init(title: String, columns: Int, counts: [Int]) {
        self.title = title
        self.columns = max(1, columns)
        self.counts = counts
    }

    /// A chart of `width` pixels with square cells.
    package func drawn(width: Int = 480) -> PixelImage {
        let width = min(max(width, 160), 4_000), rows = counts.count / columns
        let (edge, top, legend) = (20.0, 48.0, 34.0)
        let cell = (Double(width) - edge * 2) / Double(columns)
        let canvas = Canvas(width: width, height: Int(top + cell * Double(rows) + legend))
        canvas.paint(.ink(.white))
        canvas.text(canvas.fitted(title, width: Double(width) - edge * 2, size: 16, bold: true), x: edge, y: 30, size: 16, bold: true, ink: ChartFrame.text)
        let highest = counts.max() ?? 0
        for index in 0..<rows * columns {
            let share = highest > 0 ? Double(max(0, counts[index])) / Double(highest) : 0
            // Cells overlap a little, or the seams between them show.
            canvas.fill(Self.ink(share)) {
                $0.rectangle(edge + cell * Double(index % columns), top + cell * Double(index / columns), cell + 0.6, cell + 0.6)
            }
        }
        let base = top + cell * Double(rows) + 22
        canvas.text("none", x: edge, y: base, size: 11.5, ink: ChartFrame.quiet)
        canvas.text("\(highest) in a cell", x: Double(width) - edge, y: base, size: 11.5, ink: ChartFrame.quiet, alignment: .trailing)
        return canvas.image
    }

    private static func ink(_ share: Double) -> Ink {
        share < 0.5
            ? Ink(hex: 0xF1F4F8).mixed(with: Ink(hex: 0x4DA3FF), share * 2) : Ink(hex: 0x4DA3FF).mixed(with: Ink(hex: 0x06295C), share * 2 - 1)
    }
}
