import Detection
import Foundation
import Testing

@Suite("COCO evaluator")
struct COCOEvaluatorTests {
    private func truth(_ objects: [[LabelledObject]], categories: [String] = ["cup"]) -> LabelledDataset {
        LabelledDataset(
            categories: categories,
            images: objects.enumerated().map { LabelledImage(fileName: "\($0).png", width: 640, height: 480, objects: $1) })
    }

    private func object(_ x: Double, size: Double = 10, category: Int = 0, isCrowd: Bool = false) -> LabelledObject {
        LabelledObject(box: BoundingBox(x: x, y: 0, width: size, height: size), category: category, isCrowd: isCrowd)
    }

    private func detection(_ x: Double, _ score: Double, size: Double = 10, category: Int = 0) -> DetectedObject {
        DetectedObject(box: BoundingBox(x: x, y: 0, width: size, height: size), category: category, score: score)
    }

    @Test func `perfect detections score 1`() {
        let report = COCOEvaluator().evaluate(
            truth: truth([[object(0), object(50)], [object(5, size: 100)]]),
            detections: [[detection(0, 0.9), detection(50, 0.8)], [detection(5, 0.7, size: 100)]])
        #expect(abs(report.meanAveragePrecision - 1) < 1e-9)
        #expect(abs(report.small - 1) < 1e-9 && abs(report.large - 1) < 1e-9)
        #expect(report.medium == -1)
        #expect(abs(report.recalls.at1 - 2.0 / 3) < 1e-9 && report.recalls.at10 == 1)
        #expect(report.bestF1 == OperatingPoint(threshold: 0.7, precision: 1, recall: 1, f1: 1))
        #expect(report.precisionAtRecall.count == 101)
    }

    @Test func `no truth is minus one, no detections are zero`() {
        let nothing = COCOEvaluator().evaluate(truth: truth([[]]), detections: [[detection(0, 0.9)]])
        #expect(nothing.meanAveragePrecision == -1 && nothing.at50 == -1 && nothing.recalls.at100 == -1)
        #expect(nothing.perClass.first?.ap == -1 && nothing.bestF1 == nil && nothing.precisionAtRecall.isEmpty)
        let missed = COCOEvaluator().evaluate(truth: truth([[object(0)]]), detections: [])
        #expect(missed.meanAveragePrecision == 0 && missed.recalls.at100 == 0 && missed.medium == -1)
    }

    @Test func `a class without truth is left out of the mean`() {
        let report = COCOEvaluator().evaluate(
            truth: truth([[object(0)]], categories: ["cup", "ghost"]),
            detections: [[detection(0, 0.9), detection(0, 0.95, category: 1)]])
        #expect(abs(report.meanAveragePrecision - 1) < 1e-9)
        #expect(report.perClass.map(\.ap50).last == -1)
        #expect(report.detectionCount == 2 && report.truthCount == 1)
    }

    @Test func `of equal scores the earlier image and the earlier detection go first`() {
        // A miss that comes first halves the precision; the same miss coming second costs nothing.
        let pair = truth([[object(0)], []])
        let missLast = COCOEvaluator().evaluate(truth: pair, detections: [[detection(0, 0.5)], [detection(90, 0.5)]])
        #expect(abs(missLast.at50 - 1) < 1e-9)
        let missFirst = COCOEvaluator().evaluate(truth: pair, detections: [[detection(90, 0.5), detection(0, 0.5)], []])
        #expect(abs(missFirst.at50 - 0.5) < 1e-9)
        // Equal scores stand or fall together when a threshold is chosen.
        #expect(missLast.bestF1 == OperatingPoint(threshold: 0.5, precision: 0.5, recall: 1, f1: 2.0 / 3))
    }

    @Test func `a crowd takes any number of detections and counts for none`() {
        let scene = truth([[object(0, size: 100, isCrowd: true), object(200)]])
        let report = COCOEvaluator().evaluate(
            truth: scene, detections: [[detection(5, 0.9), detection(30, 0.8), detection(60, 0.7), detection(200, 0.6)]])
        #expect(abs(report.meanAveragePrecision - 1) < 1e-9)
        #expect(report.truthCount == 1)
    }

    @Test func `a second detection of the same object is a false positive`() {
        let report = COCOEvaluator().evaluate(
            truth: truth([[object(0), object(50)]]),
            detections: [[detection(0, 0.9), detection(1, 0.8), detection(50, 0.7)]])
        // Recall 0.5 at precision 1 (51 points), then 2 of 3 (50 points).
        #expect(abs(report.at50 - (51 + 50 * 2.0 / 3) / 101) < 1e-9)
    }

