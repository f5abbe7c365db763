import Detection

/// The metrics that settings ask for, else the one that a signal takes by itself.
struct MetricChoice {
    /// With the value that warns; `nil` leaves it to the signal.
    let metrics: [(metric: DriftMetric, threshold: Double?)]

    init(numerical settings: SignalSettings, default metric: DriftMetric) throws(DriftError) {
        try self.init(settings.thresholds.numerical, default: metric, allowed: DriftMetric.allCases.filter { $0 != .pearsonsChiSquaredTest }, settings)
    }

    init(categorical settings: SignalSettings, default metric: DriftMetric) throws(DriftError) {
        try self.init(
            settings.thresholds.categorical, default: metric,
            allowed: [.jensenShannonDistance, .populationStabilityIndex, .pearsonsChiSquaredTest], settings)
    }

    private init(
        _ wanted: [String: Double?], default metric: DriftMetric, allowed: [DriftMetric], _ settings: SignalSettings
    ) throws(DriftError) {
        var metrics: [(metric: DriftMetric, threshold: Double?)] = []
        for (key, threshold) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let metric = DriftMetric(key: key) else {
                throw DriftError(
                    "signal \(settings.type): there is no metric '\(key)'; use one of \(DriftMetric.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            // Written for both kinds of feature, it holds for the kind it can compare.
            guard allowed.contains(metric) else { continue }
            metrics.append((metric, threshold))
        }
        self.metrics = metrics.isEmpty ? [(metric, nil)] : metrics
    }
}
