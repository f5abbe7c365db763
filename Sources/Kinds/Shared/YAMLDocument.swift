import Foundation
package import Resources
import Yams

/// A YAML document as a person wrote it: every value knows its line and column, and relative paths know their folder.
/// Hostile input is bounded: size, nesting, and the number of values that aliases unfold to.
package struct YAMLDocument: Sendable {
    /// As given by the caller; appears in problems.
    package let file: String?
    /// Absolute; relative paths in the document start here.
    package let directory: String
    package private(set) var root: YAMLNode

    package static let maximumBytes = 4 << 20

    /// Reads the file at `path`.
    package init(contentsOfFile path: String) throws(Problem) {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Problem(.invalidInput, "cannot read '\(path)': \(Self.reason(error)); give the path of a YAML file", target: path)
        }
        guard bytes.count <= Self.maximumBytes else {
            throw Problem(.tooLarge, "'\(path)' is larger than 4 MiB; a YAML document of Azure ML is a few kilobytes", target: path)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.invalidInput, "'\(path)' is not UTF-8 text; save it as UTF-8", target: path)
        }
        try self.init(text: text, file: path, directory: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    /// Reads `text`; `file` is only named in problems, `directory` is the working folder unless given.
    package init(text: String, file: String? = nil, directory: String? = nil) throws(Problem) {
        self.file = file
        self.directory = directory ?? FileManager.default.currentDirectoryPath
        guard !AliasKeys.mayExist(in: text) else {
            throw Problem(
                .invalidInput, "a key must be plain text, not an alias or a collection", location: .init(file: file, line: 1, column: 1))
        }
        do {
            guard let node = try Parser(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text).singleRoot() else {
                throw Problem(.invalidInput, "the document is empty", location: .init(file: file, line: 1, column: 1))
            }
            var conversion = YAMLConversion(file: file)
            root = try conversion.convert(node, depth: 0)
        } catch let problem as Problem {
            throw problem
        } catch let error as YamlError {
            throw Problem(error, text: text, file: file)
        } catch {
            throw Problem(.invalidInput, "not valid YAML: \(error)", location: .init(file: file, line: 1, column: 1))
        }
        guard root.entries != nil else {
            throw Problem(.invalidInput, "the document must be a mapping of keys, found \(root.described)", location: root.location)
        }
    }

    /// A document made by the program, such as from command-line flags.
    package init(json: JSON, directory: String? = nil) {
        file = nil
        self.directory = directory ?? FileManager.default.currentDirectoryPath
        root = YAMLNode(json: json, at: .init(line: 1, column: 1))
    }

    private init(file: String?, directory: String, root: YAMLNode) {
        self.file = file
        self.directory = directory
        self.root = root
    }

    /// A document inside this one, with the same file and folder.
    package func part(_ node: YAMLNode) -> YAMLDocument {
        YAMLDocument(file: file, directory: directory, root: node)
    }

    func replacing(root: YAMLNode) -> YAMLDocument { part(root) }

    /// Changes one value, as `--set a.b[0].c=value` does. The value's type is inferred as in YAML (`[1, 2]` and
    /// `{a: 1}` too); missing mappings on the way are made.
    package mutating func set(_ path: String, to text: String) throws(Problem) {
        var value = try Self.inferred(text, path: path)
        value.location = .init(file: "--set \(path)", line: 1, column: 1)
        let steps = try Self.steps(of: path)
        try root.set(value, at: steps[...], path: path)
    }

    /// Removes one value; `false` when there is none.
    @discardableResult
    package mutating func remove(_ key: String) -> Bool {
        guard var entries = root.entries, let index = entries.firstIndex(where: { $0.key == key }) else { return false }
        entries.remove(at: index)
        root.content = .map(entries)
        return true
    }

    private static func inferred(_ text: String, path: String) throws(Problem) -> YAMLNode {
        let location = Problem.Location(file: "--set \(path)", line: 1, column: 1)
        let isFlow = (text.hasPrefix("[") && text.hasSuffix("]")) || (text.hasPrefix("{") && text.hasSuffix("}"))
        if isFlow, !AliasKeys.mayExist(in: text), let node = try? Parser(yaml: text).singleRoot() {
            var conversion = YAMLConversion(file: location.file)
            return try conversion.convert(node, depth: 0)
        }
        return YAMLNode(.scalar(text: text, value: YAMLNode.meaning(ofPlain: text)), at: location)
    }

    enum Step: Hashable {
        case key(String)
        case index(Int)
    }

    private static func steps(of path: String) throws(Problem) -> [Step] {
        var steps: [Step] = []
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            var rest = part
            let key = rest.prefix { $0 != "[" }
            rest = rest.dropFirst(key.count)
            if !key.isEmpty { steps.append(.key(String(key))) }
            while rest.hasPrefix("[") {
                guard let close = rest.firstIndex(of: "]"), let index = Int(rest[rest.index(after: rest.startIndex)..<close]), index >= 0
                else { throw Problem(.invalidInput, "'\(path)' is not a path; write --set a.b[0].c=value") }
                steps.append(.index(index))
                rest = rest[rest.index(after: close)...]
            }
            guard rest.isEmpty, !part.isEmpty else {
                throw Problem(.invalidInput, "'\(path)' is not a path; write --set a.b[0].c=value")
            }
        }
        return steps
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        switch CocoaError.Code(rawValue: error.code) {
        case .fileReadNoSuchFile, .fileNoSuchFile: return "there is no such file"
        case .fileReadNoPermission: return "permission denied"
        default: return error.localizedDescription
        }
    }
}

