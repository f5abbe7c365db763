import DriftReporting
import Testing

@Suite("Every signal")
struct SignalConformanceTests {
    private static let names = AllSignals.all.map { $0.name }

    private func results(_ name: String, _ baseline: FactTable, _ production: FactTable, _ settings: SignalSettings? = nil) throws -> [FeatureResult] {
        let signal = try #require(AllSignals.named(name))
        return try signal.compare(baseline, production, settings ?? SignalSettings(type: name), minimumSamples: 10)
    }

    @Test("is found by its name and says what it looks at", arguments: names)
    func naming(name: String) throws {
        let signal = try #require(AllSignals.named(name))
        #expect(signal.name == name)
        #expect(!signal.summary.isEmpty)
        #expect(Set(Self.names).count == Self.names.count)
    }

    @Test("sees no drift between equal data", arguments: names)
    func equal(name: String) throws {
        var maker = FactMaker(seed: 1)
        let table = maker.table(60, source: .model)
        let results = try results(name, table, table)
        #expect(!results.isEmpty)
        #expect(results.allSatisfy { $0.status == .ok || $0.status == .informational })
        #expect(results.allSatisfy { $0.signal == name && $0.value == 0 })
    }

    @Test("sees drift in shifted data", arguments: names)
    func shifted(name: String) throws {
        var maker = FactMaker(seed: 2)
        let baseline = maker.table(100, source: .model)
        var production = maker.table(40, light: 0.4, classes: ["can", "dog"], source: .model)
        for index in production.rows.indices { production.rows[index].objects?.append(.init(category: "dog", score: 0.3, areaShare: 0.6)) }
        #expect(try results(name, baseline, production).contains { $0.isBreached })
    }

    @Test("gives no verdict on small samples", arguments: names)
    func small(name: String) throws {
        var maker = FactMaker(seed: 3)
        let results = try results(name, maker.table(100), maker.table(9, light: 0.2))
        #expect(results.allSatisfy { [.tooFew, .missing].contains($0.status) })
        #expect(try self.results(name, maker.table(9), maker.table(100, light: 0.2)).allSatisfy { !$0.isBreached })
    }

    @Test("stays calm without any data, and with facts that are no numbers", arguments: names)
    func empty(name: String) throws {
        var maker = FactMaker(seed: 4)
        let (none, some) = (FactTable(rows: []), maker.table(30))
        let odd = FactTable(
            rows: (0..<30).map { FactTable.Row(name: "\($0)", facts: ["brightness": .nan, "contrast": .infinity, "x": 1e300], objects: []) })
        for (baseline, production) in [(none, none), (none, some), (some, none), (odd, odd), (some, odd), (odd, some)] {
            for result in try results(name, baseline, production) {
                #expect(result.value?.isFinite ?? true)
                if production == none { #expect(!result.isBreached) }
            }
        }
    }

    @Test("looks only at the features that were asked for", arguments: names)
    func features(name: String) throws {
        var maker = FactMaker(seed: 5)
        let (a, b) = (maker.table(30, source: .model), maker.table(30, source: .model))
        let one = name == "prediction_drift" ? "boxArea" : "contrast"
        #expect(Set(try results(name, a, b, SignalSettings(type: name, features: [one])).map(\.feature)) == [one])
    }

    @Test("honours thresholds as they are given", arguments: names)
    func thresholds(name: String) throws {
        var maker = FactMaker(seed: 6)
        let (a, b) = (maker.table(100, source: .model), maker.table(30, source: .model))
        let metric = name == "data_quality" ? "out_of_bounds_rate" : "normalized_wasserstein_distance"
        func breached(_ threshold: Double) throws -> Bool {
            let settings = SignalSettings(type: name, thresholds: SignalThresholds(numerical: [metric: threshold]))
            let results = try results(name, a, b, settings).filter { $0.metric == metric }
            #expect(results.allSatisfy { $0.threshold == threshold && $0.thresholdReason == .given })
            return results.contains { $0.isBreached }
        }
        // Too strict for samples of this size, and yet as asked; and too lax to warn of anything.
        #expect(try breached(0.001))
        #expect(try !breached(50))
    }

    @Test("refuses metrics that it does not know", arguments: names)
    func metrics(name: String) throws {
        var maker = FactMaker(seed: 7)
        let table = maker.table(30)
        #expect(throws: DriftError.self) {
            try results(name, table, table, SignalSettings(type: name, thresholds: SignalThresholds(numerical: ["accuracy": 0.5])))
        }
    }
}