    @Test func `detections out of range, not finite or without an image are left out`() {
        let report = COCOEvaluator().evaluate(
            truth: truth([[object(0), LabelledObject(box: BoundingBox(x: .nan, y: 0, width: 1, height: 1), category: 0)]]),
            detections: [
                [
                    detection(0, 0.9), detection(0, .nan), detection(.infinity, 1), detection(0, 1, category: 7),
                    detection(0, 1, category: -1),
                ],
                [detection(0, 1)],
            ])
        #expect(report.detectionCount == 1 && report.truthCount == 1)
        #expect(abs(report.meanAveragePrecision - 1) < 1e-9)
    }

    @Test func `only the best 100 detections of an image count, and other settings say so`() {
        let crowd = (0..<150).map { detection(300, 0.9 - Double($0) / 1000) } + [detection(0, 0.1)]
        #expect(COCOEvaluator().evaluate(truth: truth([[object(0)]]), detections: [crowd]).at50 == 0)
        let wide = COCOEvaluator(COCOSettings(maximumDetections: 300))
        #expect(wide.evaluate(truth: truth([[object(0)]]), detections: [crowd]).at50 > 0)
        #expect(wide.protocolName == "coco-modified" && COCOEvaluator().protocolName == "coco")
    }

    @Test(.enabled(if: COCOReference.isPresent))
    func `the first hundred images of COCO val2014 score as pycocotools 2.0.11 says`() throws {
        let reference = try COCOReference()
        let report = COCOEvaluator().evaluate(truth: reference.truth, detections: reference.detections)
        let numbers = [
            "AP": report.meanAveragePrecision, "AP50": report.at50, "AP75": report.at75, "AP_small": report.small,
            "AP_medium": report.medium, "AP_large": report.large, "AR_1": report.recalls.at1, "AR_10": report.recalls.at10,
            "AR_100": report.recalls.at100, "AR_small": report.recalls.small, "AR_medium": report.recalls.medium,
            "AR_large": report.recalls.large,
        ]
        #expect(Set(numbers.keys) == Set(reference.expected.metrics.keys))
        for (name, value) in numbers {
            #expect(abs(value - (reference.expected.metrics[name] ?? .nan)) < 1e-6, "\(name)")
        }
        for score in report.perClass where score.ap > -1 {
            let expected = try #require(reference.expected.perClass[score.name])
            #expect(abs(score.ap - expected.AP) < 1e-6 && abs(score.ap50 - expected.AP50) < 1e-6, "\(score.name)")
        }
        #expect(report.detectionCount == reference.expected.dt)
        let again = try JSONDecoder().decode(DetectionReport.self, from: JSONEncoder().encode(report))
        #expect(again == report)
    }
}

/// `../shared/data/formats/coco-eval-100`: annotations, detections and pycocotools' own figures.
private struct COCOReference {
    struct Expected: Decodable {
        struct Score: Decodable { var AP, AP50: Double }
        var dt: Int
        var metrics: [String: Double]
        var perClass: [String: Score]
        enum CodingKeys: String, CodingKey { case dt, metrics, perClass = "per_class" }
    }
    private struct Instances: Decodable {
        struct Image: Decodable { var id, width, height: Int }
        struct Annotation: Decodable { var image_id, category_id, iscrowd: Int, area: Double, bbox: [Double] }
        struct Category: Decodable { var id: Int, name: String }
        var images: [Image], annotations: [Annotation], categories: [Category]
    }
    private struct Figures: Decodable { var bbox: Expected }
    private struct Result: Decodable { var image_id, category_id: Int, bbox: [Double], score: Double }

    let truth: LabelledDataset
    let detections: [[DetectedObject]]
    let expected: Expected

    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .appending(path: "../../../../shared/data/formats/coco-eval-100").standardizedFileURL
    static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

    private static func read<T: Decodable>(_ name: String, _ type: T.Type) throws -> T {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
    }

    init() throws {
        expected = try Self.read("EXPECTED.json", Figures.self).bbox
        let instances = try Self.read("instances_val2014_100.json", Instances.self)
        let results = try Self.read("instances_val2014_fakebbox100_results.json", [Result].self)
        let categories = Dictionary(uniqueKeysWithValues: instances.categories.enumerated().map { ($1.id, $0) })
        func box(_ b: [Double]) -> BoundingBox { BoundingBox(x: b[0], y: b[1], width: b[2], height: b[3]) }
        let images = instances.images.sorted { $0.id < $1.id }
        truth = LabelledDataset(
            categories: instances.categories.map(\.name),
            images: images.map { image in
                LabelledImage(
                    fileName: "\(image.id)", width: image.width, height: image.height,
                    objects: instances.annotations.filter { $0.image_id == image.id }.map {
                        LabelledObject(
                            box: box($0.bbox), category: categories[$0.category_id] ?? -1, isCrowd: $0.iscrowd == 1, area: $0.area)
                    })
            })
        detections = images.map { image in
            results.filter { $0.image_id == image.id }.map {
                DetectedObject(box: box($0.bbox), category: categories[$0.category_id] ?? -1, score: $0.score)
            }
        }
    }
}
