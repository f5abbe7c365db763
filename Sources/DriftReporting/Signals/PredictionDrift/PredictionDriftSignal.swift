/// Has what the model sees moved: more or fewer objects, of other classes, larger or smaller, less sure?
package enum PredictionDriftSignal: MonitorSignal {
    package static let name = "prediction_drift"
    package static let summary = "what the model sees: objects per picture, classes, sizes, confidence"
    package static let comparesSpreads = true

    /// A number of the objects in a picture.
    private struct Feature {
        var name: String
        var isJudged = true
        var values: ([FactTable.SeenObject]) -> [Double]
    }

    package static func compare(
        _ baseline: FactTable, _ production: FactTable, _ settings: SignalSettings, minimumSamples: Int
    ) throws(DriftError) -> [FeatureResult] {
        let numerical = try MetricChoice(numerical: settings, default: PredictionDriftSettings.numericalMetric)
        let categorical = try MetricChoice(categorical: settings, default: PredictionDriftSettings.categoricalMetric)
        let features = [
            Feature(name: "boxesPerImage") { [Double($0.count)] }, Feature(name: "boxArea") { $0.compactMap(\.areaShare) },
            // A model is surer of the pictures it has learnt from than of any others, however alike.
            Feature(name: "confidence", isJudged: !settings.thresholds.numerical.isEmpty || settings.features?.contains("confidence") == true) {
                $0.compactMap(\.score)
            },
        ].filter { settings.features?.contains($0.name) ?? true }
        var results = features.flatMap { feature in
            numerical.metrics.compactMap { metric, threshold in
                Comparison.numbers(
                    signal: name, feature: feature.name, metric: metric, given: feature.isJudged ? threshold : nil,
                    practical: feature.isJudged ? PredictionDriftSettings.practicalNumber : nil, featureCount: features.count,
                    minimumSamples: minimumSamples, baseline.objects(feature.values), production.objects(feature.values))
            }
        }
        if settings.features?.contains("class") ?? true {
            results += categorical.metrics.compactMap { metric, threshold in
                Comparison.categories(
                    signal: name, feature: "class", metric: metric, given: threshold, practical: PredictionDriftSettings.practicalCategory,
                    minimumSamples: minimumSamples, baseline.objects { $0.map(\.category) }, production.objects { $0.map(\.category) })
            }
        }
        return results
    }
}

extension FactTable {
    fileprivate func objects<Value>(_ values: ([SeenObject]) -> [Value]) -> [[Value]] { rows.map { $0.objects.map(values) ?? [] } }
}
