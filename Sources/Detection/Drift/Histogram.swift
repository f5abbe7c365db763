import Foundation

/// Baseline and production counted into the same bins, and the metrics that compare bins.
package struct Histogram: Sendable, Hashable, Codable {
    /// Bin edges of a numerical feature, one more than there are bins; empty for categories.
    package let edges: [Double]
    /// The names of the bins of a categorical feature, sorted; empty for numbers.
    package let categories: [String]
    package let baseline: [Int]
    package let production: [Int]

    /// Equal-width bins over the range of both samples, `ceil(log2(n) + 1)` of them (Sturges) for the smaller sample's n.
    /// Bins are half-open, the last one is closed. When all values are equal there is one bin around them.
    /// Values that are not finite are left out; without any value there are no bins.
    package init(baseline: [Double], production: [Double]) {
        let samples = [baseline.filter(\.isFinite), production.filter(\.isFinite)]
        let smaller = samples.map(\.count).min() ?? 0
        categories = []
        guard let low = samples.joined().min(), let high = samples.joined().max() else {
            (edges, self.baseline, self.production) = ([], [], [])
            return
        }
        if low == high {
            let margin = low == 0 ? 0.005 : abs(0.005 * low)
            edges = [low - margin, low + margin]
        } else {
            let bins = Int((log2(Double(max(smaller, 1))) + 1).rounded(.up))
            // Divided before subtracting, so that a range wider than the largest double stays finite.
            let step = high / Double(bins) - low / Double(bins)
            edges = (0...bins).map { $0 == bins ? high : low + Double($0) * step }
        }
        (self.baseline, self.production) = (Self.count(samples[0], edges), Self.count(samples[1], edges))
    }

    /// One bin for each category that either side knows.
    package init(baseline: [String: Int], production: [String: Int]) {
        edges = []
        categories = Set(baseline.keys).union(production.keys).sorted()
        // The upper bound keeps sums of absurd counts from overflowing.
        self.baseline = categories.map { min(max(0, baseline[$0] ?? 0), 1 << 40) }
        self.production = categories.map { min(max(0, production[$0] ?? 0), 1 << 40) }
    }

    private static func count(_ values: [Double], _ edges: [Double]) -> [Int] {
        var counts = [Int](repeating: 0, count: edges.count - 1)
        for value in values {
            // The last edge that is not above the value; the maximum itself belongs to the last bin.
            var low = 0, high = counts.count
            while high - low > 1 {
                let middle = (low + high) / 2
                if edges[middle] <= value { low = middle } else { high = middle }
            }
            counts[low] += 1
        }
        return counts
    }

    package var baselineTotal: Int { baseline.reduce(0, +) }
    package var productionTotal: Int { production.reduce(0, +) }

    /// The square root of the Jensen-Shannon divergence with logarithms to base 2: 0 for equal shares, 1 for nothing in
    /// common. 0 when a side is empty.
    package var jensenShannonDistance: Double {
        let (n, m) = (Double(baselineTotal), Double(productionTotal))
        guard n > 0, m > 0 else { return 0 }
        var divergence = 0.0
        for (b, p) in zip(baseline, production) {
            let (left, right) = (Double(b) / n, Double(p) / m)
            let middle = (left + right) / 2
            if left > 0 { divergence += left * log2(left / middle) }
            if right > 0 { divergence += right * log2(right / middle) }
        }
        return (max(0, divergence) / 2).squareRoot()
    }

    /// Σ (production − baseline) · ln(production / baseline) over the bins' shares, each count raised by one so that no
    /// share is 0 (Laplace).
    package var populationStabilityIndex: Double {
        let bins = Double(baseline.count)
        let (n, m) = (Double(baselineTotal) + bins, Double(productionTotal) + bins)
        return zip(baseline, production).reduce(0) { sum, counts in
            let (left, right) = (Double(counts.0 + 1) / n, Double(counts.1 + 1) / m)
            return sum + (right - left) * log(right / left)
        }
    }

    /// The p-value of Pearson's χ² test that production follows the baseline's shares (`bins − 1` degrees of freedom).
    /// A category that the baseline never saw makes it 0; a single category 1.
    package var chiSquaredProbability: Double {
        let (n, m) = (Double(baselineTotal), Double(productionTotal))
        guard n > 0, m > 0, baseline.count > 1 else { return 1 }
        var statistic = 0.0
        for (b, p) in zip(baseline, production) {
            let expected = Double(b) / n * m
            if expected == 0 {
                if p > 0 { return 0 }
            } else {
                statistic += (Double(p) - expected) * (Double(p) - expected) / expected
            }
        }
        return GammaFunction.upperRegularized(shape: Double(baseline.count - 1) / 2, statistic / 2)
    }
}
