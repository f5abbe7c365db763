import Detection
import Foundation
import Imaging
import Inference
import Testing

/// Sees one can in the left half of every picture.
private struct FixedDetector: Detector {
    var classNames: [String] { ["bottle", "can"] }
    var inputSize: Int { 64 }
    var engine: String { "fixed" }
    var fails = false

    func detect(_ images: [PixelImage], settings: DetectionSettings) throws -> [[DetectedObject]] {
        if fails { throw InferenceError("no luck") }
        return images.map {
            let half = BoundingBox(xMin: 0, yMin: 0, xMax: Double($0.width) / 2, yMax: Double($0.height))
            return [DetectedObject(box: half, category: 1, score: 0.75)]
        }
    }
}

@Suite("Scoring requests")
struct ScoringTests {
    private let scorer = DetectorScorer(detector: FixedDetector())
    private let picture: [UInt8]

    init() throws {
        picture = try ImageEncoder.png(PixelImage(width: 8, height: 4, red: 200, green: 10, blue: 10))
    }

    private func score(_ body: String, type: String = "application/json") -> (WireResponse, [UInt8]) {
        scorer.respond(to: WireRequest(id: "1", headers: ["content-type": type]), body: Array(body.utf8))
    }

    private var base64: String { Data(picture).base64EncodedString() }

    private struct Detection: Decodable, Equatable {
        var class_id: Int
        var class_name: String
        var confidence: Double
        var box_xyxyn: [Double]
    }
    private let expected = Detection(class_id: 1, class_name: "can", confidence: 0.75, box_xyxyn: [0, 0, 0.5, 1])

    @Test("An image field is answered by a JSON string that holds a list, as a scoring script's json.dumps arrives")
    func single() throws {
        let (response, body) = score("{\"image\": \"\(base64)\"}")
        #expect(response.status == 200)
        #expect(!response.failed)
        let inner = try JSONDecoder().decode(String.self, from: Data(body))
        #expect(try JSONDecoder().decode([Detection].self, from: Data(inner.utf8)) == [expected])
    }

    @Test("A data URL is base64 too")
    func dataURL() {
        #expect(score("{\"image\": \"data:image/png;base64,\(base64)\"}").0.status == 200)
    }

    @Test("Azure AutoML's table is answered by its list of boxes", arguments: ["\"B\"", "[\"B\"]"])
    func autoML(cell: String) throws {
        struct Answer: Decodable {
            struct Entry: Decodable {
                var box: [String: Double]
                var label: String
                var score: Double
            }
            var boxes: [Entry]
        }
        let row = cell.replacingOccurrences(of: "B", with: base64)
        let (response, body) = score("{\"input_data\": {\"columns\": [\"image\"], \"index\": [0, 1], \"data\": [\(row), \(row)]}}")
        #expect(response.status == 200)
        let answer = try JSONDecoder().decode([Answer].self, from: Data(body))
        #expect(answer.count == 2)
        #expect(answer[0].boxes[0].box == ["topX": 0, "topY": 0, "bottomX": 0.5, "bottomY": 1])
        #expect(answer[0].boxes[0].label == "can")
        #expect(response.facts?.images.count == 2)
    }

    @Test("The picture's own bytes are answered by a plain list")
    func bytes() throws {
        let (response, body) = scorer.respond(to: WireRequest(id: "1", headers: ["content-type": "image/png"]), body: picture)
        #expect(response.status == 200)
        #expect(try JSONDecoder().decode([Detection].self, from: Data(body)) == [expected])
    }

    @Test("Facts of the picture and of what was seen go along")
    func facts() throws {
        let record = try #require(score("{\"image\": \"\(base64)\"}").0.facts?.images.first)
        #expect(record.prediction.boxes == 1)
        #expect(record.prediction.classes == ["can"])
        #expect(record.prediction.confidences == [0.75])
        #expect(record.prediction.areas == [0.5])
        #expect(record.image.values["brightness"] != nil)
    }

    @Test(
        "Bad input is refused with a message and status 400",
        arguments: [
            "", "no JSON", "[1]", "{}", "{\"image\": 5}", "{\"image\": \"\"}", "{\"image\": \"***\"}", "{\"image\": \"aGVsbG8=\"}",
            "{\"input_data\": []}", "{\"input_data\": {\"columns\": [\"text\"], \"data\": [\"x\"]}}",
            "{\"input_data\": {\"columns\": [\"image\"], \"data\": [[]]}}", "{\"input_data\": {\"data\": [null]}}",
        ])
    func badInput(body: String) throws {
        let (response, content) = score(body)
        #expect(response.status == 400)
        #expect(!response.failed)
        let message = try JSONDecoder().decode([String: String].self, from: Data(content))["message"]
        #expect((message ?? "").count > 20)
    }

    @Test("A picture that ends early is refused, and the next one is answered")
    func truncated() {
        let half = Data(picture.prefix(picture.count / 2)).base64EncodedString()
        #expect(score("{\"image\": \"\(half)\"}").0.status == 400)
        #expect(score("{\"image\": \"\(base64)\"}").0.status == 200)
    }

    @Test("A model that fails is a failure of the model, not of the request")
    func failure() {
        let (response, _) = DetectorScorer(detector: FixedDetector(fails: true))
            .respond(to: WireRequest(id: "1", headers: ["content-type": "image/png"]), body: picture)
        #expect(response.status == 500)
        #expect(response.failed)
    }

    @Test("Other methods are not allowed, and health is always answered")
    func routes() {
        #expect(scorer.respond(to: WireRequest(id: "1", method: "GET"), body: []).0.status == 405)
        #expect(scorer.respond(to: WireRequest(id: "1", kind: .health), body: []).0.status == 200)
    }
}
