/// Records in a few JSON files that hold many images each: known by their places, parsed when asked for.
struct JSONRecords: RecordSource {
    struct File {
        let bytes: FileBytes
        var split: String?
        /// In front of the names of its images.
        var folder = ""
    }

    typealias Parser = (inout JSONScanner) throws(DatasetError) -> ImageRecord

    var categories: [String] = []
    var listsEveryCategory = false
    var imageRoot = ""
    var issues: [DatasetIssue] = []
    /// Whether each record is a line of its own, so that a broken one costs no other.
    var isLines = false
    private var files: [File] = []
    private var places: [(file: Int32, offset: Int)] = []
    private let parse: Parser

    init(parse: @escaping Parser) {
        self.parse = parse
    }

    var count: Int { places.count }

    /// Starts with a file; places added next are in it.
    mutating func add(_ file: File) { files.append(file) }

    mutating func addPlace(_ offset: Int) { places.append((Int32(files.count - 1), offset)) }

    func record(at index: Int) throws(DatasetError) -> ImageRecord {
        let (number, offset) = places[index]
        let file = files[Int(number)]
        if index % 4096 == 4095 { file.bytes.releasePages() }
        var scanner = JSONScanner(file.bytes, at: offset, to: isLines ? file.bytes.endOfLine(from: offset) : .max)
        var record = try parse(&scanner)
        if isLines { try scanner.finish() }
        record.split = record.split ?? file.split
        if !file.folder.isEmpty { record.names = record.names.map { DatasetFolder.join(file.folder, DatasetFolder.contained($0)) } + record.names }
        return record
    }

    /// The names of the first images, to look for their folder.
    var firstNames: [[String]] { (0..<min(20, count)).compactMap { try? record(at: $0).names } }

    /// The files at `path` opened, each with the split that its name or its folder's stands for and its folder below `path`.
    static func open(_ files: [String], at path: String) throws(DatasetError) -> [File] {
        var opened: [File] = []
        for file in files {
            let folder = DatasetFolder.parent(of: file)
            let below = folder.utf8.count > path.utf8.count && folder.hasPrefix(path) ? String(folder.dropFirst(path.count).drop { $0 == "/" }) : ""
            let stem = DatasetFolder.withoutExtension(DatasetFolder.lastComponent(of: file))
            let split = SplitName.told(by: stem) ?? (below.isEmpty ? nil : SplitName.told(by: DatasetFolder.lastComponent(of: below)))
            opened.append(File(bytes: try FileBytes(path: file), split: split, folder: below))
        }
        return opened
    }
}
