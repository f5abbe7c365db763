/// Faulty entries of a long list: the first in words and with its line, the others counted. Finding a line costs a walk through the
/// file, and a sentence for each of a million entries helps nobody.
struct FaultCount {
    private var count = 0
    private var first: (line: Int, message: String)?

    mutating func add(_ message: @autoclosure () -> String, at json: borrowing JSONBytes) {
        count += 1
        if first == nil { first = (json.line, message()) }
    }

    /// - Parameter entries: what was left out, in the plural.
    func issue(_ entries: String, file: String) -> DatasetIssue? {
        first.map { first in
            DatasetIssue(
                file: file, line: first.line, severity: .error,
                message: first.message + (count == 1 ? "; it was left out" : "; \(count) such \(entries) were left out"))
        }
    }
}
