import Detection

/// What became of the objects of an image from one version to the next.
package struct BoxChanges: Sendable, Hashable, Codable {
    /// Boxes of the same class that overlap by so much (intersection over union) are the same object.
    package static let leastOverlap = 0.5
    /// An edge that moved by less, in pixels, has not: formats that hold whole pixels only move them by half a pixel.
    package static let stillness = 0.5

    package var added = 0
    package var removed = 0
    /// Same class, another place.
    package var moved = 0
    /// Same place, another class.
    package var relabelled = 0
    package var unchanged = 0

    package init() {}

    var isEmpty: Bool { added + removed + moved + relabelled == 0 }

    /// Pairs the best overlap first; what is left over is paired across classes, and then added or removed.
    init(_ before: [(box: BoundingBox, category: String)], _ after: [(box: BoundingBox, category: String)]) {
        var (left, right) = (Set(before.indices), Set(after.indices))
        func pair(acrossClasses: Bool) -> [(Int, Int)] {
            var candidates: [(overlap: Double, one: Int, other: Int)] = []
            for one in left {
                for other in right where acrossClasses || before[one].category == after[other].category {
                    let overlap = before[one].box.intersectionOverUnion(with: after[other].box)
                    if overlap >= Self.leastOverlap { candidates.append((overlap, one, other)) }
                }
            }
            return candidates.sorted { ($1.overlap, $0.one, $0.other) < ($0.overlap, $1.one, $1.other) }.compactMap { candidate in
                guard left.contains(candidate.one), right.contains(candidate.other) else { return nil }
                left.remove(candidate.one)
                right.remove(candidate.other)
                return (candidate.one, candidate.other)
            }
        }
        for (one, other) in pair(acrossClasses: false) {
            let (a, b) = (before[one].box, after[other].box)
            let shift = max(abs(a.xMin - b.xMin), abs(a.yMin - b.yMin), abs(a.xMax - b.xMax), abs(a.yMax - b.yMax))
            if shift <= Self.stillness { unchanged += 1 } else { moved += 1 }
        }
        relabelled = pair(acrossClasses: true).count
        (added, removed) = (right.count, left.count)
    }

    static func += (left: inout Self, right: Self) {
        left.added += right.added
        left.removed += right.removed
        left.moved += right.moved
        left.relabelled += right.relabelled
        left.unchanged += right.unchanged
    }

    /// "2 added, 1 moved".
    var sentence: String {
        [(added, "added"), (removed, "removed"), (moved, "moved"), (relabelled, "relabelled")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}
