/// Random numbers that depend on nothing but a seed: SplitMix64 (Steele, Lea, Flood 2014). The stream of each image of
/// each epoch is made anew from its place, so that order of work and interruptions change nothing.
package struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A stream of its own for every combination of `seed` and `path`.
    package init(seed: Int, path: Int...) {
        state = UInt64(bitPattern: Int64(seed))
        for step in path { state = next() ^ UInt64(bitPattern: Int64(step)) }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// From `low` up to, but not including, `high`.
    package mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(next() >> 11) * 0x1p-53
    }

    /// True with this probability.
    package mutating func chance(_ probability: Double) -> Bool { uniform(0, 1) < probability }

    /// From 0 up to, but not including, `count`.
    package mutating func index(below count: Int) -> Int { Int(next(upperBound: UInt64(max(1, count)))) }
}
