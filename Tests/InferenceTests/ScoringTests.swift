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

    func begin(_ image: PixelImage, settings: DetectionSettings) throws -> PendingDetections {
        if let side = settings.side, side != 64 { throw InferenceError("64 pixels only, not \(side)") }
        if fails { return PendingDetections { throw InferenceError("no luck") } }
        let half = BoundingBox(xMin: 0, yMin: 0, xMax: Double(image.width) / 2, yMax: Double(image.height))
        let isWanted = settings.confidence <= 0.75 && settings.classes?.contains(1) ?? true
        return PendingDetections { isWanted ? [DetectedObject(box: half, category: 1, score: 0.75)] : [] }
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

    @Test("Facts of the picture go along, and what was seen only where the answer does not tell the collector")
    func facts() throws {
        let record = try #require(score("{\"image\": \"\(base64)\"}").0.facts?.images.first)
        #expect(record.detections == nil)
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
        struct Refusal: Decodable { var message: String }
        #expect(try JSONDecoder().decode(Refusal.self, from: Data(content)).message.count > 20)
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

    // MARK: Other forms

    private typealias Part = (head: String, content: [UInt8])

    private func form(_ parts: [Part], end: String = "--") -> [UInt8] {
        parts.flatMap { Array("--b0undary\r\n\($0.head)\r\n\r\n".utf8) + $0.content + Array("\r\n".utf8) } + Array("--b0undary\(end)\r\n".utf8)
    }

    private func file(_ name: String) -> Part {
        ("Content-Disposition: form-data; name=\"image\"; filename=\"\(name)\"\r\nContent-Type: image/png", picture)
    }

    private func ask(
        _ body: [UInt8], type: String = "image/png", query: String = "", accept: String? = nil, drawing: DetectorScorer.Drawing? = nil
    ) -> (WireResponse, [UInt8]) {
        var headers = ["content-type": type]
        headers["accept"] = accept
        return DetectorScorer(detector: FixedDetector(), drawing: drawing)
            .respond(to: WireRequest(id: "1", query: query, headers: headers), body: body)
    }

    private let multipart = "multipart/form-data; boundary=b0undary"

    @Test("Several pictures in one request are answered by a list of lists", arguments: ["images", "image"])
    func several(name: String) throws {
        let (response, body) = score("{\"\(name)\": [\"\(base64)\", \"\(base64)\"]}")
        #expect(response.status == 200)
        #expect(try JSONDecoder().decode([[Detection]].self, from: Data(body)) == [[expected], [expected]])
        #expect(response.facts?.images.map { $0.detections?.first?.box } == [[0, 0, 0.5, 1], [0, 0, 0.5, 1]])
    }

    @Test("A form with one file is answered as the picture's bytes are, one with several by a list of lists")
    func forms() throws {
        let one = ask(form([file("a.png")]), type: multipart)
        #expect(try JSONDecoder().decode([Detection].self, from: Data(one.1)) == [expected])
        let two = ask(form([file("a.png"), file("b.png")]), type: "multipart/form-data; charset=utf-8; boundary=\"b0undary\"")
        #expect(try JSONDecoder().decode([[Detection]].self, from: Data(two.1)) == [[expected], [expected]])
        #expect(two.0.facts?.images.count == 2)
    }

    @Test("Broken forms are refused", arguments: ["", "--b0undary", "--b0undary\r\n", "--b0undary\r\n\r\nx\r\n", "--b0undary--"])
    func brokenForm(body: String) throws {
        #expect(ask(Array(body.utf8), type: multipart).0.status == 400)
        #expect(ask(form([file("a.png")]), type: "multipart/form-data").0.status == 400)
    }

    @Test("A form cut anywhere is refused or answered, never worse")
    func cutForm() {
        let whole = form([file("a.png"), ("Content-Disposition: form-data; name=\"conf\"", Array("0.5".utf8))])
        for count in stride(from: 0, to: whole.count - 3, by: 3) {
            #expect(ask(Array(whole.prefix(count)), type: multipart).0.status == 400, "\(count) bytes")
        }
    }

    @Test(
        "The shape of the answer is chosen by name in the query, the body or a form",
        arguments: ["automl", "coco", "list"])
    func shapes(name: String) throws {
        let answers = [
            ask(picture, query: "format=\(name)"), ask(picture, accept: "application/json;format=\(name)"),
            score("{\"image\": \"\(base64)\", \"format\": \"\(name)\"}"),
            ask(form([("Content-Disposition: form-data; name=\"format\"", Array(name.utf8)), file("x.png")]), type: multipart),
        ]
        let wanted = [
            "automl": #"[{"boxes":[{"box":{"topX":0,"topY":0,"bottomX":0.5,"bottomY":1},"label":"can","score":0.75}]}]"#,
            "coco": #"[{"image_id":1,"category_id":2,"category_name":"can","bbox":[0,0,4,4],"score":0.75}]"#,
            "list": #"[{"box_xyxyn":[0,0,0.5,1],"class_id":1,"class_name":"can","confidence":0.75}]"#,
        ]
        for (response, body) in answers {
            #expect(response.status == 200)
            #expect(String(decoding: body, as: UTF8.self) == wanted[name])
        }
    }

    @Test("COCO results carry the index of an AutoML table")
    func cocoIndex() throws {
        let body = "{\"input_data\": {\"columns\": [\"image\"], \"index\": [7, 9], \"data\": [\"\(base64)\", \"\(base64)\"]}, \"format\": \"coco\"}"
        struct Result: Decodable { var image_id: Int }
        #expect(try JSONDecoder().decode([Result].self, from: Data(score(body).1)).map(\.image_id) == [7, 9])
    }

    @Test(
        "An annotated picture comes when it is preferred to JSON, or asked for by name",
        arguments: [
            ("", "image/png", "image/png"), ("", "image/jpeg, application/json;q=0.5", "image/jpeg"), ("format=png", "*/*", "image/png"),
            ("format=image/jpeg", "", "image/jpeg"), ("", "application/json, image/png;q=0.5", "application/json"),
            ("", "text/html", "application/json"), ("format=list", "image/png", "application/json"),
        ])
    func annotated(query: String, accept: String, type: String) throws {
        let (response, body) = ask(picture, query: query, accept: accept) { objects, image in
            PixelImage(width: image.width * (1 + objects.count), height: image.height)
        }
        #expect(response.status == 200)
        #expect(response.headers["content-type"] == type)
        if type.hasPrefix("image/") {
            let drawn = try ImageDecoder().decode(body)
            #expect(drawn.width == 16 && drawn.height == 4)
            #expect(response.facts?.images.first?.detections?.first?.category == "can")
        }
    }

    @Test("A picture is no answer to several, or where nothing draws")
    func noPicture() {
        #expect(ask(picture, accept: "image/png").0.status == 400)
        let two = ask(form([file("a.png"), file("b.png")]), type: multipart, accept: "image/png") { $1 }
        #expect(two.0.status == 400)
    }

    @Test(
        "Thresholds and classes are those of the request",
        arguments: [
            ("confidence=0.8", 0), ("conf=0.7", 1), ("classes=can", 1), ("classes=bottle", 0), ("classes=1,bottle", 1), ("classes=0", 0),
            ("imgsz=64", 1), ("unknown=1", 1),
        ])
    func wishes(query: String, count: Int) throws {
        let (response, body) = ask(picture, query: query)
        #expect(response.status == 200)
        #expect(try JSONDecoder().decode([Detection].self, from: Data(body)).count == count)
    }

    @Test(
        "Wishes that cannot be met are refused in words",
        arguments: [
            "confidence=2", "confidence=x", "iou=-1", "classes=cup", "classes=2", "imgsz=65", "imgsz=1", "format=xml", "max_detections=0",
            "max_detections=9999999999999999999999", "confidence=nan",
        ])
    func badWishes(query: String) throws {
        let (response, body) = ask(picture, query: query)
        #expect(response.status == 400)
        #expect((try JSONDecoder().decode([String: String].self, from: Data(body))["message"] ?? "").count > 15)
    }

    @Test("A broken picture is named by its position")
    func position() throws {
        struct Refusal: Decodable {
            var message: String
            var position: Int
        }
        let broken = Data(picture.prefix(40)).base64EncodedString()
        let (response, body) = score("{\"input_data\": {\"columns\": [\"image\"], \"data\": [\"\(base64)\", \"\(broken)\"]}}")
        #expect(response.status == 400 && !response.failed)
        let refusal = try JSONDecoder().decode(Refusal.self, from: Data(body))
        #expect(refusal.position == 1 && refusal.message.contains("input_data.data[1]"))
        let second = ask(form([file("good.png"), (file("bad.png").head, [1, 2, 3])]), type: multipart)
        #expect(String(decoding: second.1, as: UTF8.self).contains("bad.png"))
    }

    @Test("Too many pictures are refused before one is decoded")
    func tooMany() {
        let list = Array(repeating: "\"eA==\"", count: 65).joined(separator: ",")
        let (response, body) = score("{\"images\": [\(list)]}")
        #expect(response.status == 400)
        #expect(String(decoding: body, as: UTF8.self).contains("at most 64"))
    }

    @Test("Names with quotes, line breaks and other alphabets stay JSON")
    func names() throws {
        struct Odd: Detector {
            var classNames: [String] { ["a", "quote \" slash \\ line\n tab\t nul\u{0} 罐子"] }
            var inputSize: Int { 64 }
            var engine: String { "odd" }
            func begin(_ image: PixelImage, settings: DetectionSettings) -> PendingDetections {
                PendingDetections { [DetectedObject(box: BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1), category: 1, score: 1e-7)] }
            }
        }
        let (_, body) = DetectorScorer(detector: Odd()).respond(to: WireRequest(id: "1", headers: ["content-type": "image/png"]), body: picture)
        let found = try JSONDecoder().decode([Detection].self, from: Data(body))
        #expect(found.first?.class_name == Odd().classNames[1] && found.first?.confidence == 1e-7)
    }
}
