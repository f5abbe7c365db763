/// Reads the XML that annotation tools write: elements, attributes, text, CDATA and the predefined entities, one event after the
/// other. Comments, processing instructions and the document type are passed over, and entities of one's own are refused.
///
/// Ours because FoundationXML's `XMLParser` (Swift 6.3, Linux) stops the process on some malformed files.
struct XMLScanner {
    enum Event {
        /// An element begins; `path` ends with its name, and `attribute(_:)` answers for it.
        case began
        /// An element ends; `path` still ends with its name, and `text` is what stood in it.
        case ended
    }

    private struct Element {
        var text: [UInt8] = []
        var start: Int
    }

    let bytes: FileBytes
    /// Names of the open elements, outermost first.
    private(set) var path: [String] = []
    /// The place where the element of the last event begins.
    var elementStart: Int { open.last?.start ?? position }
    private(set) var position: Int
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private var open: [Element] = []
    private var tag = 0..<0
    private var hasRoot = false
    private var closesAtOnce = false
    private var popsFirst = false

    /// - Parameter offset: where an element begins, to read that one alone.
    init(_ bytes: FileBytes, at offset: Int = 0) {
        self.bytes = bytes
        base = bytes.base
        count = bytes.count
        position = min(max(offset, 0), bytes.count)
        if offset == 0, count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { position = 3 }
    }

    func failure(_ message: String) -> DatasetError {
        DatasetError(
            file: bytes.path, line: bytes.line(at: position), column: bytes.column(at: position), message: "broken XML: " + message)
    }

    /// The own text of the element that ended, without white space around it.
    var text: String { String(decoding: open.last?.text ?? [], as: UTF8.self).trimmingWhiteSpace() }

    /// The next beginning or end of an element; nil after the outermost one has ended and, unless only one element is read, the file
    /// with it.
    mutating func next(toEndOfFile: Bool = true) throws(DatasetError) -> Event? {
        if popsFirst {
            open.removeLast()
            path.removeLast()
            popsFirst = false
            if path.isEmpty, !toEndOfFile { return nil }
        }
        if closesAtOnce {
            closesAtOnce = false
            popsFirst = true
            return .ended
        }
        while position < count {
            if base[position] != UInt8(ascii: "<") {
                try takeText()
            } else if skip("<!--") {
                try skipPast("-->")
            } else if skip("<![CDATA[") {
                let start = position
                try skipPast("]]>")
                if !open.isEmpty { open[open.count - 1].text += UnsafeBufferPointer(start: base + start, count: position - 3 - start) }
            } else if skip("<?") {
                try skipPast("?>")
            } else if skip("<!") {
                try skipDeclaration()
            } else if skip("</") {
                let name = name()
                guard let last = path.last, last == name else { throw closesNothing(name) }
                try skipPast(">")
                popsFirst = true
                return .ended
            } else {
                try begin()
                return .began
            }
        }
        if let last = path.last { throw failure("the file ends before <\(last)> of line \(bytes.line(at: elementStart)) is closed") }
        if !hasRoot { throw failure("there is no element") }
        return nil
    }

    private func closesNothing(_ name: String) -> DatasetError {
        failure("</\(name)> closes nothing\(path.last.map { "; <\($0)> of line \(bytes.line(at: elementStart)) is open" } ?? "")")
    }

    private mutating func begin() throws(DatasetError) {
        guard open.count < 64 else { throw failure("elements are nested deeper than 64 levels") }
        guard !open.isEmpty || !hasRoot else { throw failure("there is a second outermost element") }
        hasRoot = true
        let start = position
        position += 1
        let name = name()
        guard !name.isEmpty else { throw failure("\"<\" must be followed by a name") }
        path.append(name)
        open.append(Element(start: start))
        let attributes = position
        closesAtOnce = try skipAttributes()
        tag = attributes..<position - (closesAtOnce ? 2 : 1)
    }

