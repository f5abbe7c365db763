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
        for (alias, name) in AllEvaluators.aliases { #expect(AllEvaluators.named(alias)?.protocolName == name) }
    }

    @Test(arguments: names)
    func `every number has the name its own tool gives it, and lies between 0 and 1`(name: String) throws {
        let report = try #require(AllEvaluators.named(name)).evaluate(RandomScene(seed: 3).set)
        let numbers = try #require(report.named)
        #expect(!numbers.isEmpty && numbers.values.allSatisfy { (0...1).contains($0) || $0 == -1 })
        #expect(numbers.values.contains { $0 > 0.05 && $0 < 0.95 })
    }

    @Test(arguments: names)
    func `a class that is never found takes its share, one without truth takes none`(name: String) throws {
        let evaluator = try #require(AllEvaluators.named(name))
        var truth = dataset([[0, 30], [60]])
        truth.categories = ["cup", "lost", "ghost"]
        let found = truth.images.map { $0.objects.map { DetectedObject(box: $0.box, category: 0, score: 0.8) } }
        let before = evaluator.evaluate(truth: truth, detections: found)
        truth.images[0].objects.append(LabelledObject(box: square(80), category: 1))
        let after = evaluator.evaluate(truth: truth, detections: found)
        #expect(abs(after.meanAveragePrecision - before.meanAveragePrecision / 2) < 1e-9)
        #expect(after.perClass.map { $0.ap == -1 } == [false, false, true] && after.perClass[1].ap == 0)
    }

    @Test(arguments: names)
    func `the order of images, objects and detections changes nothing where scores differ`(name: String) throws {
        let evaluator = try #require(AllEvaluators.named(name))
        let scene = RandomScene(seed: 11)
        let report = evaluator.evaluate(scene.set)
        for shift in 1..<4 {
            let turned = evaluator.evaluate(scene.turned(by: shift))
            #expect(abs(turned.meanAveragePrecision - report.meanAveragePrecision) < 1e-12 && abs(turned.at50 - report.at50) < 1e-12)
            for (one, other) in zip(turned.perClass, report.perClass) { #expect(abs(one.ap - other.ap) < 1e-12) }
            for (key, value) in report.named ?? [:] { #expect(abs((turned.named?[key] ?? .nan) - value) < 1e-12, "\(key)") }
        }
    }

    @Test(arguments: names)
    func `equal scores give the same number every time, whatever the number of threads`(name: String) throws {
        let evaluator = try #require(AllEvaluators.named(name))
        let set = RandomScene(seed: 5, hasTies: true).set
        let report = evaluator.evaluate(set, threads: 1)
        for threads in [1, 2, 3, 16] { #expect(evaluator.evaluate(set, threads: threads) == report) }
    }

    @Test(arguments: names)
    func `other overlaps are said in the name, and out of range they are not used`(name: String) throws {
        let evaluator = try #require(AllEvaluators.named(name))
        let scene = RandomScene(seed: 7)
        let strict = AdjustedEvaluator(evaluator, overlaps: [0.9])
        #expect(strict.protocolName == "\(name)@0.9" && strict.evaluate(scene.set).at50 == -1)
        #expect(strict.evaluate(scene.set).meanAveragePrecision < evaluator.evaluate(scene.set).at50)
        #expect(AdjustedEvaluator(evaluator, overlaps: [0, -1, 2, .nan]).rules.overlaps == evaluator.rules.overlaps)
        let many = AdjustedEvaluator(evaluator, overlaps: (1...40).map { Double($0) / 40 })
        #expect(many.rules.overlaps.count == EvaluationRules.mostOverlaps && many.evaluate(scene.set).meanAveragePrecision > 0)
    }

    @Test(arguments: names)
    func `perfect is 1, nothing found is 0, no truth is -1`(name: String) throws {
        let evaluator = try #require(AllEvaluators.named(name))
        let truth = dataset([[0, 30], [60]])
        let perfect = truth.images.map { $0.objects.map { DetectedObject(box: $0.box, category: 0, score: 0.8) } }
        let best = evaluator.evaluate(truth: truth, detections: perfect)
        // Ultralytics' trapezoids end at 0, so that half a step is always missing.
        let top = name.hasPrefix("ultralytics") ? 0.995 : 1
        #expect(abs(best.meanAveragePrecision - top) < 1e-9 && abs(best.at50 - top) < 1e-9)
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
