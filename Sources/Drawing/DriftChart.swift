import Foundation
package import Imaging

/// How each feature is spread in the baseline and in production, side by side, with the distance between the two; what
/// went over its threshold is red.
package struct DriftChart: Sendable {
    /// One feature's two histograms over the same bins.
    package struct Feature: Sendable {
        package var name: String
        /// Shares of the baseline and of production per bin, each adding up to 1.
        package var baseline: [Double]
        package var production: [Double]
        /// Names of the bins (as many as bins), or numbers spread evenly along the axis, or nothing.
        package var binLabels: [String]
        /// The measure's name, such as "normalized Wasserstein distance".
        package var measure: String
        package var distance: Double
        /// `nil` when the feature is shown but not judged.
        package var threshold: Double?
        /// A distance that is no number counts as breached: a monitor must not look healthy by accident.
        package var isBreached: Bool

        /// - Parameter isBreached: for measures where small is bad; else a distance above the threshold is.
        package init(
            name: String, baseline: [Double], production: [Double], binLabels: [String] = [], measure: String, distance: Double,
            threshold: Double?, isBreached: Bool? = nil
        ) {
            self.name = name
            self.baseline = baseline
            self.production = production
            self.binLabels = binLabels
            self.measure = measure
            self.distance = distance
            self.threshold = threshold
            self.isBreached = isBreached ?? threshold.map { !(distance <= $0) } ?? false
        }

        /// Histograms of numbers over equal bins from the smallest to the largest of both.
        package init(
            name: String, baselineValues: [Double], productionValues: [Double], binCount: Int = 24, measure: String, distance: Double,
            threshold: Double
        ) {
            let usable: (Double) -> Bool = { $0.isFinite && abs($0) < 1e100 }
            let (before, after) = (baselineValues.filter(usable), productionValues.filter(usable))
            let low = (before + after).min() ?? 0
            let high = (before + after).max() ?? 1
            let count = min(max(binCount, 1), 200)
            let step = high > low ? (high - low) / Double(count) : 1
            func shares(_ values: [Double]) -> [Double] {
                var counts = [Double](repeating: 0, count: count)
                for value in values { counts[min(count - 1, Int((value - low) / step))] += 1 / Double(values.count) }
                return counts
            }
            self.init(
                name: name, baseline: shares(before), production: shares(after),
                binLabels: [low, (low + high) / 2, high].map(ChartFrame.number), measure: measure, distance: distance,
                threshold: threshold)
        }
    }

    package var title: String
    package var features: [Feature]
    /// Said in place of "no drift" when nothing could be judged.
    package var caveat: String?

    package init(title: String, features: [Feature], caveat: String? = nil) {
        self.title = title
        self.features = features
        self.caveat = caveat
    }

    private static let before = Ink(hex: 0x8A94A6)
    private static let after = Ink(hex: 0x0A84FF)
    private static let breached = Ink(hex: 0xE5342B)
    private static let healthy = Ink(hex: 0x1E9E55)

    /// One cell per feature, `columns` to a row; at most 60 features are shown.
    package func drawn(columns: Int = 3, cellWidth: Int = 330, cellHeight: Int = 210) -> PixelImage {
        let shown = features.prefix(60)
        let columns = min(max(1, columns), max(1, shown.count))
        let rows = max(1, (shown.count + columns - 1) / columns)
        let (cellWidth, cellHeight) = (min(max(cellWidth, 200), 1_000), min(max(cellHeight, 140), 1_000))
        let (gap, header) = (14, 70)
        let canvas = Canvas(width: gap + columns * (cellWidth + gap), height: header + rows * (cellHeight + gap))
        canvas.paint(.ink(Ink(hex: 0xF3F5F8)))
        drawHeader(on: canvas, left: Double(gap))
        for (index, feature) in shown.enumerated() {
            draw(
                feature, on: canvas, x: Double(gap + index % columns * (cellWidth + gap)),
                y: Double(header + index / columns * (cellHeight + gap)), width: Double(cellWidth), height: Double(cellHeight))
        }
        return canvas.image
    }

    private func drawHeader(on canvas: Canvas, left: Double) {
        let room = Double(canvas.width) - left * 2
        canvas.text(canvas.fitted(title, width: room, size: 17, bold: true), x: left, y: 28, size: 17, bold: true, ink: ChartFrame.text)
        let count = features.count { $0.isBreached }
        let verdict = count == 0 ? caveat ?? "no drift" : "\(count) of \(features.count) over the threshold"
        let ink = count > 0 ? Self.breached : caveat == nil ? Self.healthy : ChartFrame.quiet
        canvas.fill(ink) { $0.circle(left + 6, 49, 5) }
        canvas.text(verdict, x: left + 18, y: 53.5, size: 13, bold: true, ink: ink)
        var x = left + 18 + canvas.textWidth(verdict, size: 13, bold: true) + 28
        for (name, ink) in [("baseline", Self.before), ("production", Self.after)] where x + 110 < Double(canvas.width) {
            canvas.fill(ink.faded(0.7)) { $0.rectangle(x, 43, 14, 11, radius: 2) }
            canvas.text(name, x: x + 20, y: 53.5, size: 12.5, ink: ChartFrame.quiet)
            x += 110
        }
    }

    private func draw(_ feature: Feature, on canvas: Canvas, x: Double, y: Double, width: Double, height: Double) {
        let verdict = feature.isBreached ? Self.breached : feature.threshold == nil ? ChartFrame.quiet : Self.healthy
        let card: (Canvas) -> Void = { $0.rectangle(x + 0.5, y + 0.5, width - 1, height - 1, radius: 8) }
        canvas.fill(.white, card)
        canvas.stroke(feature.isBreached ? Self.breached : ChartFrame.grid, width: feature.isBreached ? 2 : 1, card)
        let value = ChartFrame.number(feature.distance)
        let valueWidth = canvas.textWidth(value, size: 15, bold: true)
        canvas.text(
            canvas.fitted(feature.name, width: width - valueWidth - 44, size: 14, bold: true), x: x + 14, y: y + 25, size: 14,
            bold: true, ink: ChartFrame.text)
        canvas.text(value, x: x + width - 14, y: y + 25, size: 15, bold: true, ink: verdict, alignment: .trailing)
        let note = feature.measure + (feature.threshold.map { ", threshold \(ChartFrame.number($0))" } ?? ", not judged")
        canvas.text(canvas.fitted(note, width: width - 28, size: 10.5), x: x + 14, y: y + 42, size: 10.5, ink: ChartFrame.quiet)
        drawBars(feature, on: canvas, x: x + 14, y: y + 54, width: width - 28, height: height - 54 - 26)
    }

    private func drawBars(_ feature: Feature, on canvas: Canvas, x: Double, y: Double, width: Double, height: Double) {
        let count = max(feature.baseline.count, feature.production.count)
        let bottom = y + height
        let highest = (feature.baseline + feature.production).filter(\.isFinite).max() ?? 0
        let step = width / Double(max(1, count))
        let after = feature.isBreached ? Self.breached : Self.after
        for (shares, ink) in [(feature.baseline, Self.before), (feature.production, after)] where highest > 0 {
            let tops = shares.map { bottom - height * min(max($0.isFinite ? $0 / highest : 0, 0), 1) }
            let outline: (Canvas) -> Void = { canvas in
                canvas.move(x, bottom)
                for (index, top) in tops.enumerated() {
                    canvas.line(x + step * Double(index), top)
                    canvas.line(x + step * Double(index + 1), top)
                }
                canvas.line(x + step * Double(tops.count), bottom)
            }
            canvas.fill(ink.faded(0.32), outline)
            canvas.stroke(ink, width: 1.4, outline)
        }
        canvas.stroke(Ink(hex: 0xAEB5C2), width: 1, round: false) {
            $0.move(x, bottom)
            $0.line(x + width, bottom)
        }
        drawLabels(
            feature.binLabels, isPerBin: feature.binLabels.count == count && count > 0, on: canvas, x: x, y: bottom + 14, width: width)
    }

    /// Names under their bins, or numbers spread from edge to edge.
    private func drawLabels(_ labels: [String], isPerBin: Bool, on canvas: Canvas, x: Double, y: Double, width: Double) {
        let room = width / Double(max(1, labels.count))
        for (index, label) in labels.enumerated() where room >= 14 {
            let text = canvas.fitted(label, width: room - 3, size: 9.5)
            let isFirst = index == 0
            let isLast = index == labels.count - 1
            let place = isPerBin || labels.count < 2 ? room * (Double(index) + 0.5) : width * Double(index) / Double(labels.count - 1)
            let alignment: TextAlignment = isPerBin ? .centre : isFirst ? .leading : isLast ? .trailing : .centre
            canvas.text(text, x: x + place, y: y, size: 9.5, ink: ChartFrame.quiet, alignment: alignment)
        }
    }
}
