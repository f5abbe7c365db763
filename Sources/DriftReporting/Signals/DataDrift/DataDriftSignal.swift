/// Have the pictures themselves moved: darker, blurred, paler, fuller?
package enum DataDriftSignal: MonitorSignal {
    package static let name = "data_drift"
    package static let summary = "how the pictures look: brightness, contrast, sharpness, colour"
    package static let comparesSpreads = true

    package static func compare(
        _ baseline: FactTable, _ production: FactTable, _ settings: SignalSettings, minimumSamples: Int
    ) throws(DriftError) -> [FeatureResult] {
        let choice = try MetricChoice(numerical: settings, default: DataDriftSettings.metric)
        let names = Set(baseline.factNames).union(production.factNames).sorted().filter { settings.features?.contains($0) ?? true }
        return names.flatMap { fact in
            // A camera with more pixels takes no other picture; said, but no alarm unless asked for.
            let isJudged = settings.features != nil || !settings.thresholds.numerical.isEmpty || !DataDriftSettings.informational.contains(fact)
            return choice.metrics.compactMap { metric, threshold in
                Comparison.numbers(
                    signal: name, feature: fact, metric: metric, given: isJudged ? threshold : nil, practical: isJudged ? DataDriftSettings.practical : nil,
                    featureCount: names.count, minimumSamples: minimumSamples, baseline.numbers(fact), production.numbers(fact))
            }
        }
    }
}

extension FactTable {
    func numbers(_ fact: String) -> [[Double]] { rows.map { row in row.facts[fact].map { [$0] } ?? [] } }
}
