/// What a file holds, in 128 bits: equal bytes give equal hashes on every machine, and different ones do not by accident. Not made
/// to withstand someone who wants two files to collide.
package struct ContentHash: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    /// Eight bytes at a time into two multiplicative hashes of different odd factors, each finished with the mixer of splitmix64.
    package init(_ bytes: [UInt8]) {
        var (first, second) = (UInt64(bytes.count) ^ 0xcbf2_9ce4_8422_2325, ~UInt64(bytes.count))
        bytes.withUnsafeBytes { memory in
            let whole = memory.count / 8 * 8
            for offset in stride(from: 0, to: whole, by: 8) {
                let word = UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                first = (first ^ word) &* 0x9e37_79b9_7f4a_7c15
                first ^= first >> 29
                second = (second ^ word) &* 0xc2b2_ae3d_27d4_eb4f
                second ^= second >> 31
            }
            for offset in whole..<memory.count {
                first = (first ^ UInt64(memory[offset])) &* 0x100_0000_01b3
                second = (second ^ UInt64(memory[offset])) &* 0x9e37_79b9_7f4a_7c15
            }
        }
        (high, low) = (first.mixed, second.mixed)
    }

    package init(_ text: String) { self.init(Array(text.utf8)) }

    package static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }

    /// A number that depends on the content and the seed alone.
    func order(seed: UInt64) -> UInt64 { ((high ^ seed.mixed) &+ low).mixed }

    /// 32 hexadecimal digits.
    package var description: String {
        [high, low].map { String(repeating: "0", count: $0.leadingZeroBitCount / 4 - ($0 == 0 ? 1 : 0)) + String($0, radix: 16) }.joined()
    }
}

extension UInt64 {
    /// The finalizer of splitmix64 (Sebastiano Vigna, public domain).
    var mixed: UInt64 {
        var mixed = self
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
