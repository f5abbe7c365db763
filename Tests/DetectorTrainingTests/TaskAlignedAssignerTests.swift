import DetectorTraining
import Testing

@Suite struct CornerBoxTests {
    @Test func `complete IoU of equal boxes is one`() {
        let box = CornerBox(3, 4, 13, 9)
        #expect(abs(box.completeIoU(with: box) - 1) < 1e-5)
    }

    @Test(arguments: [
        // Overlap 25 of 175, centres √50 apart in a diagonal of √450, same aspect.
        (CornerBox(0, 0, 10, 10), CornerBox(5, 5, 15, 15), Float(0.031746)),
        // A standing and a lying box: 1/3 − 50/800 − the aspect term 0.033752.
        (CornerBox(0, 0, 10, 20), CornerBox(0, 0, 20, 10), Float(0.237081)),
        // Apart: only the distance counts, −200 / 800.
        (CornerBox(0, 0, 10, 10), CornerBox(10, 10, 20, 20), Float(-0.25)),
    ])
    func `complete IoU follows its formula`(first: CornerBox, second: CornerBox, expected: Float) {
        #expect(abs(first.completeIoU(with: second) - expected) < 1e-4)
        #expect(abs(second.completeIoU(with: first) - expected) < 1e-4)
    }
}

@Suite struct TaskAlignedAssignerTests {
    /// A row of cells of 8 pixels with the given predictions.
    private func assign(
        _ boxes: [CornerBox], logits: [Float], classCount: Int = 1, objects: [TrainingObject], topCount: Int = 10
    ) -> [TaskAlignedAssigner.Assignment] {
        var assigner = TaskAlignedAssigner()
        assigner.topCount = topCount
        let centres = boxes.indices.flatMap { cell -> [Float] in [Float(cell) * 8 + 4, 4] }
        let corners = boxes.flatMap { [$0.x1, $0.y1, $0.x2, $0.y2] }
        return assigner.assign(logits: logits.span, boxes: corners.span, centres: centres.span, objects: objects)
    }

    @Test func `only cells whose centre lies inside the object learn it`() {
        let object = TrainingObject(category: 0, box: CornerBox(8, 0, 24, 8))
        let found = assign([CornerBox](repeating: object.box, count: 5), logits: [0, 0, 0, 0, 0], objects: [object])
        #expect(found.map(\.cell) == [1, 2])
        #expect(found.allSatisfy { abs($0.target - 1) < 1e-4 })
    }

    @Test func `the best aligned cells win, and the best of them gets its overlap as target`() {
        let object = TrainingObject(category: 0, box: CornerBox(0, 0, 32, 8))
        let exact = object.box
        let loose = CornerBox(0, 0, 24, 8)
        let found = assign([loose, exact, exact, loose], logits: [2, 2, -2, -2], objects: [object], topCount: 2)
        #expect(found.map(\.cell) == [1, 2])
        #expect(abs(found[0].target - 1) < 1e-3)
        // The same place with a lower score: √(σ(−2) / σ(2)) of the best.
        #expect(abs(found[1].target - 0.3679) < 1e-3)
    }

    @Test func `a cell that two objects want goes to the one it overlaps more`() {
        let wide = TrainingObject(category: 0, box: CornerBox(0, 0, 16, 8))
        let narrow = TrainingObject(category: 1, box: CornerBox(0, 0, 8, 8))
        let found = assign(
            [CornerBox(0, 0, 9, 8), CornerBox(0, 0, 16, 8)], logits: [1, 1, 1, 1], classCount: 2, objects: [wide, narrow])
        #expect(found.map(\.object) == [1, 0])
    }

    @Test func `objects of unknown classes and pictures without objects give nothing`() {
        let box = CornerBox(0, 0, 8, 8)
        #expect(assign([box], logits: [0], objects: []).isEmpty)
        #expect(assign([box], logits: [0], objects: [TrainingObject(category: 3, box: box)]).isEmpty)
    }
}
