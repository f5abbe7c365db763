/// What chance does to a metric: baseline and production are thrown together and divided anew at the same sizes, again and
/// again. When nothing has moved, the true division is one of these and nothing special.
struct SamplingNoise {
    /// More rows than this on a side are sampled down: their noise is far below any practical threshold.
    private static let mostRows = 400

    /// The largest value among the shuffles. Whole rows are shuffled:
    /// the objects of one picture belong together.
    static func extreme<Row>(
        _ baseline: [Row], _ production: [Row], shuffles: Int, seed: UInt64 = 0x6D61_7274_6C65_74, of measure: ([Row], [Row]) -> Double?
    ) -> Double? {
        var random = SplitMix(state: seed)
        let (first, second) = (sample(baseline, &random), sample(production, &random))
        var pool = first + second
        var extreme: Double?
        for _ in 0..<shuffles {
            pool.shuffle(using: &random)
            guard let value = measure(Array(pool.prefix(first.count)), Array(pool.dropFirst(first.count))), value.isFinite else { continue }
            extreme = max(extreme ?? value, value)
        }
        return extreme
    }

    private static func sample<Row>(_ rows: [Row], _ random: inout SplitMix) -> [Row] {
        rows.count <= mostRows ? rows : Array(rows.shuffled(using: &random).prefix(mostRows))
    }

    /// Sebastiano Vigna's SplitMix64 (public domain): the same shuffles in every run.
    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
