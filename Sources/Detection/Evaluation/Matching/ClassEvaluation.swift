import Dispatch
import Foundation
import Synchronization

/// One class under one set of rules: every detection matched at each overlap and size, and the averages of that.
package struct ClassEvaluation: Sendable {
    /// Objects that count, by size.
    private(set) var truthCounts: [Int]
    /// By size and overlap; −1 where no truth has that size.
    private(set) var averagePrecisions: [Double]
    /// By size and overlap, the highest recall; −1 where no truth has that size.
    private(set) var recalls: [Double]
    /// By limit (`EvaluationRules.recallLimits`) and overlap, of all sizes.
    private(set) var limitedRecalls: [[Double]]
    /// Of all sizes and by overlap: the envelope at recall 0, 0.01 … 1; empty without truth.
    private(set) var samples: [[Double]] = []
    /// Detections that took part, best first.
    private(set) var scores: [Double] = []
    /// What became of them at overlap 0.5, or the only overlap there is.
    private(set) var outcomes: [Outcome] = []
    /// Given detections of the class, before any limit.
    private(set) var detectionCount: Int

    enum Outcome: UInt8 {
        case miss, hit
        /// Matched something that counts for nothing.
        case ignored
    }

    /// Every class of the set. The result does not depend on `threads`.
    static func all(_ set: EvaluationSet, rules: EvaluationRules, threads: Int? = nil) -> [ClassEvaluation] {
        let admitted = set.admitted(by: rules)
        let classCount = set.classNames.count
        let threads = max(1, min(threads ?? ProcessInfo.processInfo.activeProcessorCount, classCount))
        // Large classes first, so that no thread ends with one while the others have nothing left.
        let order = (0..<classCount).sorted {
            let (one, other) = (admitted.detections.range(ofClass: $0).count, admitted.detections.range(ofClass: $1).count)
            return (other, $0) < (one, $1)
        }
        let results = Mutex([ClassEvaluation?](repeating: nil, count: classCount))
        let next = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var matching = CellMatching(admitted, rules: rules)
            while true {
                let place = next.withLock { place in
                    defer { place += 1 }
                    return place
                }
                guard place < order.count else { return }
                let category = order[place]
                let given = set.detections.range(ofClass: category).count
                let result = ClassEvaluation(ofClass: category, in: admitted, rules: rules, given: given, matching: &matching)
                results.withLock { $0[category] = result }
            }
        }
        return results.withLock { $0.compactMap { $0 } }
    }

    private init(ofClass category: Int, in set: EvaluationSet, rules: EvaluationRules, given: Int, matching: inout CellMatching) {
        let detections = set.detections.range(ofClass: category)
        let (sizes, steps) = (rules.areaRanges.count, rules.overlaps.count)
        detectionCount = given
        truthCounts = [Int](repeating: 0, count: sizes)
        averagePrecisions = [Double](repeating: -1, count: sizes * steps)
        recalls = averagePrecisions
        limitedRecalls = []

        var hits = [UInt64](repeating: 0, count: detections.count)
        var ignored = hits
        // The place of each detection among those of its image; −1 for one beyond the limit.
        var ranks = [Int32](repeating: -1, count: detections.count)
        set.forEachCell(ofClass: category) { truths, detections in
            let base = set.detections.range(ofClass: category).lowerBound
            matching.match(truths: truths, detections: detections, base: base, truthCounts: &truthCounts, hits: &hits, ignored: &ignored)
            for (rank, index) in matching.order.enumerated() { ranks[index - base] = Int32(rank) }
        }

        let columns = set.detections.columns
        var order = ranks.indices.filter { ranks[$0] >= 0 }
        order.sort { columns.precedes($0 + detections.lowerBound, $1 + detections.lowerBound, ties: rules.ties) }
        average(order, hits: hits, ignored: ignored, rules: rules)
        countRecalls(order, hits: hits, ranks: ranks, rules: rules)
        let bit: UInt64 = 1 << UInt64(rules.index(ofOverlap: 0.5) ?? 0)
        scores = order.map { columns.weights[$0 + detections.lowerBound] }
        outcomes = order.map { hits[$0] & bit != 0 ? .hit : ignored[$0] & bit != 0 ? .ignored : .miss }
    }

    private mutating func average(_ order: [Int], hits: [UInt64], ignored: [UInt64], rules: EvaluationRules) {
        let (sizes, steps) = (rules.areaRanges.count, rules.overlaps.count)
        var precisions = [[Double]](repeating: [], count: sizes * steps)
        var skipped = [Int](repeating: 0, count: sizes * steps)
        for (place, index) in order.enumerated() {
            var bits = ignored[index]
            while bits != 0 {
                skipped[bits.trailingZeroBitCount] += 1
                bits &= bits - 1
            }
            bits = hits[index]
            while bits != 0 {
                let cell = bits.trailingZeroBitCount
                let found = precisions[cell].count + 1
                precisions[cell].append(HitCurve.precision(hits: found, misses: place + 1 - skipped[cell] - found))
                bits &= bits - 1
            }
        }
        for cell in precisions.indices where truthCounts[cell / steps] > 0 {
            let taken = order.count - skipped[cell], found = precisions[cell].count
            let curve = HitCurve(
                precisions: precisions[cell], last: HitCurve.precision(hits: found, misses: taken - found), truthCount: truthCounts[cell / steps])
            averagePrecisions[cell] = curve.average(rules.integration)
            recalls[cell] = curve.finalRecall
            if cell < steps { samples.append(curve.precision(atRecalls: EvaluationRules.recallLevels)) }
        }
    }

    private mutating func countRecalls(_ order: [Int], hits: [UInt64], ranks: [Int32], rules: EvaluationRules) {
        limitedRecalls = rules.recallLimits.map { limit in
            guard truthCounts[0] > 0 else { return [Double](repeating: -1, count: rules.overlaps.count) }
            return rules.overlaps.indices.map { step in
                let bit: UInt64 = 1 << UInt64(step)
                return Double(order.count { hits[$0] & bit != 0 && ranks[$0] < limit }) / Double(truthCounts[0])
            }
        }
    }
}
