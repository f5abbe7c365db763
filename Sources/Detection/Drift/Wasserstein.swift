/// The earth mover's distance between two samples.
package enum Wasserstein {
    /// The area between the two empirical distribution functions, in the unit of the values. Values that are not finite are
    /// left out; 0 when a side is empty.
    package static func distance(_ first: [Double], _ second: [Double]) -> Double {
        let (first, second) = (first.filter(\.isFinite).sorted(), second.filter(\.isFinite).sorted())
        guard !first.isEmpty, !second.isEmpty else { return 0 }
        var i = 0, j = 0
        var area = 0.0
        var previous = min(first[0], second[0])
        while i < first.count || j < second.count {
            let next = min(i < first.count ? first[i] : .infinity, j < second.count ? second[j] : .infinity)
            area += abs(Double(i) / Double(first.count) - Double(j) / Double(second.count)) * (next - previous)
            previous = next
            while i < first.count, first[i] <= next { i += 1 }
            while j < second.count, second[j] <= next { j += 1 }
        }
        return area
    }

    /// The distance in standard deviations of the baseline (n − 1 in the denominator), which count as 0.001 at least.
    package static func normalizedDistance(baseline: [Double], production: [Double]) -> Double {
        let baseline = baseline.filter(\.isFinite)
        let mean = baseline.reduce(0, +) / Double(max(baseline.count, 1))
        let squares = baseline.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = baseline.count > 1 ? (squares / Double(baseline.count - 1)).squareRoot() : 0
        return distance(baseline, production) / max(deviation, 0.001)
    }
}
