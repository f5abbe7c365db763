/// The class names of a YOLO dataset. Of YAML it reads the keys it needs, `names` (a list or a map, in block or flow form), `path`
/// and the splits: a YAML parser for these would be our largest dependency.
struct YOLONames {
    /// By class id; ids that a map leaves out are called `class_N`.
    private(set) var names: [String] = []
    /// The dataset's folder as `path` gives it.
    private(set) var datasetPath: String?
    /// Where the images of `train`, `val` and `test` are: folders or lists of files.
    private(set) var splits: [String: [String]] = [:]

    /// One name a line, as in `classes.txt` and `obj.names`; blank lines at the end do not count.
    init(lines text: String) {
        names = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { $0.trimmingWhiteSpace() }
        while names.last?.isEmpty == true { names.removeLast() }
        for index in names.indices where names[index].isEmpty { names[index] = "class_\(index)" }
    }

    init(yamlFile path: String) {
        // Files of more than a megabyte list images, not classes.
        let file = (try? FileBytes(path: path)).flatMap { $0.count < 1 << 20 ? $0 : nil }
        self.init(yaml: file?.text() ?? "")
    }

    init(yaml text: String) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { Self.withoutComment(String($0)) }
        var entries: [(id: Int, name: String)] = []
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("path:") {
                let value = Self.unquoted(line.dropFirst("path:".count))
                datasetPath = value.isEmpty ? nil : value
            }
            if let split = ["train", "val", "test"].first(where: { line.hasPrefix($0 + ":") }) {
                var paths: [(id: Int, name: String)] = []
                let value = line.dropFirst(split.count + 1).trimmingWhiteSpace()
                Self.collect(value, lines[(index + 1)...], into: &paths)
                splits[split] = paths.isEmpty ? [Self.unquoted(value)].filter { !$0.isEmpty } : paths.map(\.name)
            }
            guard line.hasPrefix("names:"), entries.isEmpty else { continue }
            Self.collect(line.dropFirst("names:".count).trimmingWhiteSpace(), lines[(index + 1)...], into: &entries)
        }
        // A crafted id must not make a list of billions.
        guard let last = entries.map(\.id).max(), last < 100_000 else { return }
        names = (0...last).map { "class_\($0)" }
        for entry in entries { names[entry.id] = entry.name }
    }

    /// The items of a list or map that begins with `value` and goes on in the lines below.
    private static func collect(_ value: String, _ below: ArraySlice<String>, into entries: inout [(id: Int, name: String)]) {
        if value.isEmpty {
            let block = below.prefix { $0.isEmpty || $0.first?.isWhitespace == true || $0.hasPrefix("-") }
            for item in block.map({ $0.trimmingWhiteSpace() }) where !item.isEmpty {
                add(item.hasPrefix("-") ? String(item.dropFirst()) : item, isListItem: item.hasPrefix("-"), to: &entries)
            }
        } else if let open = value.first, open == "[" || open == "{" {
            // A flow collection may go on over lines until its bracket closes.
            let flow = ([value] + below).joined(separator: " ").dropFirst()
            for item in flowItems(flow, until: open == "[" ? "]" : "}") { add(item, isListItem: open == "[", to: &entries) }
        }
    }

    private static func add(_ item: String, isListItem: Bool, to entries: inout [(id: Int, name: String)]) {
        if isListItem {
            entries.append((entries.count, unquoted(item)))
        } else if let colon = item.firstIndex(of: ":"), let id = Int(unquoted(item[..<colon])), id >= 0 {
            entries.append((id, unquoted(item[item.index(after: colon)...])))
        }
    }

    private static func flowItems(_ text: some StringProtocol, until close: Character) -> [String] {
        var items: [String] = []
        var item = ""
        var quote: Character?
        var isEscaped = false
        for character in text {
            if let open = quote {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\", open == "\"" {
                    isEscaped = true
                } else if character == open {
                    quote = nil
                }
                item.append(character)
            } else if character == close {
                break
            } else if character == "," {
                items.append(item)
                item = ""
            } else {
                if character == "\"" || character == "'" { quote = character }
                item.append(character)
            }
        }
        items.append(item)
        return items.map { $0.trimmingWhiteSpace() }.filter { !$0.isEmpty }
    }

    /// A `#` starts a comment at the line's start and after white space, but not inside quotes.
    private static func withoutComment(_ line: String) -> String {
        var quote: Character?
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open, previous != "\\" { quote = nil }
            } else if character == "#", previous.isWhitespace {
                return String(line[..<index])
            } else if character == "\"" || character == "'", !previous.isLetter {
                quote = character
            }
            previous = character
        }
        return line
    }

    private static func unquoted(_ text: some StringProtocol) -> String {
        let text = text.trimmingWhiteSpace()
        guard text.count >= 2, let open = text.first, open == "\"" || open == "'", text.last == open else { return text }
        let inner = text.dropFirst().dropLast()
        if open == "'" { return String(inner.split(separator: "''", omittingEmptySubsequences: false).joined(separator: "'")) }
        var result = ""
        var isEscaped = false
        for character in inner {
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else {
                result.append(isEscaped && character == "n" ? "\n" : isEscaped && character == "t" ? "\t" : character)
                isEscaped = false
            }
        }
        return result
    }
}
