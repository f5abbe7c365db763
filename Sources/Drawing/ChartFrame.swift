import Foundation

/// The plot area of a chart with its axes, grid and texts.
struct ChartFrame {
    static let text = Ink(hex: 0x1D2330)
    static let quiet = Ink(hex: 0x6B7385)
    static let grid = Ink(hex: 0xE6E9EF)

    let canvas: Canvas
    let left: Double
    let top: Double
    let plotWidth: Double
    let plotHeight: Double
    let horizontal: ChartAxis
    let vertical: ChartAxis
    private let x: Double
    private let y: Double
    private let width: Double
    private let height: Double

    init(
        canvas: Canvas, x: Double, y: Double, width: Double, height: Double, horizontal: ChartAxis, vertical: ChartAxis
    ) {
        self.canvas = canvas
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
        (self.horizontal, self.vertical) = (horizontal, vertical)
        let widest = vertical.ticks.map { canvas.textWidth($0.text, size: 11.5) }.max() ?? 0
        left = x + 44 + widest
        top = y + 66
        plotWidth = max(20, x + width - 26 - left)
        plotHeight = max(20, y + height - 50 - top)
    }

    func place(_ xValue: Double, _ yValue: Double) -> (x: Double, y: Double) {
        // Held near the plot: Cairo's fixed-point coordinates would wrap around far outside.
        (
            left + plotWidth * min(max(horizontal.place(of: xValue), -1), 2),
            top + plotHeight * (1 - min(max(vertical.place(of: yValue), -1), 2))
        )
    }

    func draw(title: String, xLabel: String, yLabel: String) {
        canvas.fill(.white) { $0.rectangle(x, y, width, height) }
        canvas.text(
            canvas.fitted(title, width: width - 40, size: 16, bold: true), x: x + 20, y: y + 28, size: 16, bold: true, ink: Self.text)
        for tick in vertical.ticks {
            let height = (place(horizontal.low, tick.value).y).rounded() + 0.5
            canvas.stroke(Self.grid, width: 1, round: false) {
                $0.move(left, height)
                $0.line(left + plotWidth, height)
            }
            canvas.text(tick.text, x: left - 8, y: height + 4, size: 11.5, ink: Self.quiet, alignment: .trailing)
        }
        let bottom = (top + plotHeight).rounded() + 0.5
        for tick in horizontal.ticks {
            let column = place(tick.value, vertical.low).x.rounded() + 0.5
            canvas.stroke(Ink(hex: 0xAEB5C2), width: 1, round: false) {
                $0.move(column, bottom)
                $0.line(column, bottom + 4)
            }
            canvas.text(tick.text, x: column, y: bottom + 17, size: 11.5, ink: Self.quiet, alignment: .centre)
        }
        canvas.stroke(Ink(hex: 0xAEB5C2), width: 1, round: false) {
            $0.move(left, bottom)
            $0.line(left + plotWidth, bottom)
        }
        canvas.text(xLabel, x: left + plotWidth / 2, y: y + height - 12, size: 12, ink: Self.quiet, alignment: .centre)
        canvas.saved {
            canvas.translate(x + 22, top + plotHeight / 2)
            canvas.rotate(-.pi / 2)
            canvas.text(yLabel, x: 0, y: 0, size: 12, ink: Self.quiet, alignment: .centre)
        }
    }

    /// Four significant digits at most, without trailing zeros.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return String(format: abs(value) < 1 ? "%.3f" : "%.4g", value)
    }
}
