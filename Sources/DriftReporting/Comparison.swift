import Detection

/// One feature compared by one metric: the judging that all signals share.
///
/// `Value` is what a row holds of the feature, any number of times: a brightness, the areas of its boxes, their classes.
struct Comparison<Value> {
    /// When to warn.
    enum Rule {
        /// Exactly there, as a person said.
        case given(Double)
        /// Where the difference is worth a warning and more than chance does; see docs/decisions/0015-drift-thresholds.md.
        case automatic(practical: Double)
        /// A p-value's: there chance is what is measured.
        case probability(Double)
        case never
    }

    var signal: String
    var feature: String
    var metric: String
    /// Whether small values are the bad ones.
    var isProbability = false
    var measure: ([[Value]], [[Value]]) -> Double?
    /// What the shuffles measure, where that is not the metric itself.
    var chance: (([[Value]], [[Value]]) -> Double?)?

    /// How many divisions by chance a value has to exceed to be more than chance. With about a dozen features a report,
    /// one report in eighty has a false alarm from samples so small that chance decides.
    static var shuffles: Int { 1000 }

    /// - Parameters:
    ///   - baseline: what each row holds; rows that hold nothing stay in (`null_value_rate` counts them).
    ///   - requiresValues: whether a side without any value cannot be compared.
    func judged(_ baseline: [[Value]], _ production: [[Value]], _ rule: Rule, minimumSamples: Int, requiresValues: Bool = true) -> FeatureResult? {
        let known = (baseline.count { !$0.isEmpty }, production.count { !$0.isEmpty })
        guard known.0 > 0 || known.1 > 0 else { return nil }
        var result = FeatureResult(
            signal: signal, feature: feature, metric: metric, status: .ok, baselineCount: requiresValues ? known.0 : baseline.count,
            productionCount: requiresValues ? known.1 : production.count)
        guard known.0 > 0, known.1 > 0 || !requiresValues else {
            result.status = .missing
            return result
        }
        guard let value = measure(baseline, production), value.isFinite else {
            result.status = .missing
            return result
        }
        result.value = value
        switch rule {
        case .given(let threshold): (result.threshold, result.thresholdReason) = (threshold, .given)
        case .probability(let threshold): (result.threshold, result.thresholdReason) = (threshold, .practical)
        case .never: result.status = .informational
        case .automatic(let practical):
            (result.threshold, result.thresholdReason) = (practical, .practical)
            // The shuffles cost time, and below the practical threshold nothing hangs on them.
            if value > practical, min(result.baselineCount, result.productionCount) >= minimumSamples,
                let noise = SamplingNoise.largest(baseline, production, shuffles: Self.shuffles, against: value, of: chance ?? measure), noise > practical
            {
                (result.threshold, result.thresholdReason) = (noise, .sampling)
            }
        }
        if min(result.baselineCount, result.productionCount) < minimumSamples {
            result.status = .tooFew
        } else if let threshold = result.threshold {
            result.status = (isProbability ? value < threshold : value > threshold) ? .drift : .ok
        }
        return result
    }
}

extension Comparison where Value == Double {
    /// A number compared by one of Azure's metrics; `practical` holds for its normalised Wasserstein distance.
    static func numbers(
        signal: String, feature: String, metric: DriftMetric, given: Double?, practical: Double?, featureCount: Int, minimumSamples: Int,
        _ baseline: [[Double]], _ production: [[Double]]
    ) -> FeatureResult? {
        var comparison = Comparison(signal: signal, feature: feature, metric: metric.rawValue, isProbability: metric.isProbability) {
            metric.value(baseline: Array($0.joined()), production: Array($1.joined()))
        }
        let (before, after) = (Array(baseline.joined()), Array(production.joined()))
        if metric == .normalizedWassersteinDistance {
            // In the true baseline's deviations: a shuffled baseline that happens to hold dark photos only hardly varies, and
            // by its own deviation everything would be far away.
            let deviation = max(Self.deviation(before), 0.001)
            comparison.chance = { Wasserstein.distance(Array($0.joined()), Array($1.joined())) / deviation }
        }
        let rule = Self.rule(metric, given: given, practical: practical, featureCount: featureCount, values: before)
        var result = comparison.judged(baseline, production, rule, minimumSamples: minimumSamples)
        result?.baselineMean = mean(before)
        result?.productionMean = mean(after)
        if !before.isEmpty, !after.isEmpty { result?.histogram = Histogram(baseline: before, production: after) }
        return result
    }

    private static func rule(_ metric: DriftMetric, given: Double?, practical: Double?, featureCount: Int, values: [Double]) -> Rule {
        if let given { return .given(given) }
        guard var practical else { return .never }
        switch metric {
        case .twoSampleKolmogorovSmirnovTest, .pearsonsChiSquaredTest: return .probability(0.01 / Double(max(1, featureCount)))
        // Below a quarter a population has, by the rule of thumb, not changed.
        case .populationStabilityIndex: return .automatic(practical: 0.25)
        case .jensenShannonDistance: return .automatic(practical: 0.3)
        case .normalizedWassersteinDistance:
            // Where the baseline hardly varies, a rounding error is many standard deviations: a fiftieth of the mean is
            // never worth a warning.
            let deviation = max(Self.deviation(values), 0.001)
            practical = max(practical, 0.02 * abs(mean(values) ?? 0) / deviation)
            return .automatic(practical: practical)
        }
    }

    static func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }

    /// Of a sample (n − 1 in the denominator); 0 of fewer than two values.
    static func deviation(_ values: [Double]) -> Double {
        guard values.count > 1, let mean = mean(values) else { return 0 }
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}

extension Comparison where Value == String {
    /// A category compared by one of Azure's metrics; `practical` holds for its Jensen-Shannon distance.
    static func categories(
        signal: String, feature: String, metric: DriftMetric, given: Double?, practical: Double, minimumSamples: Int, _ baseline: [[String]],
        _ production: [[String]]
    ) -> FeatureResult? {
        let comparison = Comparison(signal: signal, feature: feature, metric: metric.rawValue, isProbability: metric.isProbability) {
            metric.value(baseline: counts($0), production: counts($1))
        }
        let rule: Rule =
            switch (given, metric) {
            case (let given?, _): .given(given)
            case (nil, .populationStabilityIndex): .automatic(practical: 0.25)
            case (nil, .pearsonsChiSquaredTest): .probability(0.01)
            default: .automatic(practical: practical)
            }
        var result = comparison.judged(baseline, production, rule, minimumSamples: minimumSamples)
        let (before, after) = (counts(baseline), counts(production))
        if !before.isEmpty, !after.isEmpty { result?.histogram = Histogram(baseline: before, production: after) }
        return result
    }

    private static func counts(_ rows: [[String]]) -> [String: Int] {
        rows.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
