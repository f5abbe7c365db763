package import Detection

/// One way of keeping labelled images on disk. A format is a folder here with three files: the format (how to tell it by
/// looking), its reader and its writer.
package protocol DatasetFormat: SendableMetatype {
    /// As in `--format`, for example `coco`.
    static var name: String { get }
    /// As people say it, for example "Pascal VOC".
    static var title: String { get }

    /// What at `path` (a folder or a file) speaks for this format, in a few words; nil when nothing does.
    static func detect(at path: String) -> String?

    /// Reads everything at `path`.
    ///
    /// Whatever can be read is read: faults of single boxes, labels and images become issues. Only what leaves no dataset at
    /// all is thrown.
    /// - Parameter images: the folder the file names are relative to; nil to look for it beside the labels.
    static func read(at path: String, images: String?) throws(DatasetError) -> ImportedDataset

    /// Writes the labels into `folder` (made when missing) in the format's usual layout, and with `images` the image files
    /// from that folder too, as hard links where the file system allows, else as copies.
    static func write(_ dataset: LabelledDataset, images: String?, to folder: String) throws(DatasetError)
}

/// A dataset as read from disk, with all that was wrong with it.
package struct ImportedDataset: Sendable, Hashable {
    /// The format's name.
    package var format: String
    package var dataset: LabelledDataset
    /// The folder that `LabelledImage.fileName` is relative to.
    package var imageRoot: String
    package var issues: [DatasetIssue]

    package init(format: String, dataset: LabelledDataset, imageRoot: String, issues: [DatasetIssue]) {
        self.format = format
        self.dataset = dataset
        self.imageRoot = imageRoot
        self.issues = issues
    }
}

/// One fault in a dataset that could be read around.
package struct DatasetIssue: Sendable, Hashable, Codable, CustomStringConvertible {
    package enum Severity: String, Sendable, Codable {
        /// Something was corrected.
        case warning
        /// Something was left out.
        case error
    }

    package var file: String
    /// Counted from 1.
    package var line: Int?
    package var severity: Severity
    package var message: String

    package init(file: String, line: Int? = nil, severity: Severity, message: String) {
        self.file = file
        self.line = line
        self.severity = severity
        self.message = message
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
