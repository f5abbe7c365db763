import Resources
import Testing

@Suite("JSON")
struct JSONTests {
    @Test("values read and written again are the same text")
    func roundTrip() throws {
        let text = #"{"b":[1,-2.5,true,null,"a\"\\\n\u0001é😀"],"a":{"x":1e+30}}"#
        let value = try JSON(parsing: text)
        #expect(try JSON(parsing: value.text()) == value)
        #expect(value["b"]?.arrayValue?.count == 5)
        #expect(value.objectValue?.keys == ["b", "a"])
    }

    @Test(
        "what is not JSON is refused with its place",
        arguments: [
            ("", 1, 1), ("{", 1, 2), ("{\"a\":1,}", 1, 8), ("[1 2]", 1, 4), ("{\"a\":1,\n \"a\":2}", 2, 2), ("01", 1, 1), ("\"\u{1}\"", 1, 2), ("nul", 1, 1),
            ("1 1", 1, 3), ("[1e999]", 1, 2), ("\"\\x\"", 1, 4),
        ])
    func refused(_ text: String, line: Int, column: Int) {
        do {
            let value = try JSON(parsing: text)
            Issue.record("accepted as \(value)")
        } catch {
            #expect(error.location == Problem.Location(line: line, column: column))
        }
    }

    @Test("bytes that are not UTF-8, and depth beyond the limit, are refused")
    func hostile() {
        #expect(throws: Problem.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: Problem.self) { try JSON(parsing: String(repeating: "[", count: 100_000)) }
    }

    @Test("NaN and infinities travel as MLflow's strings")
    func specialNumbers() {
        #expect(JSON.array([.number(.nan), .number(.infinity), .number(-.infinity)]).text() == #"["NaN","Infinity","-Infinity"]"#)
    }

    @Test("a merge patch changes members and removes on null (RFC 7396)")
    func merging() throws {
        let base: JSON = ["a": ["x": 1, "y": 2], "b": 3]
        #expect(base.merging(["a": ["x": nil, "z": 4]]) == ["a": ["y": 2, "z": 4], "b": 3])
    }
}