    private mutating func takeText() throws(DatasetError) {
        let start = position
        var isBlank = true
        while position < count, base[position] != UInt8(ascii: "<"), base[position] != UInt8(ascii: "&") {
            if base[position] > 0x20 { isBlank = false }
            position += 1
        }
        let isEntity = position < count && base[position] == UInt8(ascii: "&")
        if open.isEmpty {
            if !isBlank || isEntity { throw failure("there is text outside the outermost element") }
            return
        }
        let last = open.count - 1
        // The indentation between elements is nobody's text.
        if !isBlank || !open[last].text.isEmpty { open[last].text += UnsafeBufferPointer(start: base + start, count: position - start) }
        if isEntity {
            let stands = try entity(before: count)
            open[last].text += stands
        }
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard position + length <= count else { return false }
        for index in 0..<length where word.utf8Start[index] != base[position + index] { return false }
        position += length
        return true
    }

    private mutating func skipPast(_ word: StaticString) throws(DatasetError) {
        while position < count {
            if skip(word) { return }
            position += 1
        }
        throw failure("the file ends where \"\(word)\" should be")
    }

    /// Up to the closing `>` of `<!DOCTYPE …>`, which may hold declarations of its own.
    private mutating func skipDeclaration() throws(DatasetError) {
        var depth = 1
        while position < count, depth > 0 {
            if base[position] == UInt8(ascii: "<") { depth += 1 }
            if base[position] == UInt8(ascii: ">") { depth -= 1 }
            position += 1
        }
        if depth > 0 { throw failure("a declaration is not closed") }
    }

    private mutating func name() -> String {
        let start = position
        while position < count, base[position] > 0x20, !Self.endsName(base[position]) { position += 1 }
        return String(decoding: UnsafeBufferPointer(start: base + start, count: position - start), as: UTF8.self)
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "<")
    }

    /// To the end of a start tag; whether it closes its element at once (`<a/>`).
    private mutating func skipAttributes() throws(DatasetError) -> Bool {
        var quote: UInt8?
        while position < count {
            let byte = base[position]
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "<") {
                break
            } else if byte == UInt8(ascii: ">") {
                return base[position - 2] == UInt8(ascii: "/")
            }
        }
        throw failure("a tag is not closed with \">\"")
    }

    /// An attribute of the element that began last; nil when it has none of that name.
    mutating func attribute(_ wanted: String) throws(DatasetError) -> String? {
        let end = position
        defer { position = end }
        position = tag.lowerBound
        while position < tag.upperBound {
            if base[position] <= 0x20 || Self.endsName(base[position]) { position += 1; continue }
            let name = name()
            while position < tag.upperBound, base[position] <= 0x20 || base[position] == UInt8(ascii: "=") { position += 1 }
            guard position < tag.upperBound, base[position] == UInt8(ascii: "\"") || base[position] == UInt8(ascii: "'") else { continue }
            let quote = base[position]
            position += 1
            var value: [UInt8] = []
            while position < tag.upperBound, base[position] != quote {
                if name != wanted {
                    position += 1
                } else if base[position] == UInt8(ascii: "&") {
                    value += try entity(before: tag.upperBound)
                } else {
                    value.append(base[position])
                    position += 1
                }
            }
            position += 1
            if name == wanted { return String(decoding: value, as: UTF8.self) }
        }
        return nil
    }

    /// What the entity at the position stands for.
    private mutating func entity(before limit: Int) throws(DatasetError) -> [UInt8] {
        guard let end = (position..<min(position + 12, limit)).first(where: { base[$0] == UInt8(ascii: ";") }) else {
            throw failure("\"&\" must be written &amp;")
        }
        let entity = bytes.text(from: position + 1, to: end)
        let plain = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"][entity] ?? Self.reference(entity)
        guard let plain else { throw failure("the entity &\(entity); is not known") }
        position = end + 1
        return Array(plain.utf8)
    }

    /// `#233` or `#xE9`.
    private static func reference(_ entity: String) -> String? {
        guard entity.hasPrefix("#") else { return nil }
        let code = entity.hasPrefix("#x") ? UInt32(entity.dropFirst(2), radix: 16) : UInt32(entity.dropFirst())
        return code.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    func trimmingWhiteSpace() -> String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