extension YAMLNode {
    /// A node for JSON that a program made.
    package init(json: JSON, at location: Problem.Location) {
        switch json {
        case .object(let object):
            let entries = object.map { Entry(key: $0.key, keyLocation: location, value: YAMLNode(json: $0.value, at: location)) }
            self.init(.map(entries), at: location)
        case .array(let elements): self.init(.list(elements.map { YAMLNode(json: $0, at: location) }), at: location)
        default: self.init(.scalar(text: json.literalText ?? "", value: json), at: location)
        }
    }

    fileprivate mutating func set(_ value: YAMLNode, at steps: ArraySlice<YAMLDocument.Step>, path: String) throws(Problem) {
        guard let step = steps.first else {
            self = value
            return
        }
        switch step {
        case .key(let key):
            guard var entries = isNull ? [] : entries else {
                throw Problem(.invalidInput, "cannot set '\(path)': '\(key)' would be a key of \(described)", target: path)
            }
            if let index = entries.firstIndex(where: { $0.key == key }) {
                try entries[index].value.set(value, at: steps.dropFirst(), path: path)
            } else {
                var made = YAMLNode(.scalar(text: "", value: .null), at: value.location)
                try made.set(value, at: steps.dropFirst(), path: path)
                entries.append(Entry(key: key, keyLocation: value.location, value: made))
            }
            content = .map(entries)
        case .index(let index):
            guard var elements = isNull ? [] : elements, index <= elements.count else {
                throw Problem(.invalidInput, "cannot set '\(path)': there is no element [\(index)] in \(described)", target: path)
            }
            if index == elements.count { elements.append(YAMLNode(.scalar(text: "", value: .null), at: value.location)) }
            try elements[index].set(value, at: steps.dropFirst(), path: path)
            content = .list(elements)
        }
    }
}

/// Turns Yams' nodes into ours, with limits that hold for unfolded aliases too.
private struct YAMLConversion {
    let file: String?
    var count = 0
    static let maximumCount = 100_000
    static let maximumDepth = 64

    mutating func convert(_ node: Node, depth: Int) throws(Problem) -> YAMLNode {
        let location = Problem.Location(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        count += 1
        guard count <= Self.maximumCount else {
            throw Problem(
                .invalidInput, "the document unfolds to more than \(Self.maximumCount) values; remove some aliases", location: location)
        }
        guard depth <= Self.maximumDepth else {
            throw Problem(.invalidInput, "nested deeper than \(Self.maximumDepth) levels", location: location)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let value: JSON = isPlain ? YAMLNode.meaning(ofPlain: scalar.string) : .string(scalar.string)
            return YAMLNode(.scalar(text: scalar.string, value: value), at: location)
        case .sequence(let sequence):
            var elements: [YAMLNode] = []
            for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
            return YAMLNode(.list(elements), at: location)
        case .mapping(let mapping):
            return YAMLNode(.map(try entries(of: mapping, depth: depth)), at: location)
        case .alias:
            throw Problem(.invalidInput, "the alias names an anchor that does not exist", location: location)
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) throws(Problem) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var merged: [YAMLNode.Entry] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            let location = Problem.Location(file: file, line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
            guard let name = key.scalar?.string else {
                throw Problem(
                    .invalidInput, "a key must be plain text; if this is a placeholder such as {{name}}, put it in quotes or fill it in",
                    location: location)
            }
            let node = try convert(value, depth: depth + 1)
            if name == "<<" {
                for source in node.elements ?? [node] { merged += source.entries ?? [] }
            } else if seen.insert(name).inserted {
                entries.append(.init(key: name, keyLocation: location, value: node))
            } else {
                throw Problem(.invalidInput, "the key '\(name)' stands twice; keep one", target: name, location: location)
            }
        }
        for entry in merged where seen.insert(entry.key).inserted { entries.append(entry) }
        return entries
    }
}

extension Problem {
    fileprivate init(_ error: YamlError, text: String, file: String?) {
        func make(_ message: String, _ mark: Mark) -> Problem {
            let lines = text.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
            let line = mark.line - 1 < lines.count ? lines[max(0, mark.line - 1)] : ""
            let indentation = line.prefix { $0 == " " || $0 == "\t" }
            let advice =
                indentation.contains("\t")
                ? "; YAML does not allow tabs for indentation, use spaces"
                : line.contains("{{") && !line.contains("${{") ? "; fill in the placeholder {{...}} or put it in quotes" : ""
            return Problem(
                .invalidInput, "not valid YAML: \(message)\(advice)", location: .init(file: file, line: mark.line, column: mark.column))
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self = make((context.map { $0.text + ": " } ?? "") + problem, mark)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let key = duplicates.sorted().first ?? ""
            self = Problem(
                .invalidInput, "the key '\(key)' stands twice; keep one", target: key,
                location: Self.second(key, from: context.mark, in: text, file: file))
        default:
            self = Problem(.invalidInput, "not valid YAML: \(error)", location: .init(file: file, line: 1, column: 1))
        }
    }

    /// Yams tells where the mapping begins; people want the second of the two keys.
    private static func second(_ key: String, from mark: Mark, in text: String, file: String?) -> Location {
        var found = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where index + 1 >= mark.line {
            let indentation = line.prefix { $0 == " " || $0 == "-" }
            let rest = line.dropFirst(indentation.count)
            guard indentation.count + 1 == mark.column, rest.hasPrefix(key), rest.dropFirst(key.count).hasPrefix(":") else { continue }
            found += 1
            if found == 2 { return Location(file: file, line: index + 1, column: indentation.count + 1) }
        }
        return Location(file: file, line: mark.line, column: mark.column)
    }
}
