/// Reads the XML that annotation tools write: elements, text, CDATA and the predefined entities. Attributes, comments,
/// processing instructions and the document type are passed over, and entities of one's own are refused.
///
/// Ours because FoundationXML's `XMLParser` (Swift 6.3, Linux) stops the process on some malformed files.
struct XMLScanner {
    private let file: String
    private let bytes: [UInt8]
    private var position = 0
    private var countedTo = 0
    private var countedLine = 1

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The line being read, from 1.
    mutating func line() -> Int {
        let end = min(position, bytes.count)
        for index in countedTo..<max(countedTo, end) where bytes[index] == UInt8(ascii: "\n") { countedLine += 1 }
        countedTo = max(countedTo, end)
        return countedLine
    }

    private mutating func failure(_ message: String) -> DatasetError {
        let lineStart = bytes[..<min(position, bytes.count)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return DatasetError(file: file, line: line(), column: position - lineStart + 1, message: "broken XML: " + message)
    }

    /// Calls `body` at the end of each element with the names from the outermost element to this one, its own text and the line
    /// it began on. `began` is called at its start.
    mutating func elements(
        began: ([String]) -> Void, ended: (_ path: [String], _ text: String, _ line: Int) -> Void
    ) throws(DatasetError) {
        var open: [(name: String, text: [UInt8], line: Int)] = []
        var hasRoot = false
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") {
                let character = try self.character()
                if !open.isEmpty {
                    open[open.count - 1].text += character
                } else if !character.allSatisfy({ $0 <= 0x20 }) {
                    throw failure("there is text outside the outermost element")
                }
            } else if skip("<!--") {
                try skipPast("-->")
            } else if skip("<![CDATA[") {
                let start = position
                try skipPast("]]>")
                if !open.isEmpty { open[open.count - 1].text += bytes[start..<position - 3] }
            } else if skip("<?") {
                try skipPast("?>")
            } else if skip("<!") {
                try skipDeclaration()
            } else if skip("</") {
                let name = name()
                guard let last = open.last, last.name == name else {
                    throw failure("</\(name)> closes nothing\(open.last.map { "; <\($0.name)> of line \($0.line) is open" } ?? "")")
                }
                try skipPast(">")
                close(&open, ended)
            } else {
                guard open.count < 64 else { throw failure("elements are nested deeper than 64 levels") }
                guard !open.isEmpty || !hasRoot else { throw failure("there is a second outermost element") }
                hasRoot = true
                let line = line()
                position += 1
                let name = name()
                guard !name.isEmpty else { throw failure("\"<\" must be followed by a name") }
                open.append((name, [], line))
                began(open.map(\.name))
                if try skipAttributes() { close(&open, ended) }
            }
        }
        if let last = open.last { throw failure("the file ends before <\(last.name)> of line \(last.line) is closed") }
        if !hasRoot { throw failure("there is no element") }
    }

    private func close(_ open: inout [(name: String, text: [UInt8], line: Int)], _ ended: ([String], String, Int) -> Void) {
        let path = open.map(\.name)
        let last = open.removeLast()
        let text = String(decoding: last.text, as: UTF8.self)
        ended(path, text.trimmingWhiteSpace(), last.line)
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        let found = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        if found { position += word.utf8CodeUnitCount }
        return found
    }

    private mutating func skipPast(_ word: StaticString) throws(DatasetError) {
        while position < bytes.count {
            if skip(word) { return }
            position += 1
        }
        throw failure("the file ends where \"\(word)\" should be")
    }

    /// Up to the closing `>` of `<!DOCTYPE …>`, which may hold declarations of its own.
    private mutating func skipDeclaration() throws(DatasetError) {
        var depth = 1
        while position < bytes.count, depth > 0 {
            if bytes[position] == UInt8(ascii: "<") { depth += 1 }
            if bytes[position] == UInt8(ascii: ">") { depth -= 1 }
            position += 1
        }
        if depth > 0 { throw failure("a declaration is not closed") }
    }

    private mutating func name() -> String {
        let start = position
        let ends = Array(" \t\r\n/>=<".utf8)
        while position < bytes.count, !ends.contains(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// To the end of a start tag; whether it closes its element at once (`<a/>`).
    private mutating func skipAttributes() throws(DatasetError) -> Bool {
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "<") {
                break
            } else if byte == UInt8(ascii: ">") {
                return bytes[position - 2] == UInt8(ascii: "/")
            }
        }
        throw failure("a tag is not closed with \">\"")
    }

    /// One byte of text, or what an entity stands for.
    private mutating func character() throws(DatasetError) -> [UInt8] {
        guard bytes[position] == UInt8(ascii: "&") else {
            position += 1
            return [bytes[position - 1]]
        }
        guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw failure("\"&\" must be written &amp;")
        }
        let entity = String(decoding: bytes[position + 1..<end], as: UTF8.self)
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
