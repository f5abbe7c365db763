import Foundation

/// One axis of a chart: a range widened to round numbers and the round numbers on it
/// (Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990).
struct ChartAxis {
    let low: Double
    let high: Double
    let step: Double

    /// Covers all finite `values`; `anchored` values (zero, for example) are covered too.
    init(covering values: some Sequence<Double>, including anchored: [Double] = [], ticks: Int = 5) {
        // Numbers beyond this cannot be told apart on a chart, and their differences would overflow.
        let finite = values.filter { $0.isFinite && abs($0) < 1e100 } + anchored
        var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        if high - low <= abs(high) * 1e-12 {
            let reach = max(abs(high) * 0.1, 1e-9)
            (low, high) = high == 0 ? (0, 1) : (low - reach, high + reach)
        }
        step = Self.round((high - low) / Double(max(1, ticks)))
        self.low = (low / step).rounded(.down) * step
        self.high = (high / step - 1e-9).rounded(.up) * step
    }

    /// An axis of exactly this range.
    init(low: Double, high: Double, ticks: Int = 5) {
        self.low = low
        self.high = high > low ? high : low + 1
        step = Self.round((self.high - low) / Double(max(1, ticks)))
    }

    private static func round(_ rough: Double) -> Double {
        let power = pow(10, log10(rough).rounded(.down))
        let share = rough / power
        return power * (share < 1.5 ? 1 : share < 3 ? 2 : share < 7 ? 5 : 10)
    }

    /// 0 at the low end, 1 at the high end.
    func place(of value: Double) -> Double { (value - low) / (high - low) }

    var ticks: [(value: Double, text: String)] {
        let first = (low / step - 1e-9).rounded(.up)
        return (0...20).map { (first + Double($0)) * step }.filter { $0 <= high + step * 1e-9 }.map { ($0, text(for: $0)) }
    }

    private func text(for value: Double) -> String {
        let decimals = max(0, -Int(log10(step).rounded(.down)))
        if abs(value) >= 1e6 || decimals > 5 { return String(format: "%.3g", value) }
        return String(format: "%.*f", decimals, abs(value) < step * 1e-6 ? 0 : value)
    }
}
