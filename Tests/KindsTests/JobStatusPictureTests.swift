import Foundation
import Kinds
import Testing

@Suite struct JobStatusPictureTests {
    @Test("docs/state-machines/job.md draws exactly the moves of the table") func picture() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/state-machines/job.md")
        let drawn = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.contains(" --> ") && !$0.contains("[*]") }
        let moves = JobStatus.allCases.flatMap { from in from.next.map { "\(from.rawValue) --> \($0.rawValue)" } }
        #expect(drawn.sorted() == moves.sorted())
    }
}
