internal import Synchronization

/// Numbers for `TrafficSplit`, spread more evenly than chance: Weyl's sequence with the golden ratio, whose error after n
/// draws falls as log n / n where chance has 1 / √n. A 90:10 split is exact to a request in a thousand after a thousand.
package final class DrawSequence: Sendable {
    private let count: Atomic<UInt64>

    package init(start: UInt64 = 0) { count = Atomic(start) }

    package func next() -> UInt64 {
        // 2^64 divided by the golden ratio, made odd.
        count.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
    }
}
