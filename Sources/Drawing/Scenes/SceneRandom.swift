/// Reproducible chance: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
/// The mapping to numbers is written here too, because the standard library may change its own.
struct SceneRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// From `low` up to, not including, `high`.
    mutating func number(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(bits() >> 11) * 0x1p-53
    }

    /// One of `0..<count`; 0 when there is nothing to choose from.
    mutating func index(_ count: Int) -> Int {
        count > 0 ? Int(bits() % UInt64(count)) : 0
    }

    mutating func chance(_ share: Double) -> Bool { number(0, 1) < share }

    mutating func pick<Element>(_ first: Element, _ others: Element...) -> Element {
        let chosen = index(others.count + 1)
        return chosen == 0 ? first : others[chosen - 1]
    }

    /// A generator of its own, so that what one thing draws does not shift what the next one gets.
    mutating func split() -> SceneRandom { SceneRandom(seed: bits()) }
}
