/// A number that says how far production has moved from a baseline, named and computed as Azure ML's monitors do
/// (`assets/model_monitoring` of azureml-assets).
package enum DriftMetric: String, Sendable, Hashable, Codable, CaseIterable {
    case jensenShannonDistance = "jensen_shannon_distance"
    case normalizedWassersteinDistance = "normalized_wasserstein_distance"
    case populationStabilityIndex = "population_stability_index"
    case twoSampleKolmogorovSmirnovTest = "two_sample_kolmogorov_smirnov_test"
    case pearsonsChiSquaredTest = "pearsons_chi_squared_test"

    /// The metric of a monitor's YAML key. Azure's YAML reference says `chi_squared_test`, its service
    /// `pearsons_chi_squared_test`; both are understood.
    package init?(key: String) {
        self.init(rawValue: key == "chi_squared_test" ? Self.pearsonsChiSquaredTest.rawValue : key)
    }

    /// Whether the number is a p-value, where small means drift; the others are distances, where large means drift.
    package var isProbability: Bool {
        self == .twoSampleKolmogorovSmirnovTest || self == .pearsonsChiSquaredTest
    }

    /// Whether `value` is on the wrong side of `threshold`.
    package func isBreached(_ value: Double, threshold: Double) -> Bool {
        isProbability ? value < threshold : value > threshold
    }

    /// The metric between two samples of a number. Values that are not finite are left out. Nil when a side has no value
    /// left or the metric is for categories only.
    package func value(baseline: [Double], production: [Double]) -> Double? {
        let baseline = baseline.filter(\.isFinite)
        let production = production.filter(\.isFinite)
        guard !baseline.isEmpty, !production.isEmpty else { return nil }
        switch self {
        case .jensenShannonDistance:
            return Histogram(baseline: baseline, production: production).jensenShannonDistance
        case .populationStabilityIndex:
            return Histogram(baseline: baseline, production: production).populationStabilityIndex
        case .normalizedWassersteinDistance:
            return Wasserstein.normalizedDistance(baseline: baseline, production: production)
        case .twoSampleKolmogorovSmirnovTest:
            return KolmogorovSmirnov(baseline, production).probability
        case .pearsonsChiSquaredTest:
            return nil
        }
    }

    /// The metric between two counts of categories (the union of both is compared; negative counts are taken as 0). Nil when
    /// a side counts nothing or the metric is for numbers only.
    package func value(baseline: [String: Int], production: [String: Int]) -> Double? {
        let counts = Histogram(baseline: baseline, production: production)
        guard counts.baselineTotal > 0, counts.productionTotal > 0 else { return nil }
        switch self {
        case .jensenShannonDistance: return counts.jensenShannonDistance
        case .populationStabilityIndex: return counts.populationStabilityIndex
        case .pearsonsChiSquaredTest: return counts.chiSquaredProbability
        case .normalizedWassersteinDistance, .twoSampleKolmogorovSmirnovTest: return nil
        }
    }
}
