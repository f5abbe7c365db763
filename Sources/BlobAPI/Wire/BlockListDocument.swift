internal import ControlPlane
internal import Resources

/// The body of Put Block List: `<BlockList><Latest>id</Latest>…</BlockList>`. Block ids are base64, so the document needs
/// none of XML's entities; whatever else XML offers is refused.
struct BlockListDocument {
    private(set) var blocks: [BlobBlock] = []

    init(parsing bytes: some Sequence<UInt8>) throws(Problem) {
        guard let text = String(validating: Array(bytes), as: UTF8.self) else { throw Self.problem("it is not UTF-8") }
        var rest = text.utf8[...]
        if rest.starts(with: "\u{FEFF}".utf8) { rest = rest.dropFirst(3) }
        Self.skipSpace(&rest)
        if rest.starts(with: "<?xml".utf8) {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw Self.problem("its declaration does not end") }
            rest = rest[rest.index(after: end)...]
        }
        guard let root = Self.tag(&rest), root == "BlockList" || root == "BlockList/" else {
            throw Self.problem("it does not begin with <BlockList>")
        }
        var isOpen = root == "BlockList"
        while isOpen {
            switch Self.tag(&rest) {
            case "/BlockList": isOpen = false
            case "Latest": try read("Latest", .latest, &rest)
            case "Committed": try read("Committed", .committed, &rest)
            case "Uncommitted": try read("Uncommitted", .uncommitted, &rest)
            case let other: throw Self.problem(other.map { "'<\($0)>' has no place in it" } ?? "it ends too early")
            }
        }
        Self.skipSpace(&rest)
        guard rest.isEmpty else { throw Self.problem("something follows </BlockList>") }
    }

    private mutating func read(_ name: String, _ source: BlobBlock.Source, _ rest: inout Substring.UTF8View) throws(Problem) {
        let id = String(decoding: rest.prefix { $0 != UInt8(ascii: "<") }, as: UTF8.self)
        rest = rest.dropFirst(id.utf8.count)
        guard Self.tag(&rest) == "/" + name else { throw Self.problem("<\(name)> is not closed") }
        blocks.append(BlobBlock(id: id.filter { !$0.isWhitespace }, source: source))
    }

    /// The inside of the next tag, without white space at its end.
    private static func tag(_ rest: inout Substring.UTF8View) -> String? {
        skipSpace(&rest)
        guard rest.first == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let name = String(decoding: rest[rest.index(after: rest.startIndex)..<end], as: UTF8.self)
        rest = rest[rest.index(after: end)...]
        return name.filter { !$0.isWhitespace }
    }

    private static func skipSpace(_ rest: inout Substring.UTF8View) {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    private static func problem(_ message: String) -> Problem {
        Problem(.invalidInput, "the block list cannot be read: \(message)", target: "xml")
    }
}
