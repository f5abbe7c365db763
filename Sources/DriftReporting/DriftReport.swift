/// What became of production, measured against a baseline.
package struct DriftReport: Sendable, Hashable, Codable {
    package enum Verdict: String, Sendable, Hashable, Codable {
        case drift
        case noDrift = "no_drift"
        /// Nothing could be judged.
        case tooFew = "too_few"
    }

    /// One of the two sides.
    package struct Side: Sendable, Hashable, Codable {
        package var name: String
        package var samples: Int
        package var objects: FactTable.ObjectSource
        package var failedRequests: Int
        /// Times of the first and last sample, of requests.
        package var from: String?
        package var to: String?

        init(_ name: String, _ table: FactTable) {
            self.name = name
            samples = table.rows.count
            objects = table.objectSource
            failedRequests = table.failedRequests
            let times = table.rows.compactMap(\.time)
            (from, to) = (times.min(), times.max())
        }
    }

    /// A picture of production that lies far from the baseline.
    package struct MovedImage: Sendable, Hashable, Codable {
        package var name: String
        package var time: String?
        /// The fact that is farthest.
        package var fact: String
        package var value: Double
        /// The baseline's mean of the fact.
        package var usual: Double
        /// The distance in standard deviations of the baseline.
        package var deviations: Double
    }

    package var title: String
    package var verdict: Verdict
    /// `SIGNAL/FEATURE` of what is over its threshold, without repetition.
    package var breached: [String]
    package var baseline: Side
    package var production: Side
    package var minimumSamples: Int
    package var results: [FeatureResult]
    package var movedImages: [MovedImage]
    package var notes: [String]

    /// Compares. Nothing depends on the clock or on chance: the same tables give the same report.
    /// - Throws: for settings that ask for what is not there.
    package init(
        title: String, baseline: FactTable, named baselineName: String, production: FactTable, named productionName: String,
        settings: DriftSettings = DriftSettings()
    ) throws(DriftError) {
        self.title = title
        self.baseline = Side(baselineName, baseline)
        self.production = Side(productionName, production)
        minimumSamples = settings.minimumSamples
        notes = baseline.notes + production.notes
        if production.failedRequests > 0 { notes.append("\(production.failedRequests) requests were answered with an error and are not compared") }
        results = []
        let signals = settings.signals ?? Dictionary(uniqueKeysWithValues: AllSignals.all.map { ($0.name, SignalSettings(type: $0.name)) })
        let order = AllSignals.all.map { $0.name }
        for (_, wanted) in signals.sorted(by: { (order.firstIndex(of: $0.value.type) ?? 99, $0.key) < (order.firstIndex(of: $1.value.type) ?? 99, $1.key) }) {
            guard let signal = AllSignals.named(wanted.type) else {
                notes.append("the signal \(wanted.type) is not measured here; there are \(order.joined(separator: ", "))")
                continue
            }
            results += try signal.compare(baseline, production, wanted, minimumSamples: settings.minimumSamples)
        }
        breached = results.filter(\.isBreached).map(\.name).uniqued()
        let isJudged = results.contains { $0.status == .ok || $0.status == .drift }
        verdict = !breached.isEmpty ? .drift : isJudged ? .noDrift : .tooFew
        movedImages = Self.moved(baseline, production)
    }

    /// The pictures of production that lie farthest from the baseline, each by its farthest fact.
    private static func moved(_ baseline: FactTable, _ production: FactTable, limit: Int = 12) -> [MovedImage] {
        let usual = baseline.factNames.filter { !DataDriftSettings.informational.contains($0) }.compactMap { fact -> (String, Double, Double)? in
            let values = Array(baseline.numbers(fact).joined())
            guard values.count > 1, let mean = Comparison.mean(values) else { return nil }
            return (fact, mean, max(Comparison.deviation(values), 0.001, 0.02 * abs(mean)))
        }
        let moved = production.rows.compactMap { row in
            usual.compactMap { fact, mean, deviation -> MovedImage? in
                guard let value = row.facts[fact] else { return nil }
                return MovedImage(
                    name: row.name, time: row.time, fact: fact, value: value, usual: mean, deviations: abs(value - mean) / deviation)
            }.max { $0.deviations < $1.deviations }
        }
        return Array(moved.sorted { ($1.deviations, $0.name) < ($0.deviations, $1.name) }.prefix(limit))
    }
}

extension [String] {
    fileprivate func uniqued() -> [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
