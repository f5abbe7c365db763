/// One class under the COCO protocol: every detection matched at each overlap and size, and the averages of that.
struct COCOClassScores {
    /// Objects that count, by size (`COCOSettings.areaRanges`).
    private(set) var truthCounts = [Int](repeating: 0, count: COCOSettings.areaRanges.count)
    private let settings: COCOSettings
    private var scores: [Double] = []
    /// The place of each detection among those of its image.
    private var ranks: [Int] = []
    /// By size and overlap (`cell`), then by detection.
    private var outcomes: [[MatchOutcome]]
    private var precisions: [Double]
    private(set) var precisionAtRecall: [Double]?

    init(ofClass category: Int, in table: OverlapTable, settings: COCOSettings) {
        self.settings = settings
        let cells = COCOSettings.areaRanges.count * settings.overlapThresholds.count
        outcomes = Array(repeating: [], count: cells)
        precisions = Array(repeating: -1, count: cells)
        var matching = COCOMatching()
        table.forEachCell(ofClass: category, maximumDetections: settings.maximumDetections) { cell in
            for (rank, detection) in cell.detections.enumerated() {
                scores.append(detection.score)
                ranks.append(rank)
            }
            for (area, range) in COCOSettings.areaRanges.enumerated() {
                truthCounts[area] += matching.prepare(cell, range: range)
                for (index, threshold) in settings.overlapThresholds.enumerated() {
                    matching.match(cell, range: range, threshold: threshold, into: &outcomes[self.cell(area, index)])
                }
            }
        }
        sortByScore()
        average()
    }

    private func cell(_ area: Int, _ threshold: Int) -> Int { area * settings.overlapThresholds.count + threshold }

    private func index(of threshold: Double) -> Int? {
        settings.overlapThresholds.firstIndex { abs($0 - threshold) < 1e-9 }
    }

    /// Best first over all images; equal scores stay in image order, as the reference's merge sort leaves them.
    private mutating func sortByScore() {
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        scores = order.map { scores[$0] }
        ranks = order.map { ranks[$0] }
        for cell in outcomes.indices {
            let unsorted = outcomes[cell]
            outcomes[cell] = order.map { unsorted[$0] }
        }
    }

    private mutating func average() {
        let half = index(of: 0.5)
        for area in truthCounts.indices where truthCounts[area] > 0 {
            for threshold in settings.overlapThresholds.indices {
                let curve = PrecisionRecallCurve(outcomes: outcomes[cell(area, threshold)], truthCount: truthCounts[area])
                let samples = curve.precision(atRecalls: COCOSettings.recallLevels)
                precisions[cell(area, threshold)] = samples.meanOfMeasured
                if area == 0, threshold == half { precisionAtRecall = samples }
            }
        }
    }

    /// The average precision at one overlap, or at each of them; −1 where no truth has that size.
    func averagePrecisions(area: Int, at threshold: Double? = nil) -> [Double] {
        guard let threshold else { return Array(precisions[cell(area, 0)..<cell(area + 1, 0)]) }
        return index(of: threshold).map { [precisions[cell(area, $0)]] } ?? []
    }

    /// The highest recall at each overlap with the best `limit` detections of an image.
    func recalls(area: Int, limit: Int) -> [Double] {
        guard truthCounts[area] > 0 else { return [] }
        return settings.overlapThresholds.indices.map { threshold in
            let outcomes = outcomes[cell(area, threshold)]
            let hits = outcomes.indices.count { outcomes[$0] == .truePositive && ranks[$0] < limit }
            return Double(hits) / Double(truthCounts[area])
        }
    }

    func addOutcomes(at threshold: Double, to pool: inout OutcomePool) {
        guard let threshold = index(of: threshold) else { return }
        pool.add(scores: scores, outcomes: outcomes[cell(0, threshold)], truthCount: truthCounts[0])
    }
}

/// COCO's greedy matching inside one image: best detection first, each takes the free truth it overlaps most, and one that
/// counts before one that does not. Keeps its working arrays between images.
private struct COCOMatching {
    /// Truths that count first, each part in its own order.
    private var order: [Int] = []
    private var countedTruths = 0
    private var isTaken: [Bool] = []

    /// Orders the truths of `cell` for the sizes in `range`; returns how many count.
    mutating func prepare(_ cell: borrowing OverlapCell, range: ClosedRange<Double>) -> Int {
        order.removeAll(keepingCapacity: true)
        for index in cell.truths.indices where cell.truths[index].counts(in: range) { order.append(index) }
        countedTruths = order.count
        for index in cell.truths.indices where !cell.truths[index].counts(in: range) { order.append(index) }
        return countedTruths
    }

    mutating func match(
        _ cell: borrowing OverlapCell, range: ClosedRange<Double>, threshold: Double, into outcomes: inout [MatchOutcome]
    ) {
        isTaken.removeAll(keepingCapacity: true)
        isTaken.append(contentsOf: repeatElement(false, count: order.count))
        for detection in cell.detections.indices {
            let row = detection * order.count
            var best = min(threshold, 1 - 1e-10)
            var match: Int?
            for place in order.indices {
                let truth = order[place]
                if isTaken[place], !cell.truths[truth].isCrowd { continue }
                if place >= countedTruths, let match, match < countedTruths { break }
                let overlap = cell.overlaps[row + truth]
                if overlap < best { continue }
                best = overlap
                match = place
            }
            if let match {
                isTaken[match] = true
                outcomes.append(match < countedTruths ? .truePositive : .ignored)
            } else {
                outcomes.append(range.contains(cell.detections[detection].box.area) ? .falsePositive : .ignored)
            }
        }
    }
}

extension LabelledObject {
    fileprivate func counts(in range: ClosedRange<Double>) -> Bool { !isCrowd && range.contains(area) }
}
