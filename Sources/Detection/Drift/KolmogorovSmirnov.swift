import Foundation

/// The two-sided Kolmogorov-Smirnov test of whether two samples come from one distribution.
package struct KolmogorovSmirnov: Sendable, Hashable {
    /// The largest gap between the two empirical distribution functions.
    package let statistic: Double
    /// The chance of a gap at least as large when both samples come from one distribution.
    ///
    /// Exact while neither sample has more than 10,000 values (as SciPy's `ks_2samp` in its `auto` mode); above that
    /// Kolmogorov's limit with Stephens' correction for the sample size, which agrees to about two digits.
    package let probability: Double

    /// Values that are not finite are left out. Without any value on a side nothing differs: statistic 0, probability 1.
    package init(_ first: [Double], _ second: [Double]) {
        let (first, second) = (first.filter(\.isFinite).sorted(), second.filter(\.isFinite).sorted())
        guard !first.isEmpty, !second.isEmpty else {
            (statistic, probability) = (0, 1)
            return
        }
        let (n, m) = (first.count, second.count)
        var i = 0, j = 0
        // The gap in whole steps of 1/(n·m), so that nothing is lost to rounding.
        var gap = 0
        while i < n, j < m {
            let value = min(first[i], second[j])
            while i < n, first[i] <= value { i += 1 }
            while j < m, second[j] <= value { j += 1 }
            gap = max(gap, abs(i * m - j * n))
        }
        statistic = Double(gap) / (Double(n) * Double(m))
        if gap == 0 {
            probability = 1
        } else if max(n, m) <= 10_000 {
            probability = Self.exactProbability(n, m, gap: gap)
        } else {
            probability = Self.limitProbability(n, m, statistic: statistic)
        }
    }

    /// Sorting both samples into one row draws a path through an n × m grid, and every path is equally likely. This is the
    /// chance that a random one strays to where |i·m − j·n| ≥ gap: a path at (i, j) came from (i − 1, j) with
    /// probability i/(i + j) and from (i, j − 1) otherwise, and a path that is outside has strayed.
    private static func exactProbability(_ n: Int, _ m: Int, gap: Int) -> Double {
        var strayed = [Double](repeating: 1, count: m + 1)
        for i in 0...n {
            // The j with |i·m − j·n| < gap; everything left and right of them stays 1.
            let low = max(0, (i * m - gap).quotientRoundedDown(by: n) + 1)
            let high = min(m, (i * m + gap - 1) / n)
            if low > 0 { strayed[low - 1] = 1 }
            guard low <= high else { continue }
            for j in low...high {
                guard i + j > 0 else {
                    strayed[0] = 0
                    continue
                }
                let fromLeft = j > 0 ? strayed[j - 1] * Double(j) : 0
                let fromBelow = i > 0 ? strayed[j] * Double(i) : 0
                strayed[j] = (fromLeft + fromBelow) / Double(i + j)
            }
        }
        return min(1, max(0, strayed[m]))
    }

    private static func limitProbability(_ n: Int, _ m: Int, statistic: Double) -> Double {
        let size = (Double(n) * Double(m) / (Double(n) + Double(m))).squareRoot()
        let scaled = (size + 0.12 + 0.11 / size) * statistic
        // Below this the alternating series needs ever more terms, and the answer is 1 to all digits that matter.
        guard scaled > 0.2 else { return 1 }
        var sum = 0.0
        for k in 1...100 {
            let term = exp(-2 * Double(k * k) * scaled * scaled)
            sum += k.isMultiple(of: 2) ? -term : term
            if term < 1e-18 { break }
        }
        return min(1, max(0, 2 * sum))
    }
}

extension Int {
    fileprivate func quotientRoundedDown(by divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
