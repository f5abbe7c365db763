import Foundation
package import Imaging

/// Counts with names, one bar below the other.
package struct BarChart: Sendable {
    package var title: String
    package var bars: [(label: String, value: Double)]

    package init(title: String, bars: [(label: String, value: Double)]) {
        self.title = title
        self.bars = bars
    }

    /// As many bars as have room; of more the last line tells.
    private static let limit = 100

    /// A chart of `width` pixels, as high as its bars need. Values below zero and such that are no numbers have no bar.
    package func drawn(width: Int = 720) -> PixelImage {
        let shown = bars.prefix(Self.limit)
        let (row, top) = (24.0, 52.0)
        let rest = bars.count - shown.count
        let canvas = Canvas(width: min(max(width, 240), 4_000), height: Int(top + row * Double(shown.count + (rest > 0 ? 1 : 0)) + 18))
        let whole = Double(canvas.width)
        canvas.paint(.ink(.white))
        canvas.text(canvas.fitted(title, width: whole - 40, size: 16, bold: true), x: 20, y: 30, size: 16, bold: true, ink: ChartFrame.text)
        let labels = shown.map { canvas.fitted($0.label, width: whole * 0.3, size: 12.5) }
        let values = shown.map { Self.text($0.value) }
        let left = 28 + (labels.map { canvas.textWidth($0, size: 12.5) }.max() ?? 0)
        let right = whole - 28 - (values.map { canvas.textWidth($0, size: 12.5) }.max() ?? 0)
        let highest = shown.map(\.value).filter(\.isFinite).max() ?? 0
        for (index, bar) in shown.enumerated() {
            let y = top + row * Double(index)
            canvas.text(labels[index], x: left - 8, y: y + 15, size: 12.5, ink: ChartFrame.text, alignment: .trailing)
            let length = highest > 0 && bar.value > 0 && bar.value.isFinite ? max(1, (right - left) * bar.value / highest) : 0
            if length > 0 { canvas.fill(Palette.ink(0)) { $0.rectangle(left, y + 3, length, row - 8, radius: 2) } }
            canvas.text(values[index], x: left + length + 7, y: y + 15, size: 12.5, ink: ChartFrame.quiet)
        }
        if rest > 0 {
            canvas.text("and \(rest) more", x: left, y: top + row * Double(shown.count) + 15, size: 12.5, ink: ChartFrame.quiet)
        }
        return canvas.image
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : ChartFrame.number(value)
    }
}
