import ArgumentParser
import DatasetFormats
import Foundation

/// How a verb of `dataset` prints what it found.
enum DatasetOutput: String, ExpressibleByArgument, CaseIterable {
    case table, json
}

/// Names of formats, for help.
enum DatasetFormatNames {
    static let all = AllFormats.all.map { $0.name }.joined(separator: ", ")

    /// Throws for a name that is none.
    static func check(_ name: String?) throws {
        if let name, AllFormats.named(name) == nil { throw ValidationError("there is no format \(name); there are \(all)") }
    }
}

/// How far a long look at a dataset is, on standard error: one line that is written over on a terminal, a line now and then elsewhere.
struct DatasetProgress {
    private let title: String
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private let start = ContinuousClock.now
    private var next = 0

    init(_ title: String) {
        self.title = title
    }

    mutating func show(_ done: Int, _ total: Int) {
        guard done >= next || done == total, total > 0 else { return }
        let step = isTerminal ? max(100, total / 200) : max(10_000, total / 10)
        // Nobody watches what takes a moment.
        if !isTerminal, total < step { return }
        next = done + step
        let seconds = Double((ContinuousClock.now - start).components.seconds)
        let rate = seconds > 0 ? ", \(Int(Double(done) / seconds)) a second" : ""
        let line = "\(title): \(done) of \(total) images (\(done * 100 / total) %\(rate))"
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K\(line)\(done == total ? "\n" : "")" : line + "\n").utf8))
    }
}
