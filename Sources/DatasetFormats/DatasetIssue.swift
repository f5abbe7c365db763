package import Detection

/// One fault in a dataset that could be read around.
package struct DatasetIssue: Sendable, Hashable, Codable, CustomStringConvertible {
    package enum Severity: String, Sendable, Codable {
        /// Something was corrected.
        case warning
        /// Something was left out.
        case error
    }

    /// What a fault of a single image or object is about.
    package enum Subject: String, Sendable, Codable {
        case imageFile = "image_file"
        case category
        case box
    }

    package var file: String
    /// Counted from 1.
    package var line: Int?
    package var severity: Severity
    /// What was lost by it, where something was.
    package var loss: LossKind?
    package var message: String
    package var subject: Subject?
    /// The image's file name, and the box in pixels as its label says, where there are such.
    package var image: String?
    package var box: BoundingBox?

    package init(
        file: String, line: Int? = nil, severity: Severity, loss: LossKind? = nil, message: String, subject: Subject? = nil, image: String? = nil,
        box: BoundingBox? = nil
    ) {
        self.file = file
        self.line = line
        self.severity = severity
        self.loss = loss
        self.message = message
        self.subject = subject
        self.image = image
        self.box = box
    }

    package var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(severity.rawValue): \(message)" }
}

/// Why there is no dataset: where, what, and what to do about it.
package struct DatasetError: Error, Sendable, Hashable, CustomStringConvertible {
    package var file: String
    /// Both counted from 1.
    package var line: Int?
    package var column: Int?
    package var message: String

    package init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String {
        file + (line.map { ":\($0)" } ?? "") + (column.map { ":\($0)" } ?? "") + ": " + message
    }
}

/// The issues of a dataset, of which a bounded number is kept: a set of a million images may be wrong a million times.
package struct IssueLog: Sendable {
    /// As many as are kept.
    package static let limit = 10_000

    package private(set) var kept: [DatasetIssue] = []
    /// All issues, and those among them that left something out.
    package private(set) var count = 0
    package private(set) var errorCount = 0
    /// What was lost, with how often.
    package private(set) var losses: [LossKind: Int] = [:]

    package init() {}

    package mutating func add(_ issue: DatasetIssue, times: Int = 1) {
        count += 1
        if issue.severity == .error { errorCount += 1 }
        if let loss = issue.loss { losses[loss, default: 0] += times }
        if kept.count < Self.limit { kept.append(issue) }
    }

    /// The issues kept, and a last one that tells how many there are beyond.
    package var all: [DatasetIssue] {
        guard count > kept.count, let last = kept.last else { return kept }
        return kept + [DatasetIssue(file: last.file, severity: .warning, message: "there are \(count - kept.count) more issues, which were not kept")]
    }
}
