import Commands
import Resources
import Testing

@Suite("Output") struct OutputTests {
    static let job: JSON = [
        "name": "run1", "status": "Completed", "tags": ["b": "2", "a": "1"], "nodes": [1, 2], "ok": true, "missing": nil, "loss": 0.5,
    ]

    func text(_ format: OutputFormat, _ value: JSON = Self.job, query: String? = nil, columns: [KindColumn] = []) throws -> String {
        try ResultRendering(format: format, query: query.map { try JMESPath($0) }, columns: columns).text(of: value)
    }

    @Test(
        "a scalar as tsv is just its text",
        arguments: [
            ("name", "run1\n"), ("ok", "true\n"), ("nodes[0]", "1\n"), ("loss", "0.5\n"), ("missing", ""), ("nowhere", ""),
            ("[name, status]", "run1\nCompleted\n"), ("[[name, ok, missing, nodes]]", "run1\tTrue\tNone\t2\n"),
            ("{s: status, n: name}", "Completed\trun1\n"),
        ])
    func tsv(query: String, expected: String) throws {
        #expect(try text(.tsv, query: query) == expected)
    }

    @Test("json is indented, sorted, and nothing at all for null")
    func json() throws {
        #expect(try text(.json, ["b": [], "a": ["é": 1]]) == "{\n  \"a\": {\n    \"é\": 1\n  },\n  \"b\": []\n}\n")
        #expect(try text(.json, query: "nowhere") == "")
        #expect(try text(.json, query: "name") == "\"run1\"\n")
        #expect(try text(.none) == "")
    }

    @Test("a kind's table has its own columns, a query's table those of the query")
    func table() throws {
        let columns = [KindColumn("Name", "name"), KindColumn("Tag", "tags.a"), KindColumn("Nowhere", "x.y")]
        #expect(try text(.table, [Self.job], columns: columns) == "Name  Tag  Nowhere\n----  ---  -------\nrun1  1\n")
        #expect(
            try text(.table, [Self.job], query: "[].{Status: status, n: name}", columns: columns)
                == "Status     N\n---------  ----\nCompleted  run1\n")
        #expect(try text(.table, Self.job, query: "[name, status]") == "Result\n---------\nrun1\nCompleted\n")
        #expect(try text(.table, []) == "")
        #expect(try text(.table, [["a": "冰箱"], ["a": "x"]]) == "A\n----\n冰箱\nx\n")
    }

    @Test("yaml quotes what would be read as something else")
    func yaml() throws {
        let value: JSON = ["b": ["1.10", "yes", "plain text", "", "a: b", "null"], "a": ["x": 1, "y": nil, "z": []], "t": "two\nlines\n"]
        let expected = """
            a:
              x: 1
              'y': null
              z: []
            b:
            - '1.10'
            - 'yes'
            - plain text
            - ''
            - 'a: b'
            - 'null'
            t: |
              two
              lines

            """
        #expect(try text(.yaml, value) == expected)
        #expect(try text(.yaml, query: "name") == "run1\n")
    }

    @Test("a query that cannot be applied is a problem of --query")
    func badQuery() {
        #expect(throws: Problem.self) { try text(.json, query: "abs(name)") }
    }

    @Test("colours leave the text as it is")
    func colors() throws {
        let plain = try text(.json)
        for format in [OutputFormat.jsonc, .yamlc] {
            let colored = try ResultRendering(format: format, allowsColor: true).text(of: Self.job)
            let bare = colored.replacing(#/\u{1B}\[[0-9]*m/#, with: "")
            #expect(colored != bare)
            #expect(bare == (format == .jsonc ? plain : try text(.yaml)))
        }
    }
}
