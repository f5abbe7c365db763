/// Label files that list many images, one file for each split, written as the images come.
struct ListFiles {
    private final class Part {
        let file: OutputFile
        var count = 0

        init(path: String) throws(DatasetError) {
            file = try OutputFile(path: path)
        }
    }

    private let path: (String) -> String
    private let head: OutputText
    private let separator: String
    private let tail: String
    private var parts: [String: Part] = [:]

    /// - Parameters:
    ///   - path: where the file of a split goes; "default" is the set that is not divided.
    ///   - head: what stands before the first record, `tail` after the last, `separator` between two.
    init(head: OutputText = OutputText(), separator: String = "", tail: String = "", path: @escaping (String) -> String) {
        self.path = path
        self.head = head
        self.separator = separator
        self.tail = tail
    }

    var splits: [String] { parts.keys.sorted() }

    mutating func append(_ record: OutputText, split: String?) throws(DatasetError) {
        let part = try part(SplitName.fileName(split))
        if part.count > 0 { try part.file.append(OutputText(separator)) }
        part.count += 1
        try part.file.append(record)
    }

    private mutating func part(_ name: String) throws(DatasetError) -> Part {
        if let part = parts[name] { return part }
        let part = try Part(path: path(name))
        parts[name] = part
        try part.file.append(head)
        return part
    }

    /// A set without images is a file all the same.
    mutating func finish() throws(DatasetError) {
        if parts.isEmpty { _ = try part("default") }
        for part in parts.values {
            try part.file.append(OutputText(tail))
            try part.file.finish()
        }
    }
}
