import Foundation

/// Decides which cells learn which object (TOOD, Feng et al. 2021): of the cells whose centre lies inside an object, those
/// whose prediction is best for it in class and place together, by `score^alpha * overlap^beta`.
package struct TaskAlignedAssigner: Sendable {
    /// Cells per object, at most.
    package var topCount = 10
    package var alpha: Float = 0.5
    package var beta: Float = 6

    package init() {}

    /// A cell that learns an object.
    package struct Assignment: Sendable, Hashable {
        package var cell: Int
        package var object: Int
        /// The score it shall give for the object's class, 0 to 1: 1 means "as good as this object's best".
        package var target: Float
    }

    private struct Candidate {
        var cell: Int
        var metric: Float
        var overlap: Float
    }

    /// - Parameters:
    ///   - logits: class logits of one picture, cells × classes.
    ///   - boxes: predicted corners in pixels, cells × 4.
    ///   - centres: the centre of each cell in pixels, cells × 2 (x, y).
    /// - Returns: at most one assignment per cell, by rising cell.
    package func assign(
        logits: Span<Float>, boxes: Span<Float>, centres: Span<Float>, objects: [TrainingObject]
    ) -> [Assignment] {
        // The object with the largest overlap wins a cell that several objects want.
        var owner: [Int: (object: Int, metric: Float, overlap: Float)] = [:]
        for (index, object) in objects.enumerated() {
            for candidate in candidates(for: object, logits: logits, boxes: boxes, centres: centres) {
                if let rival = owner[candidate.cell], rival.overlap >= candidate.overlap { continue }
                owner[candidate.cell] = (index, candidate.metric, candidate.overlap)
            }
        }
        var best = [(metric: Float, overlap: Float)](repeating: (0, 0), count: objects.count)
        for (_, entry) in owner {
            best[entry.object].metric = max(best[entry.object].metric, entry.metric)
            best[entry.object].overlap = max(best[entry.object].overlap, entry.overlap)
        }
        return owner.map { cell, entry in
            let top = best[entry.object]
            return Assignment(cell: cell, object: entry.object, target: entry.metric / (top.metric + 1e-9) * top.overlap)
        }.sorted { $0.cell < $1.cell }
    }

    private func candidates(
        for object: TrainingObject, logits: Span<Float>, boxes: Span<Float>, centres: Span<Float>
    ) -> [Candidate] {
        let classCount = logits.count * 2 / max(1, centres.count)
        guard object.category >= 0, object.category < classCount else { return [] }
        let box = object.box
        var found: [Candidate] = []
        for cell in 0..<(centres.count / 2) {
            let (x, y) = (centres[cell * 2], centres[cell * 2 + 1])
            guard x > box.x1, x < box.x2, y > box.y1, y < box.y2 else { continue }
            let predicted = CornerBox(boxes[cell * 4], boxes[cell * 4 + 1], boxes[cell * 4 + 2], boxes[cell * 4 + 3])
            let overlap = max(0, box.completeIoU(with: predicted))
            let score = 1 / (1 + exp(-logits[cell * classCount + object.category]))
            let metric = pow(score, alpha) * pow(overlap, beta)
            // A cell without any alignment would learn with weight 0.
            if metric > 0 { found.append(Candidate(cell: cell, metric: metric, overlap: overlap)) }
        }
        if found.count > topCount {
            found.sort { ($1.metric, $0.cell) < ($0.metric, $1.cell) }
            found.removeLast(found.count - topCount)
        }
        return found
    }
}
