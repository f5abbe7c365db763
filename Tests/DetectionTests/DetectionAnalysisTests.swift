import Detection
import Testing

@Suite("Analysis of detections")
struct DetectionAnalysisTests {
    private func box(_ x: Double, _ y: Double = 0, size: Double = 10) -> BoundingBox { BoundingBox(x: x, y: y, width: size, height: size) }

    private func set(_ objects: [LabelledObject], _ found: [DetectedObject]) -> EvaluationSet {
        EvaluationSet(
            truth: LabelledDataset(
                categories: ["cup", "can"], images: [LabelledImage(fileName: "a.jpg", width: 200, height: 200, objects: objects)]),
            detections: [found])
    }

    @Test func `each mistake has its type`() throws {
        let scene = set(
            [
                LabelledObject(box: box(0), category: 0), LabelledObject(box: box(40), category: 0), LabelledObject(box: box(80), category: 0),
                LabelledObject(box: box(120), category: 1), LabelledObject(box: box(160), category: 1),
                LabelledObject(box: box(0, 160), category: 0), LabelledObject(box: box(0, 100, size: 50), category: 0, isCrowd: true),
            ],
            [
                DetectedObject(box: box(0), category: 0, score: 0.9),  // found
                DetectedObject(box: box(1), category: 0, score: 0.85),  // duplicate
                DetectedObject(box: box(40), category: 1, score: 0.8),  // classification
                DetectedObject(box: box(87), category: 0, score: 0.75),  // localisation: overlap 3/17
                DetectedObject(box: box(127), category: 0, score: 0.7),  // both
                DetectedObject(box: box(100, 50), category: 1, score: 0.65),  // background
                DetectedObject(box: box(10, 110), category: 0, score: 0.6),  // in the crowd
                DetectedObject(box: box(0, 160), category: 0, score: 0.55),  // found
            ])
        let all = DetectionAnalysis(scene, precision: 0)
        #expect(all.threshold == 0.55, "the highest threshold that finds most")
        let worst = try #require(all.worstImages.first)
        #expect(worst.errors.map(\.kind) == [.missed, .missed, .duplicate, .classification, .localisation, .both, .background])
        #expect(worst.hits == 2 && worst.truthCount == 6)
        #expect(all.overall.errors.total == 7 && all.imagesWithErrors == 1)
        #expect(worst.errors[3].truthName == "cup" && worst.errors[3].className == "can")
        #expect(abs((worst.errors[4].overlap ?? 0) - 3.0 / 17) < 1e-9)
    }

    @Test func `confusion counts what is seen as what, and crowds as nothing`() {
        let scene = set(
            [
                LabelledObject(box: box(0), category: 0), LabelledObject(box: box(40), category: 0), LabelledObject(box: box(80), category: 1),
                LabelledObject(box: box(0, 100, size: 50), category: 0, isCrowd: true),
            ],
            [
                DetectedObject(box: box(0), category: 0, score: 0.9), DetectedObject(box: box(40), category: 1, score: 0.8),
                DetectedObject(box: box(150), category: 1, score: 0.7), DetectedObject(box: box(10, 110), category: 1, score: 0.6),
                DetectedObject(box: box(80), category: 1, score: 0.1),
            ])
        #expect(ConfusionMatrix(scene, threshold: 0.5).counts == [[1, 1, 0], [0, 0, 1], [0, 1, 0]])
        #expect(ConfusionMatrix(scene, threshold: 0).counts == [[1, 1, 0], [0, 1, 0], [0, 1, 0]])
    }

    @Test func `of two pairs the one that overlaps more is joined first`() {
        let scene = set(
            [LabelledObject(box: box(0), category: 0), LabelledObject(box: box(3), category: 1)],
            [DetectedObject(box: box(3), category: 0, score: 0.9), DetectedObject(box: box(2), category: 1, score: 0.8)])
        // The surer detection covers the second object exactly; the first object is left for the other.
        #expect(ConfusionMatrix(scene, threshold: 0).counts == [[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    }

    @Test func `a threshold is chosen by best F1 or by a precision`() {
        let truth = (0..<4).map { LabelledObject(box: box(Double($0) * 20), category: 0) }
        let found = [(0.0, 0.9), (20, 0.8), (190, 0.7), (40, 0.6), (170, 0.5), (150, 0.4), (60, 0.3)].map {
            DetectedObject(box: box($0.0), category: 0, score: $0.1)
        }
        let scene = set(truth, found)
        let best = DetectionAnalysis(scene)
        #expect(best.threshold == 0.6 && best.thresholdReason.contains("F1"))
        #expect(best.overall.chosen == OperatingPoint(threshold: 0.6, precision: 0.75, recall: 0.75, f1: 0.75))
        #expect(DetectionAnalysis(scene, precision: 1).threshold == 0.8)
        #expect(DetectionAnalysis(scene, precision: 0.5).threshold == 0.3)
        let nowhere = DetectionAnalysis(set(truth, [DetectedObject(box: box(190), category: 0, score: 0.9)]), precision: 0.5)
        #expect(nowhere.overall.atPrecision == nil && nowhere.thresholdReason.contains("no threshold reaches"))
        #expect(nowhere.overall.errors.missed == 4)
    }

    @Test func `an empty set has an analysis too`() {
        let empty = DetectionAnalysis(EvaluationSet(truth: LabelledDataset(categories: ["cup"], images: []), detections: []))
        #expect(empty.worstImages.isEmpty && empty.confusion.counts == [[0, 0], [0, 0]] && empty.curves[0].at50.isEmpty)
    }

    @Test func `curves and counts agree with the report`() {
        let scene = RandomScene(seed: 21, images: 30)
        let analysis = DetectionAnalysis(scene.set)
        let report = COCOEvaluator().evaluate(scene.set)
        for (curve, score) in zip(analysis.curves, report.perClass) {
            #expect(abs(curve.at50.reduce(0, +) / 101 - score.ap50) < 1e-9 && abs(curve.mean.reduce(0, +) / 101 - score.ap) < 1e-9)
        }
        #expect(analysis.overall.bestF1 == report.bestF1 && analysis.overall.chosen?.threshold == report.bestF1?.threshold)
        let seen = analysis.confusion.counts.dropLast().reduce(0) { $0 + $1.reduce(0, +) }
        #expect(seen == report.truthCount)
        #expect(analysis.worstImages.map(\.weight) == analysis.worstImages.map(\.weight).sorted(by: >) && !analysis.worstImages.isEmpty)
    }
}
