package import Detection

/// How far one feature has moved by one metric.
package struct FeatureResult: Sendable, Hashable, Codable {
    package enum Status: String, Sendable, Hashable, Codable {
        case ok
        /// On the wrong side of the threshold.
        case drift
        /// One of the sides has too few samples for a verdict.
        case tooFew = "too_few"
        /// One of the sides does not have the feature at all.
        case missing
        /// Reported, and judged only when a threshold is given.
        case informational
    }

    /// Where the threshold comes from.
    package enum Reason: String, Sendable, Hashable, Codable {
        /// The settings gave it.
        case given
        /// The least difference that is worth a warning.
        case practical
        /// What chance alone does to samples of these sizes is more than that.
        case sampling
    }

    package var signal: String
    package var feature: String
    /// Azure's name of the metric.
    package var metric: String
    package var status: Status
    /// `nil` when nothing could be computed.
    package var value: Double?
    package var threshold: Double?
    package var thresholdReason: Reason?
    /// Pictures that have the feature.
    package var baselineCount: Int
    package var productionCount: Int
    /// Of numbers.
    package var baselineMean: Double?
    package var productionMean: Double?
    package var histogram: Histogram?

    package var isBreached: Bool { status == .drift }
    package var name: String { "\(signal)/\(feature)" }
}
