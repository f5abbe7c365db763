import Commands
import Foundation
import Resources
import Testing

@Suite("JMESPath") struct JMESPathTests {
    /// The public compliance cases, read in place; they are not part of the project.
    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .appending(path: "../../../../shared/data/jmespath").standardizedFileURL

    struct Case: Sendable {
        let file: String
        let given: JSON
        let expression: String
        let expected: JSON?
        let error: String?
    }

    static func cases() throws -> [Case] {
        guard let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) else { return [] }
        var cases: [Case] = []
        for file in files.sorted(by: { $0.path < $1.path }) where file.pathExtension == "json" {
            for suite in try JSON(parsing: Data(contentsOf: file)).arrayValue ?? [] {
                for test in suite["cases"]?.arrayValue ?? [] where test["bench"] == nil {
                    cases.append(
                        Case(
                            file: file.lastPathComponent, given: suite["given"] ?? .null, expression: test["expression"]?.stringValue ?? "",
                            expected: test["result"], error: test["error"]?.stringValue))
                }
            }
        }
        return cases
    }

    @Test("all public compliance cases pass") func compliance() throws {
        let cases = try Self.cases()
        guard !cases.isEmpty else { return }
        #expect(cases.count == 892)
        for test in cases {
            let outcome = Self.outcome(of: test)
            #expect(outcome == nil, "\(test.file): \(test.expression) \(outcome ?? "")")
        }
    }

    /// What differs from the expectation; `nil` for a case that passes.
    static func outcome(of test: Case) -> String? {
        do throws(JMESPathError) {
            let result = try JMESPath(test.expression).search(test.given)
            if let expected = test.expected, result.isEqual(to: expected) { return nil }
            return "gave \(result.text()) instead of \(test.expected?.text() ?? test.error ?? "an error")"
        } catch {
            return error.category.rawValue == test.error ? nil : "failed with \(error.category): \(error)"
        }
    }

    @Test(
        "the queries of CI scripts",
        arguments: [
            ("name", "\"run1\""), ("services.Studio.endpoint", "\"https://x\""), ("[name, status]", "[\"run1\",\"Completed\"]"),
            ("{n: name, s: status}", "{\"n\":\"run1\",\"s\":\"Completed\"}"), ("tags.missing", "null"),
            ("contains(['Failed', 'Canceled'], status)", "false"),
        ])
    func idioms(query: String, expected: String) throws {
        let job: JSON = [
            "name": "run1", "status": "Completed", "services": ["Studio": ["endpoint": "https://x"]], "tags": [:],
        ]
        #expect(try JMESPath(query).search(job).text() == expected)
    }

    @Test("hostile expressions end in an error, not in a crash")
    func hostile() {
        for text in [
            String(repeating: "[", count: 5000), String(repeating: "a.", count: 5000) + "a", String(repeating: "(", count: 150) + "a",
            "a[99999999999999999999]", "a[-9223372036854775808:9223372036854775807:-9223372036854775808]",
        ] {
            _ = try? JMESPath(text).search(["a": [1, 2]])
        }
        #expect(throws: JMESPathError.self) { try JMESPath(String(repeating: "(", count: 150) + "a") }
    }
}
