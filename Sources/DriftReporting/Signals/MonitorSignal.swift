/// One question asked of production: have its pictures, its predictions, its quality moved away from the baseline?
///
/// A signal is a folder here with two files: the signal and its settings (which thresholds it takes by itself), and a line in
/// `AllSignals.swift`.
package protocol MonitorSignal: SendableMetatype {
    /// As in `type:` of a monitor's YAML.
    static var name: String { get }
    /// What it looks at, for people.
    static var summary: String { get }
    /// Whether the numbers are distances between two spreads, which a histogram shows.
    static var comparesSpreads: Bool { get }

    /// One result for each feature and metric. A feature that neither side has gives none.
    /// - Throws: for metrics that the signal does not know.
    static func compare(
        _ baseline: FactTable, _ production: FactTable, _ settings: SignalSettings, minimumSamples: Int
    ) throws(DriftError)
        -> [FeatureResult]
}
