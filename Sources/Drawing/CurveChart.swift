package import Imaging

/// Curves over one horizontal axis, such as losses and mAP over epochs.
package struct CurveChart: Sendable {
    /// One curve. Points that are not finite leave a gap.
    package struct Series: Sendable {
        package var name: String
        package var points: [(x: Double, y: Double)]
        /// Drawn with strokes instead of a solid line.
        package var isDashed: Bool

        package init(name: String, points: [(x: Double, y: Double)], isDashed: Bool = false) {
            self.name = name
            self.points = points
            self.isDashed = isDashed
        }

        /// Values at x = `start`, `start` + 1, …
        package init(name: String, values: [Double], start: Int = 1, isDashed: Bool = false) {
            self.init(
                name: name, points: values.enumerated().map { (Double($0.offset) + Double(start), $0.element) }, isDashed: isDashed)
        }
    }

    package var title: String
    package var xLabel: String
    package var yLabel: String
    package var series: [Series]
    /// The vertical range; nil for what the curves need, with zero.
    package var yRange: ClosedRange<Double>?
    /// Whether the legend gives the last value of each curve.
    package var namesLastValues: Bool

    package init(
        title: String, xLabel: String = "epoch", yLabel: String = "", series: [Series], yRange: ClosedRange<Double>? = nil, namesLastValues: Bool = true
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.yRange = yRange
        self.namesLastValues = namesLastValues
    }

    /// The chart as a picture; sides are held between 160 and 8,000 pixels.
    package func drawn(width: Int = 820, height: Int = 460) -> PixelImage {
        let canvas = Canvas(width: min(max(width, 160), 8_000), height: min(max(height, 160), 8_000))
        draw(on: canvas, x: 0, y: 0, width: Double(canvas.width), height: Double(canvas.height))
        return canvas.image
    }

    /// Several charts on one page, each at the given size.
    package static func page(_ charts: [CurveChart], columns: Int = 2, width: Int = 620, height: Int = 380) -> PixelImage {
        let charts = charts.prefix(40)
        let columns = min(max(1, columns), max(1, charts.count))
        let rows = max(1, (charts.count + columns - 1) / columns)
        let (width, height) = (min(max(width, 160), 3_000), min(max(height, 160), 3_000))
        let canvas = Canvas(width: width * columns, height: height * rows)
        canvas.paint(.ink(.white))
        for (index, chart) in charts.enumerated() {
            chart.draw(
                on: canvas, x: Double(index % columns * width), y: Double(index / columns * height), width: Double(width),
                height: Double(height))
        }
        return canvas.image
    }

    private func draw(on canvas: Canvas, x: Double, y: Double, width: Double, height: Double) {
        let points = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        let horizontal = points.isEmpty ? ChartAxis(low: 0, high: 1) : xAxis(points.map(\.x))
        let vertical =
            yRange.map { ChartAxis(low: $0.lowerBound, high: $0.upperBound) }
            ?? ChartAxis(covering: points.map(\.y), including: points.isEmpty ? [] : [0])
        let frame = ChartFrame(
            canvas: canvas, x: x, y: y, width: width, height: height, horizontal: horizontal, vertical: vertical)
        frame.draw(title: title, xLabel: xLabel, yLabel: yLabel)
        canvas.clipped(to: { $0.rectangle(frame.left, frame.top - 4, frame.plotWidth + 4, frame.plotHeight + 8) }) {
            for (index, curve) in series.enumerated() { draw(curve, ink: Palette.ink(index), in: frame) }
        }
        legend(in: frame)
        if points.isEmpty {
            canvas.text(
                "no data yet", x: frame.left + frame.plotWidth / 2, y: frame.top + frame.plotHeight / 2, size: 14,
                ink: ChartFrame.quiet, alignment: .centre)
        }
    }

    private func xAxis(_ values: [Double]) -> ChartAxis {
        let finite = values.filter { abs($0) < 1e100 }
        return ChartAxis(low: finite.min() ?? 0, high: finite.max() ?? 1, ticks: 8)
    }

    private func draw(_ curve: Series, ink: Ink, in frame: ChartFrame) {
        let places = curve.points.map { $0.x.isFinite && $0.y.isFinite ? frame.place($0.x, $0.y) : nil }
        let path: (Canvas) -> Void = { canvas in
            var isDown = false
            for place in places {
                if let place { if isDown { canvas.line(place.x, place.y) } else { canvas.move(place.x, place.y) } }
                isDown = place != nil
            }
        }
        frame.canvas.stroke(ink, width: 2.2, dash: curve.isDashed ? [7, 5] : [], path)
        guard places.count <= 40 else { return }
        for case let place? in places {
            frame.canvas.fill(.white) { $0.circle(place.x, place.y, 3.2) }
            frame.canvas.fill(ink) { $0.circle(place.x, place.y, 2.4) }
        }
    }

    /// One line above the plot.
    private func legend(in frame: ChartFrame) {
        let canvas = frame.canvas
        var x = frame.left
        let y = frame.top - 16
        for (index, curve) in series.enumerated() {
            let last = !namesLastValues ? "" : curve.points.last { $0.y.isFinite }.map { " " + ChartFrame.number($0.y) } ?? ""
            let text = curve.name + last
            let width = canvas.textWidth(text, size: 11.5) + 34
            guard x + width < frame.left + frame.plotWidth + 30 else { break }
            let ink = Palette.ink(index)
            canvas.stroke(ink, width: 2.6, dash: curve.isDashed ? [5, 4] : []) {
                $0.move(x, y - 4)
                $0.line(x + 16, y - 4)
            }
            canvas.text(text, x: x + 21, y: y, size: 11.5, ink: ChartFrame.text)
            x += width
        }
    }
}
