import Detection
import Testing

@Suite("Every evaluator")
struct EvaluatorConformanceTests {
    private static let names = AllEvaluators.all.map(\.protocolName)

    private func square(_ x: Double) -> BoundingBox { BoundingBox(x: x, y: 0, width: 10, height: 10) }

    private func dataset(_ boxes: [[Double]]) -> LabelledDataset {
        LabelledDataset(
            categories: ["cup"],
            images: boxes.enumerated().map { index, row in
                LabelledImage(
                    fileName: "\(index)", width: 99, height: 99, objects: row.map { LabelledObject(box: square($0), category: 0) })
            })
    }

    @Test func `names are unique and found again`() throws {
        #expect(Set(Self.names).count == Self.names.count)
        for name in Self.names { #expect(AllEvaluators.named(name)?.protocolName == name) }
        #expect(AllEvaluators.named("mAP") == nil)
    }

    @Test(arguments: names)
    func `perfect is 1, nothing found is 0, no truth is -1`(name: String) throws {
        let evaluator = try #require(AllEvaluators.named(name))
        let truth = dataset([[0, 30], [60]])
        let perfect = truth.images.map { $0.objects.map { DetectedObject(box: $0.box, category: 0, score: 0.8) } }
        let best = evaluator.evaluate(truth: truth, detections: perfect)
        #expect(abs(best.meanAveragePrecision - 1) < 1e-9 && abs(best.at50 - 1) < 1e-9)
        #expect(best.protocolName == name && best.truthCount == 3 && best.detectionCount == 3 && best.imageCount == 2)
        #expect(evaluator.evaluate(truth: truth, detections: []).meanAveragePrecision == 0)
        #expect(evaluator.evaluate(truth: dataset([[]]), detections: perfect).meanAveragePrecision == -1)
        #expect(evaluator.evaluate(truth: LabelledDataset(categories: [], images: []), detections: perfect).at50 == -1)
    }

    @Test func `VOC integrates exactly or over eleven points`() {
        let truth = dataset([[0, 30]])
        let detections = [
            [(0.0, 0.9), (80, 0.8), (30, 0.7)].map { DetectedObject(box: square($0.0), category: 0, score: $0.1) }
        ]
        let exact = VOCEvaluator(VOCSettings(integration: .allPoints)).evaluate(truth: truth, detections: detections)
        #expect(abs(exact.at50 - (0.5 + 0.5 * 2 / 3)) < 1e-9)
        let coarse = VOCEvaluator(VOCSettings(integration: .elevenPoints)).evaluate(truth: truth, detections: detections)
        #expect(abs(coarse.at50 - (6 + 5 * 2.0 / 3) / 11) < 1e-9)
    }

    @Test func `VOC leaves difficult objects out, whether found or not`() {
        var truth = dataset([[0, 30, 60]])
        truth.images[0].objects[1].isDifficult = true
        truth.images[0].objects[2].isDifficult = true
        let detections = [[(30.0, 0.9), (0, 0.8)].map { DetectedObject(box: square($0.0), category: 0, score: $0.1) }]
        let report = VOCEvaluator().evaluate(truth: truth, detections: detections)
        #expect(abs(report.at50 - 1) < 1e-9)
        #expect(report.truthCount == 1)
    }

    @Test func `VOC gives a detection only the truth it overlaps most`() {
        // Both detections overlap the first object most; COCO would pass the second one on to its neighbour.
        let truth = dataset([[0, 3]])
        let detections = [[(0.0, 0.9), (1, 0.8)].map { DetectedObject(box: square($0.0), category: 0, score: $0.1) }]
        #expect(abs(VOCEvaluator().evaluate(truth: truth, detections: detections).at50 - 0.5) < 1e-9)
        #expect(abs(COCOEvaluator().evaluate(truth: truth, detections: detections).at50 - 1) < 1e-9)
    }
}
