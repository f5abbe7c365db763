import DatasetFormats
import Detection
import Foundation
import Testing

/// Small sets with the numbers that the protocols' own tools gave for them.
@Suite("Evaluation beside its references")
struct EvaluationReferenceTests {
    private struct Fixture: Decodable {
        struct Numbers: Decodable {
            var named: [String: Double]
            var perClass: [String: [String: Double]]
        }
        var expected: [String: Numbers]
    }

    private static let cases: [(set: String, protocolName: String)] = ["crowds", "ties", "sparse", "crowded"].flatMap { set in
        // Of equal scores the others' order is not defined.
        (set == "ties" ? ["coco"] : ["coco", "azureml", "ultralytics-8.0.190", "ultralytics-8.4"]).map { (set, $0) }
    }

    private static func url(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/Evaluation/\(name).json")
    }

    /// Truth and detections of a fixture, read as the command reads them.
    private static func set(_ name: String) throws -> EvaluationSet {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url(name))) as? [String: Any])
        let folder = try ScratchFolder()
        try folder.write(JSONSerialization.data(withJSONObject: #require(object["truth"])), to: "truth.json")
        try folder.write(JSONSerialization.data(withJSONObject: #require(object["detections"])), to: "detections.json")
        let truth = try EvaluationTruth.read(at: folder.path + "/truth.json")
        let joined = try truth.joined(COCOResults(file: folder.path + "/detections.json"))
        #expect(joined.notes.isEmpty && truth.issues.isEmpty)
        return joined.set
    }

    @Test(arguments: cases)
    func `numbers are those of the protocol's own tool`(set: String, protocolName: String) throws {
        let expected = try #require(JSONDecoder().decode(Fixture.self, from: Data(contentsOf: Self.url(set))).expected[protocolName])
        let evaluator = try #require(AllEvaluators.named(protocolName))
        let report = try evaluator.evaluate(Self.set(set))
        let tolerance = protocolName.hasPrefix("ultralytics") ? 1e-4 : 1e-6
        for (name, value) in expected.named {
            let own = try #require(report.named?[name], "\(name)")
            #expect(abs(own - value) < tolerance, "\(name): \(own) is not \(value)")
        }
        for score in report.perClass {
            let own: [String: Double?] = [
                "ap": score.ap, "ap50": score.ap50, "ap75": score.ap75, "small": score.small, "medium": score.medium, "large": score.large,
                "recall": score.recall,
            ]
            for (name, value) in expected.perClass[score.name] ?? [:] {
                let number = try #require(own[name] ?? nil)
                #expect(abs(number - value) < tolerance, "\(score.name) \(name): \(number) is not \(value)")
            }
        }
        #expect(!expected.perClass.isEmpty)
    }

    @Test func `the way from one protocol to another ends at its numbers`() throws {
        let set = try Self.set("crowds")
        for from in AllEvaluators.all {
            for to in AllEvaluators.all {
                let way = ProtocolComparison(from: from, to: to, on: set)
                #expect(abs(way.toMeanAveragePrecision - to.evaluate(set).meanAveragePrecision) < 1e-12)
                #expect(abs(way.fromMeanAveragePrecision - from.evaluate(set).meanAveragePrecision) < 1e-12)
                let sum = way.steps.reduce(way.fromMeanAveragePrecision) { $0 + $1.change }
                #expect(abs(sum - way.toMeanAveragePrecision) < 1e-9)
                #expect(way.steps.isEmpty == (from.protocolName == to.protocolName))
            }
        }
    }

    @Test func `truth as annotated is not cut at the picture's edge`() throws {
        let folder = try ScratchFolder()
        let truth = """
            {"images": [{"id": 9, "file_name": "b.jpg", "width": 20, "height": 20}, {"id": 3, "file_name": "a.jpg", "width": 20, "height": 20}],
             "categories": [{"id": 5, "name": "cup"}],
             "annotations": [{"id": 1, "image_id": 9, "category_id": 5, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0,
              "segmentation": [[1, 2, 3, "]"]], "note": {"a": "}\\""}}]}
            """
        try folder.write(truth, to: "truth.json")
        try folder.write(#"[{"image_id": 9, "category_id": 5, "bbox": [10, 10, 20, 20], "score": 1}]"#, to: "d.json")
        let read = try EvaluationTruth.read(at: folder.path + "/truth.json")
        #expect(read.imageNames == ["a.jpg", "b.jpg"] && read.classNames == ["cup"])
        try folder.write("", to: "images/b.jpg")
        #expect(try EvaluationTruth.read(at: folder.path + "/truth.json").imageRoot == folder.path + "/images")
        let report = COCOEvaluator().evaluate(try read.joined(COCOResults(file: folder.path + "/d.json")).set)
        #expect(abs(report.meanAveragePrecision - 1) < 1e-9)
    }
}

@Suite("COCO results")
struct COCOResultsTests {
    private func results(_ text: String) throws -> COCOResults {
        let folder = try ScratchFolder()
        try folder.write(text, to: "d.json")
        return try COCOResults(file: folder.path + "/d.json")
    }

    @Test(arguments: [
        "0.1", "1", "-3.25", "0.823456789012345678", "0.30000000000000004", "123456789.123456789", "1e-05", "2.5E3", "0.9999999999999999999",
        "18446744073709551615", "0.00000000000000000012345678901234567890", "9007199254740993", "0.000", "-0",
    ])
    func `numbers are rounded as the standard library rounds them`(text: String) throws {
        let read = try results(#"[{"image_id": 1, "category_id": 1, "bbox": [\#(text), 0, 1, 1], "score": \#(text)}]"#)
        #expect(read.objects.weights == [try #require(Double(text))])
        #expect(read.objects.xMin == [try #require(Double(text))])
    }

    @Test func `random decimals are rounded as the standard library rounds them`() throws {
        var state: UInt64 = 42
        let texts = (0..<2000).map { _ -> String in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let digits = String(state >> (state % 40))
            let point = digits.index(digits.startIndex, offsetBy: Int(state >> 60) % digits.count)
            return "\(digits[..<point])".isEmpty ? "0.\(digits)" : "\(digits[..<point]).\(digits[point...])"
        }
        let read = try results("[" + texts.map { #"{"image_id":1,"category_id":1,"bbox":[0,0,1,1],"score":\#($0)}"# }.joined(separator: ",") + "]")
        #expect(read.objects.weights == texts.compactMap(Double.init))
    }

    @Test func `ids may be texts, keys may come in any order, and what is not asked for is passed over`() throws {
        let read = try results(
            """
            {"info": {"a": [1, {"b": null}]}, "annotations": [
              {"segmentation": {"size": [1, 2], "counts": "a\\"]}"}, "score": "0.5", "bbox": [1, 2, 3, 4, 5], "category_id": 2, "image_id": "7"},
              {"score": 0.5, "bbox": [1, 2, 3, 4], "category_id": "cup", "image_id": "a\\u00e9.jpg"}]}
            """)
        #expect(read.imageIDs.map(\.description) == ["a\u{e9}.jpg"] && read.categoryIDs.map(\.description) == ["cup"])
        #expect(read.issues.count == 1 && read.issues[0].message.contains("bbox"))
    }

    @Test(arguments: [
        "", "{", "[", "[{]", "[{\"image_id\": }]", "[1]", "[{\"image_id\": 1,}]", "[] x", "{\"a\": 1}", "[{\"bbox\": [1, 2}]", "[{\"a\\",
        "[{\"image_id\": \"\\ud8", "[{\"score\": nul}]", "\u{0}", "[{\"a\": [[[[[", "[{}]",
    ])
    func `broken files are an error that names the place`(text: String) {
        #expect(throws: DatasetError.self) { try results(text) }
    }

    @Test func `damaged bytes are an error or a reading, never a crash`() throws {
        let sound = Array(
            #"{"images":[{"id":1,"file_name":"a.jpg"}],"categories":[{"id":"x","name":"cup\n"}],"annotations":[{"image_id":1,"category_id":"x","bbox":[1,2.5,3e0,4],"score":0.5,"iscrowd":0,"z":[{"k":[]}]}]}"#
                .utf8)
        let folder = try ScratchFolder()
        var state: UInt64 = 7
        func draw(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var (read, refused) = (0, 0)
        for _ in 0..<1500 {
            var bytes = sound
            for _ in 0...draw(3) {
                switch draw(3) {
                case 0: bytes[draw(bytes.count)] = UInt8(draw(256))
                case 1: bytes.remove(at: draw(bytes.count))
                default: bytes.insert(Array(#"[]{}",:\-.e9"#.utf8)[draw(12)], at: draw(bytes.count))
                }
            }
            if draw(4) == 0 { bytes.removeLast(draw(bytes.count)) }
            try folder.write(Data(bytes), to: "d.json")
            do {
                _ = try COCOTruth(file: folder.path + "/d.json")
                _ = try COCOResults(file: folder.path + "/d.json")
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(read > 50 && refused > 500)
    }

    @Test func `detections of unknown images and classes are said, and none at all is an error`() throws {
        let imported = ImportedDataset(
            format: "yolo",
            dataset: LabelledDataset(
                categories: ["cup", "can"],
                images: ["left/one.jpg", "right/two.jpg"].map {
                    LabelledImage(
                        fileName: $0, width: 9, height: 9, objects: [LabelledObject(box: BoundingBox(x: 0, y: 0, width: 5, height: 5), category: 1)])
                }),
            imageRoot: "", issues: [])
        let truth = EvaluationTruth(imported)
        func entry(_ image: String, _ category: String) -> String {
            #"{"image_id": \#(image), "category_id": \#(category), "bbox": [0, 0, 5, 5], "score": 0.5}"#
        }
        let good = [entry(#""one""#, "2"), entry(#""right/two.jpg""#, #""can""#), entry("2", "1"), entry("77", "2"), entry("1", "9")]
        let joined = try truth.joined(results("[\(good.joined(separator: ","))]"))
        #expect(joined.notes.count == 3 && joined.notes.contains { $0.contains("77") } && joined.notes.contains { $0.contains("9") })
        let report = VOCEvaluator().evaluate(joined.set)
        #expect(abs((report.perClass.last?.ap ?? 0) - 1) < 1e-9 && report.detectionCount == 3)
        #expect(throws: DatasetError.self) { try truth.joined(results("[\(entry("77", "1"))]")) }
        #expect(throws: DatasetError.self) { try truth.joined(results("[\(entry("1", "50"))]")) }
    }
}
