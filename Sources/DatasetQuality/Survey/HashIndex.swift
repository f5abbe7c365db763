/// Finds the 64-bit hashes that differ in few bits without comparing each with each.
///
/// Multi-index hashing (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012): of two
/// hashes that differ in at most d bits, one of their four quarters differs in at most d/4 bits, so only the few buckets around each
/// quarter are looked into.
package struct HashIndex: Sendable {
    /// The largest distance that is searched: beyond, a bucket's surroundings are most of the index.
    package static let largestDistance = 11

    private let hashes: [UInt64]
    /// For each quarter: where the bucket of a value starts in `members`.
    private var starts: [[Int32]] = []
    private var members: [[Int32]] = []

    /// - Parameter hashes: at most 2³¹; give equal ones once, or each is a pair with each.
    package init(_ hashes: [UInt64]) {
        self.hashes = hashes
        for quarter in 0..<4 {
            var starts = [Int32](repeating: 0, count: 65_537)
            for hash in hashes { starts[Self.key(hash, quarter) + 1] += 1 }
            for value in 0..<65_536 { starts[value + 1] += starts[value] }
            var (next, members) = (starts, [Int32](repeating: 0, count: hashes.count))
            for (index, hash) in hashes.enumerated() {
                let key = Self.key(hash, quarter)
                members[Int(next[key])] = Int32(index)
                next[key] += 1
            }
            self.starts.append(starts)
            self.members.append(members)
        }
    }

    private static func key(_ hash: UInt64, _ quarter: Int) -> Int { Int(hash >> UInt64(quarter * 16) & 0xFFFF) }

    /// Calls `body` once with the places of every two hashes that differ in at most `distance` bits, the smaller first.
    package func forEachPair(within distance: Int, _ body: (Int, Int) -> Void) {
        let distance = min(distance, Self.largestDistance)
        guard distance >= 0 else { return }
        let reach = distance / 4
        let masks = (0..<65_536).filter { $0.nonzeroBitCount <= reach }
        for (index, hash) in hashes.enumerated() {
            for quarter in 0..<4 {
                let key = Self.key(hash, quarter)
                for mask in masks {
                    let bucket = key ^ mask
                    for place in starts[quarter][bucket]..<starts[quarter][bucket + 1] {
                        let other = Int(members[quarter][Int(place)])
                        guard other > index else { continue }
                        let difference = hash ^ hashes[other]
                        guard difference.nonzeroBitCount <= distance else { continue }
                        // An earlier quarter that is as near has found this pair already.
                        if (0..<quarter).contains(where: { Self.key(difference, $0).nonzeroBitCount <= reach }) { continue }
                        body(index, other)
                    }
                }
            }
        }
    }
}
