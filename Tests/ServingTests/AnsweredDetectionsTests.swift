import Resources
import Serving
import Testing

@Suite struct AnsweredDetectionsTests {
    private let list = #"[{"class_id":1,"class_name":"milk","confidence":0.5,"box_xyxyn":[0.1,0.2,0.3,0.4]}]"#
    private let expected: JSON = [["category": "milk", "score": 0.5, "box": [0.1, 0.2, 0.3, 0.4]]]

    private func detections(_ text: String) throws -> AnsweredDetections { AnsweredDetections(answer: try JSON(parsing: text)) }

    @Test func `a script's json.dumps inside the JSON and a plain list read the same`() throws {
        #expect(try detections(list).images == [expected])
        #expect(try detections(JSON.string(list).text()).images == [expected])
    }

    @Test func `AutoML's boxes come picture by picture`() throws {
        let box = #"{"box":{"topX":0.1,"topY":0.2,"bottomX":0.3,"bottomY":0.4},"label":"milk","score":0.5}"#
        #expect(try detections(#"[{"boxes":[\#(box)]},{"boxes":[]}]"#).images == [expected, []])
    }

    @Test func `a tuple that arrived as a list with status 200 shows its own status`() throws {
        let found = try detections(#"["{\"error\":\"Invalid input\"}", 400]"#)
        #expect(found.images.isEmpty && found.innerStatus == 400)
        let good = try detections("[" + JSON.string(list).text() + ", 200]")
        #expect(good.images == [expected] && good.innerStatus == 200)
    }

    @Test func `a picture with nothing in it is a picture`() throws {
        #expect(try detections("[]").images == [[]])
        #expect(try detections(#""[]""#).images == [[]])
    }

    @Test(arguments: ["3", "null", "{}", "[1,2,3]", #""text""#, #"[{"class_name":"x","confidence":"high"}]"#, #"[{"boxes":3}]"#])
    func `answers of other kinds hold no detections`(text: String) throws {
        #expect(try detections(text).images.allSatisfy { $0 == [] })
    }

    @Test func `what a native worker says beside its answer goes before the body`() throws {
        let facts = try JSON(parsing: #"{"images":[{"image":{"brightness":0.5},"detections":[{"category":"can","score":0.5,"box":[0,0,1,1]}]},{"image":{}}]}"#)
        #expect(AnsweredDetections(facts: facts)?.images == [[["category": "can", "score": 0.5, "box": [0.0, 0.0, 1.0, 1.0]]], []])
        let odd =
            #"{"images":[{"detections":[{"category":"can","score":"x","box":[0,0,1,1]},{"score":1,"box":[0,0,1,1]},{"category":"a","score":1,"box":[0]}]}]}"#
        #expect(try AnsweredDetections(facts: JSON(parsing: odd))?.images == [[]])
        #expect(try AnsweredDetections(facts: JSON(parsing: #"{"images":[{"image":{"brightness":0.5}}]}"#)) == nil)
        #expect(AnsweredDetections(facts: nil) == nil)
    }
}
