import Foundation

/// The incomplete gamma function, as far as the χ² test needs it.
enum GammaFunction {
    /// Q(a, x) = Γ(a, x) / Γ(a), the upper tail; for a > 0 and x ≥ 0.
    ///
    /// Below a + 1 by the power series of the lower tail (Abramowitz and Stegun 6.5.29), above by the continued fraction of
    /// the upper tail (6.5.31) evaluated with Lentz's method.
    static func upperRegularized(shape a: Double, _ x: Double) -> Double {
        guard x > 0 else { return 1 }
        guard x.isFinite else { return 0 }
        var sign: Int32 = 0
        let scale = exp(a * log(x) - x - lgamma_r(a, &sign))
        // Both converge within about √a steps around x = a; the bound only stops what rounding keeps from settling.
        let steps = 1000 + Int(min(20 * a.squareRoot(), 1e6))
        if x < a + 1 {
            var term = 1 / a, sum = term
            for step in 1...steps {
                term *= x / (a + Double(step))
                sum += term
                if term < sum * 1e-17 { break }
            }
            return max(0, 1 - scale * sum)
        }
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var fraction = d
        for step in 1...steps {
            let numerator = -Double(step) * (Double(step) - a)
            b += 2
            d = numerator * d + b
            if abs(d) < tiny { d = tiny }
            c = b + numerator / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let change = d * c
            fraction *= change
            if abs(change - 1) < 1e-16 { break }
        }
        return min(1, scale * fraction)
    }
}
