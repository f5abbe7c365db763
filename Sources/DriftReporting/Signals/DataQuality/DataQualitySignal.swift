import Detection

/// Is production complete, and within what the model was trained on?
package enum DataQualitySignal: MonitorSignal {
    package static let name = "data_quality"
    package static let summary = "missing facts, and facts outside of what the training set had"
    package static let comparesSpreads = false

    package static func compare(
        _ baseline: FactTable, _ production: FactTable, _ settings: SignalSettings, minimumSamples: Int
    ) throws(DriftError) -> [FeatureResult] {
        let given = settings.thresholds.numerical
        for key in given.keys.sorted() where DataQualitySettings.practical[key] == nil {
            throw DriftError(
                "signal \(settings.type): there is no metric '\(key)'; use one of \(DataQualitySettings.practical.keys.sorted().joined(separator: ", "))")
        }
        let names = baseline.factNames.filter { settings.features?.contains($0) ?? !DataDriftSettings.informational.contains($0) }
        let metrics = DataQualitySettings.practical.keys.sorted().filter { given.isEmpty || given.keys.contains($0) }
        return names.flatMap { fact in
            let known = Array(baseline.numbers(fact).joined())
            // A baseline that hardly varies has no bounds: any rounding would leave them.
            let isFlat = Comparison.deviation(known) < 0.02 * abs(Comparison.mean(known) ?? 0)
            return metrics.compactMap { metric in
                let comparison = Comparison<Double>(signal: name, feature: fact, metric: metric) { before, after in
                    let (before, after) = (before.map(\.first), after.map(\.first))
                    return metric == DataQualitySettings.nullValueRate
                        ? DataQuality.nullValueRate(after) : DataQuality.outOfBoundsRate(after, baseline: before)
                }
                let rule: Comparison<Double>.Rule =
                    switch given[metric] ?? nil {
                    case let threshold?: .given(threshold)
                    case nil where isFlat && metric == DataQualitySettings.outOfBoundsRate: .never
                    case nil: .automatic(practical: DataQualitySettings.practical[metric] ?? 0)
                    }
                return comparison.judged(
                    baseline.numbers(fact), production.numbers(fact), rule, minimumSamples: minimumSamples, requiresValues: false)
            }
        }
    }
}
