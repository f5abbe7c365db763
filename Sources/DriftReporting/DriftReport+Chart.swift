import Detection
package import Drawing
import Foundation

extension DriftReport {
    /// The spreads of every compared feature, side by side.
    package var chart: DriftChart {
        let features = results.compactMap { result -> DriftChart.Feature? in
            guard AllSignals.named(result.signal)?.comparesSpreads == true, let histogram = result.histogram, let value = result.value else { return nil }
            let labels =
                histogram.edges.isEmpty ? histogram.categories : [histogram.edges.first, histogram.edges.last].compactMap { $0.map(Self.short) }
            return DriftChart.Feature(
                name: result.feature, baseline: Self.shares(histogram.baseline), production: Self.shares(histogram.production), binLabels: labels,
                measure: result.metric.replacingOccurrences(of: "_", with: " "), distance: value,
                threshold: result.status == .tooFew ? nil : result.threshold, isBreached: result.isBreached)
        }
        return DriftChart(title: title, features: features, caveat: verdict == .tooFew ? "too few samples for a verdict" : nil)
    }

    private static func shares(_ counts: [Int]) -> [Double] {
        let total = Double(max(1, counts.reduce(0, +)))
        return counts.map { Double($0) / total }
    }

    /// Four significant digits.
    static func short(_ value: Double) -> String { value == 0 ? "0" : String(format: abs(value) < 1 ? "%.3f" : "%.4g", value) }
}
