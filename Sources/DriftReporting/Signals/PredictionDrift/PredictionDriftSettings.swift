import Detection

/// What prediction drift does when nothing else is asked for (docs/decisions/0015-drift-thresholds.md).
enum PredictionDriftSettings {
    static let numericalMetric = DriftMetric.normalizedWassersteinDistance
    static let categoricalMetric = DriftMetric.jensenShannonDistance
    /// Half a standard deviation of the baseline.
    static let practicalNumber = 0.5
    /// About what is left when one class in six disappears.
    static let practicalCategory = 0.2
}
