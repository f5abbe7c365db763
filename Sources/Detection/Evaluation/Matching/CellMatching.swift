/// The matching inside one cell, that is one class in one image. Keeps its working arrays between cells.
///
/// Outcomes are words with one bit for each size and overlap: bit `size · overlaps + overlap`.
struct CellMatching {
    private let rules: EvaluationRules
    private let truths: ObjectColumns
    private let detections: ObjectColumns
    /// The bits of one size.
    private let overlapBits: UInt64

    /// Detections of the cell that take part, best first.
    private(set) var order: [Int] = []
    private var members: [Int] = []
    /// A row of `members.count` values for each detection.
    private var overlaps: [Double] = []
    private var best: [Double] = []
    /// Places in `members`, those that count first.
    private var places: [Int] = []
    private var counts: [Bool] = []
    private var isTaken: [Bool] = []

    init(_ set: EvaluationSet, rules: EvaluationRules) {
        self.rules = rules
        truths = set.truths.columns
        detections = set.detections.columns
        overlapBits = (1 << UInt64(rules.overlaps.count)) - 1
    }

    /// Matches a cell.
    /// - Parameters:
    ///   - truthCounts: grows by the truths that count, for each size.
    ///   - hits, ignored: by detection, counted from `base`; all zero before.
    mutating func match(
        truths truthRange: Range<Int>, detections detectionRange: Range<Int>, base: Int, truthCounts: inout [Int], hits: inout [UInt64],
        ignored: inout [UInt64]
    ) {
        sortDetections(detectionRange)
        members.removeAll(keepingCapacity: true)
        for truth in truthRange where rules.crowds == .absorb || !truths.flags[truth].contains(.crowd) { members.append(truth) }
        for index in order {
            for (size, range) in rules.areaRanges.enumerated() where !range.contains(detections.boxAreas[index]) {
                ignored[index - base] |= overlapBits << UInt64(size * rules.overlaps.count)
            }
        }
        guard !members.isEmpty else { return }
        measureOverlaps()
        for (size, range) in rules.areaRanges.enumerated() {
            truthCounts[size] += countTruths(in: range)
            for (step, overlap) in rules.overlaps.enumerated() {
                isTaken.removeAll(keepingCapacity: true)
                isTaken.append(contentsOf: repeatElement(false, count: members.count))
                let bit: UInt64 = 1 << UInt64(size * rules.overlaps.count + step)
                let least = min(overlap, 1 - 1e-10)
                for row in order.indices where best[row] >= least && best[row] > 0 {
                    assign(row, least: least, bit: bit, hits: &hits[order[row] - base], ignored: &ignored[order[row] - base])
                }
            }
        }
    }

    private mutating func assign(_ row: Int, least: Double, bit: UInt64, hits: inout UInt64, ignored: inout UInt64) {
        switch rules.assignment {
        case .bestFree:
            guard let truth = freeTruth(row, least: least) else { return }
            isTaken[truth] = true
            if counts[truth] {
                hits |= bit
                ignored &= ~bit
            } else {
                ignored |= bit
            }
        case .onlyBest:
            let start = row * members.count
            guard let truth = members.indices.first(where: { overlaps[start + $0] == best[row] }) else { return }
            if !counts[truth] {
                ignored |= bit
            } else if !isTaken[truth] {
                isTaken[truth] = true
                hits |= bit
                ignored &= ~bit
            }
        }
    }

    /// COCO's choice: of equal overlaps the later truth.
    private func freeTruth(_ row: Int, least: Double) -> Int? {
        var reached = least
        var match: Int?
        let start = row * members.count
        for place in places {
            if isTaken[place], !isReusable(place) { continue }
            if let match, counts[match], !counts[place] { break }
            let overlap = overlaps[start + place]
            if overlap < reached { continue }
            reached = overlap
            match = place
        }
        return match
    }

    private func isReusable(_ place: Int) -> Bool {
        let flags = truths.flags[members[place]]
        return flags.contains(.crowd) || rules.difficult == .ignored && flags.contains(.difficult)
    }

    private mutating func sortDetections(_ range: Range<Int>) {
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: range)
        if order.count > 1 { order.sort { detections.precedes($0, $1, ties: rules.ties) } }
        if case .perClass(let most) = rules.detectionLimit, order.count > most { order.removeLast(order.count - most) }
    }

    private mutating func measureOverlaps() {
        overlaps.removeAll(keepingCapacity: true)
        best.removeAll(keepingCapacity: true)
        for index in order {
            var most = 0.0
            for truth in members {
                let overlap = detections.overlap(index, with: truths, truth)
                overlaps.append(overlap)
                most = max(most, overlap)
            }
            best.append(most)
        }
    }

    /// Sets `counts` and `places` for a size.
    private mutating func countTruths(in range: ClosedRange<Double>) -> Int {
        counts.removeAll(keepingCapacity: true)
        for truth in members {
            let flags = truths.flags[truth]
            counts.append(
                !flags.contains(.crowd) && !(rules.difficult == .ignored && flags.contains(.difficult)) && range.contains(truths.weights[truth]))
        }
        places.removeAll(keepingCapacity: true)
        for place in counts.indices where counts[place] { places.append(place) }
        let counted = places.count
        for place in counts.indices where !counts[place] { places.append(place) }
        return counted
    }
}

extension ObjectColumns {
    /// Whether detection `first` goes before detection `second`: by score, and ties by place.
    @inline(__always)
    func precedes(_ first: Int, _ second: Int, ties: EvaluationRules.Ties) -> Bool {
        let (one, other) = (weights[first], weights[second])
        return one != other ? one > other : ties == .earlierFirst ? first < second : first > second
    }
}
