/// What chance does to a metric: baseline and production are thrown together and divided anew at the same sizes, again and
/// again. When nothing has moved, the true division is one of these and nothing special.
struct SamplingNoise {
    /// More rows than this on a side are sampled down: their noise is far below any practical threshold.
    private static let mostRows = 400

    /// The largest value among the shuffles. Whole rows are shuffled: the objects of one picture belong together.
    /// - Parameters:
    ///   - value: what is judged. Once chance has given as much, more shuffles change nothing, and where the first fifth
    ///     of them stays below half of it, the rest is spared.
    static func largest<Row>(
        _ baseline: [Row], _ production: [Row], shuffles: Int, against value: Double, seed: UInt64 = 0x6D61_7274_6C65_74,
        of measure: ([Row], [Row]) -> Double?
    ) -> Double? {
        var random = SplitMix(state: seed)
        let (first, second) = (sample(baseline, &random), sample(production, &random))
        var pool = first + second
        var largest: Double?
        for number in 1...max(1, shuffles) {
            pool.shuffle(using: &random)
            guard let chance = measure(Array(pool[..<first.count]), Array(pool[first.count...])), chance.isFinite else { continue }
            largest = max(largest ?? chance, chance)
            if chance >= value || (number * 5 == shuffles && (largest ?? 0) < value / 2) { break }
        }
        return largest
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
