import Foundation
import Kinds
import Resources
import Testing

@Suite struct YAMLDocumentTests {
    func line(_ text: String) -> String {
        do throws(Problem) {
            _ = try YAMLDocument(text: text, file: "x.yml")
            return ""
        } catch {
            return error.lines.first ?? ""
        }
    }

    @Test("every value knows its line and column") func places() throws {
        let document = try YAMLDocument(text: "a: 1\nb:\n  - x\n  - {c: yes, d: 0x1F}\n", file: "x.yml")
        let list = try #require(document.root["b"]?.elements)
        #expect(list[1]["c"]?.location == Problem.Location(file: "x.yml", line: 4, column: 9))
        #expect(document.root.json == ["a": 1, "b": ["x", ["c": "yes", "d": 31]]])
    }

    @Test(
        "scalars mean what YAML 1.2 says, and keep their text",
        arguments: [
            ("1", .integer(1)), ("1.10", .number(1.1)), ("-3e2", .number(-300)), ("true", true), ("yes", "yes"), ("on", "on"), ("~", .null),
            ("", .null),
            ("1_000", "1_000"), ("12:30", "12:30"), ("--5", "--5"), ("0o17", .integer(15)),
            ("99999999999999999999", "99999999999999999999"),
            ("1e999", "1e999"), (".", "."), ("+7", .integer(7)), ("2026-01-01", "2026-01-01"),
        ] as [(String, JSON)])
    func scalars(text: String, value: JSON) { #expect(YAMLNode.meaning(ofPlain: text) == value) }

    @Test("a version written as 1.10 stays 1.10") func version() throws {
        #expect(try YAMLDocument(text: "version: 1.10").root["version"]?.text == "1.10")
    }

    @Test("broken documents are refused where they break") func broken() {
        #expect(line("a: 1\n\tb: 2\n").contains("tabs"))
        #expect(line("a: 1\nb: 2\na: 3\n") == "3:1 the key 'a' stands twice; keep one")
        #expect(line("- 1\n") == "1:1 the document must be a mapping of keys, found a list")
        #expect(line("") == "1:1 the document is empty")
        #expect(line("name: {{NAME}}\n").contains("{{name}}"))
        #expect(line("a: [1, 2\n").hasPrefix("2:1 not valid YAML"))
        #expect(line("a: 1\n---\nb: 2\n").contains("not valid YAML"))
        #expect(line("a: *nothing\n").hasPrefix("1:"))
    }

    @Test("anchors and merge keys work; bombs are refused") func aliases() throws {
        let document = try YAMLDocument(text: "base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n")
        #expect(document.root["use"]?.json == ["y": 3, "x": 1])
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 { bomb += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n" }
        #expect(line(bomb).contains("unfolds to more than"))
        #expect(line("a: " + String(repeating: "[", count: 500) + String(repeating: "]", count: 500)).contains("nested deeper"))
    }

    @Test("a bomb as a key is refused too") func keyBomb() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            bomb += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        #expect(line(bomb + "*a8 : 1\n").contains("a key must be plain text"))
        #expect(line(bomb + "b: {? *a8 : 1, ? *a8 : 2}\n").contains("a key must be plain text"))
        #expect(line(bomb + "? [*a8]\n: 1\n").contains("a key must be plain text"))
        #expect(line(bomb + "b: {[*a8]: 1}\n").contains("a key must be plain text"))
        #expect(line("base: &b [1]\nuse: *b\ncommand: 'ls *.py : ${{inputs.x}}'\n") == "")
    }

    @Test("--set changes values in mappings and lists and infers types") func setting() throws {
        var document = try YAMLDocument(text: "inputs: {epochs: 1}\nlist: [{a: 1}]\n")
        try document.set("inputs.epochs", to: "50")
        try document.set("settings.force_rerun", to: "True")
        try document.set("list[0].a", to: "x")
        try document.set("list[1]", to: "{b: 2}")
        try document.set("tags.v", to: "1.10")
        #expect(
            document.root.json == [
                "inputs": ["epochs": 50], "list": [["a": "x"], ["b": 2]], "settings": ["force_rerun": true], "tags": ["v": 1.1],
            ])
        #expect(document.root["tags"]?["v"]?.text == "1.10")
        #expect(throws: Problem.self) { try document.set("list[9].a", to: "x") }
        #expect(throws: Problem.self) { try document.set("inputs.epochs.deep", to: "x") }
        #expect(throws: Problem.self) { try document.set("a[b", to: "x") }
    }

    @Test("a file that cannot be read says why") func files() {
        let problem = #expect(throws: Problem.self) { try YAMLDocument(contentsOfFile: "/nowhere/x.yml") }
        #expect(problem?.message.contains("there is no such file") == true)
    }

    @Test("JSON prints as YAML that reads back the same") func text() throws {
        let value: JSON = ["a": ["1", 1, true, "true", "", "multi\nline\n", ["k": "v: w"], "yes", 1.5, .null, "null"], "b": [:], "c": []]
        #expect(try YAMLDocument(text: YAMLText.render(value)).root.json == value)
    }
}
