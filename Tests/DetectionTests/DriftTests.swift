import Detection
import Testing

/// Expected numbers were computed with SciPy 1.17.1 on the same samples.
@Suite("Drift statistics")
struct DriftTests {
    /// A sample that any language can reproduce: Knuth's 64-bit linear congruential generator, upper 31 bits.
    private static func sample(_ seed: UInt64, _ count: Int, _ shape: (Double) -> Double) -> [Double] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return shape(Double(state >> 33) / 2_147_483_648)
        }
    }

    private static let samples: [String: [Double]] = [
        "a": sample(1, 200) { $0 }, "b": sample(2, 150) { 0.15 + $0 * 1.1 }, "c": sample(3, 200) { $0 * $0 },
    ]

    @Test(arguments: [
        ("a", "b", 0.4093018433058778, 0.7730877581268207, 0.9564686388871386, 2.519854560812052e-06),
        ("a", "c", 0.29719141389547593, 0.5860234404716965, 0.4683075918208002, 4.448673570292354e-08),
        ("b", "c", 0.5516643136307482, 1.1293772143842766, 2.079394855571761, 1.3075477778678587e-14),
    ])
    func `numerical metrics agree with SciPy`(
        first: String, second: String, distance: Double, wasserstein: Double, stability: Double, probability: Double
    ) throws {
        let (baseline, production) = (try #require(Self.samples[first]), try #require(Self.samples[second]))
        func value(_ metric: DriftMetric) throws -> Double {
            try #require(metric.value(baseline: baseline, production: production))
        }
        #expect(abs(try value(.jensenShannonDistance) - distance) < 1e-12)
        #expect(abs(try value(.normalizedWassersteinDistance) - wasserstein) < 1e-12)
        #expect(abs(try value(.populationStabilityIndex) - stability) < 1e-12)
        #expect(abs(try value(.twoSampleKolmogorovSmirnovTest) / probability - 1) < 1e-9)
    }

    @Test func `the Kolmogorov-Smirnov test counts ties and unequal sizes exactly`() {
        let small = KolmogorovSmirnov([1, 2, 2, 3, 3, 3, 4], [2, 3, 3, 5])
        #expect(small.statistic == 0.25)
        #expect(abs(small.probability - 0.9878787878787879) < 1e-12)
        // All of one sample below all of the other: two orders of the C(10, 5) possible.
        #expect(abs(KolmogorovSmirnov([1, 2, 3, 4, 5], [11, 12, 13, 14, 15]).probability - 2.0 / 252) < 1e-15)
        #expect(KolmogorovSmirnov([1, 2], [1, 2]).probability == 1)
        #expect(KolmogorovSmirnov([], [1]).probability == 1)
        #expect(KolmogorovSmirnov([1, 2, .nan], [.infinity, 1, 2]).probability == 1)
        #expect(Wasserstein.distance([1, .nan], [3, .infinity]) == 2)
    }

    @Test func `large samples use the limit distribution`() {
        let test = KolmogorovSmirnov(Self.sample(4, 12_000) { $0 }, Self.sample(5, 9_000) { $0 * 1.02 })
        #expect(abs(test.statistic - 0.02325) < 1e-12)
        #expect(abs(test.probability / 0.007574190439782714 - 1) < 0.02)
    }

    @Test(arguments: [
        ([10, 18, 9, 8], 0.05083471580600934), ([40, 31, 20, 9], 0.9875571049025482), ([4000, 1000, 100, 9], 0.0),
    ])
    func `Pearson's test agrees with SciPy`(counts: [Int], expected: Double) throws {
        let baseline = ["a": 40, "b": 30, "c": 20, "d": 10]
        let production = Dictionary(uniqueKeysWithValues: zip(["a", "b", "c", "d"], counts))
        let value = try #require(DriftMetric.pearsonsChiSquaredTest.value(baseline: baseline, production: production))
        #expect(abs(value - expected) < 1e-12)
    }

    @Test func `categorical metrics compare the union of categories`() throws {
        let baseline = ["a": 40, "b": 30, "c": 20, "d": 10], production = ["a": 10, "b": 18, "c": 9, "d": 8]
        let counts = Histogram(baseline: baseline, production: production)
        #expect(abs(counts.jensenShannonDistance - 0.17806886952492923) < 1e-12)
        #expect(abs(counts.populationStabilityIndex - 0.16218785535076335) < 1e-12)
        let disjoint = Histogram(baseline: ["a": 5], production: ["b": 7])
        #expect(disjoint.jensenShannonDistance == 1)
        #expect(disjoint.chiSquaredProbability == 0)
        #expect(Histogram(baseline: ["a": 5], production: ["a": 7]).chiSquaredProbability == 1)
    }

    @Test(arguments: DriftMetric.allCases)
    func `equal samples do not drift, empty and constant ones do not crash`(metric: DriftMetric) {
        let numbers = [1.0, 2, 3, 4], counts = ["a": 3, "b": 4]
        for value in [
            metric.value(baseline: numbers, production: numbers), metric.value(baseline: counts, production: counts),
            metric.value(baseline: [5, 5, 5], production: [5]), metric.value(baseline: [0], production: [0, 0]),
        ].compactMap({ $0 }) {
            #expect(metric.isProbability ? value == 1 : value == 0)
            #expect(!metric.isBreached(value, threshold: 0.1))
        }
        #expect(metric.value(baseline: [], production: numbers) == nil)
        #expect(metric.value(baseline: [.nan, .infinity], production: numbers) == nil)
        #expect(metric.value(baseline: [:], production: counts) == nil)
        #expect(metric.value(baseline: counts, production: ["a": -3]) == nil)
        _ = metric.value(
            baseline: [-.greatestFiniteMagnitude, .greatestFiniteMagnitude, 0], production: [.leastNonzeroMagnitude, 1])
    }

    @Test func `bins are Sturges bins over both samples, the last one closed`() {
        let bins = Histogram(baseline: [0, 1, 2, 3, 4, 5, 6, 8], production: [8, 8, .nan])
        #expect(bins.edges == [0, 4, 8])
        #expect(bins.baseline == [4, 4])
        #expect(bins.production == [0, 2])
        #expect(Histogram(baseline: [], production: [Double]()).edges.isEmpty)
    }

    @Test func `a threshold is breached on the side that means drift`() {
        #expect(DriftMetric.jensenShannonDistance.isBreached(0.2, threshold: 0.1))
        #expect(DriftMetric.twoSampleKolmogorovSmirnovTest.isBreached(0.01, threshold: 0.05))
        #expect(!DriftMetric.twoSampleKolmogorovSmirnovTest.isBreached(0.2, threshold: 0.05))
        #expect(DriftMetric(key: "chi_squared_test") == .pearsonsChiSquaredTest)
        #expect(DriftMetric(key: "pearsons_chi_squared_test") == .pearsonsChiSquaredTest)
        #expect(DriftMetric(key: "chebyshev") == nil)
    }

    @Test func `data quality rates count rows`() {
        #expect(DataQuality.nullValueRate([1, nil, .nan, 4]) == 0.5)
        #expect(DataQuality.nullValueRate([]) == 0)
        #expect(DataQuality.outOfBoundsRate([1, 5, nil, -1], baseline: [0, 3]) == 0.5)
        #expect(DataQuality.outOfBoundsRate([1, 5], baseline: [nil]) == 0)
        #expect(DataQuality.outOfBoundsRate(["a", "x", nil], baseline: ["a", "b"]) == 0.33333)
    }
}
