import Foundation
package import Resources

/// One reading of a document: what was found wrong, and what has to be uploaded or created first.
package struct Reading {
    package let document: YAMLDocument
    package let workspace: WorkspaceID
    package var problems: [Problem] = []
    /// See `Draft.unmet`.
    package var unmet: [Problem] = []
    package var uploads: [LocalUpload] = []
    package var inlineAssets: [InlineAsset] = []
    /// Name, version and parent as found.
    package var name: String?
    package var version: String?
    package var parent: String?
    /// Files on the way to this document, against components that include each other.
    package var includedFrom: [String] = []

    package init(_ document: YAMLDocument, workspace: WorkspaceID, includedFrom: [String] = []) {
        self.document = document
        self.workspace = workspace
        self.includedFrom = includedFrom
    }

    package mutating func refuse(_ node: YAMLNode, _ message: String, _ place: Place, code: Problem.Code = .invalidInput) {
        problems.append(Problem(code, message, target: place.target, location: node.location))
    }

    /// Notes what keeps a good document from being sent.
    package mutating func require(_ node: YAMLNode, _ message: String, _ place: Place) {
        unmet.append(Problem(.invalidInput, message, target: place.target, location: node.location))
    }

    /// Takes over what a reading of a part found.
    mutating func join(_ inner: Reading) {
        problems += inner.problems
        unmet += inner.unmet
    }

    /// "'epochs' must be a whole number, found 'many'".
    package mutating func mismatch(_ node: YAMLNode, _ place: Place, must requirement: String) {
        refuse(node, "'\(place.target)' must be \(requirement), found \(node.described)", place)
    }

    /// The ARM id of a reference to a versioned asset; `@latest` and registries stay as written for the server.
    package mutating func asset(_ node: YAMLNode, kind: String, title: String, _ place: Place) -> JSON? {
        guard let text = node.text else {
            mismatch(node, place, must: "\(title.withArticle), written azureml:NAME:VERSION or azureml:NAME@latest")
            return nil
        }
        switch AssetReference(text) {
        case .versioned(let name, let version) where !text.hasPrefix("azureml://"):
            return .string(ResourceID(workspace: workspace, kind: kind, name: name, version: version).path)
        case .versioned, .registry: return .string(text)
        case .labelled(let name, let label) where !name.isEmpty && !label.isEmpty: return .string(text)
        case .bare(let name) where !name.isEmpty: return .string("azureml:\(name)@latest")
        case .resource(let id): return .string(id.path)
        case .local where !text.contains("/") && text.contains(":"):
            refuse(node, "'\(place.target)': '\(text)' does not name \(title.withArticle); did you mean 'azureml:\(text)'?", place)
        default:
            refuse(
                node, "'\(place.target)': '\(text)' does not name \(title.withArticle); write azureml:NAME:VERSION or azureml:NAME@latest",
                place)
        }
        return nil
    }

    /// The ARM id of a reference to a resource without versions.
    package mutating func named(_ node: YAMLNode, kind: String, title: String, words: [String], _ place: Place) -> JSON? {
        guard let text = node.text else {
            mismatch(node, place, must: "\(title.withArticle), written azureml:NAME")
            return nil
        }
        switch AssetReference(text) {
        case .resource(let id): return .string(id.path)
        case .bare(let name) where ResourceName.isValidAsset(name): return id(name)
        case .local(let name) where words.contains(name): return .string(name)
        case .local(let name) where ResourceName.isValidAsset(name): return id(name)
        default:
            require(node, "'\(place.target)': '\(text)' does not name \(title.withArticle); write azureml:NAME", place)
            return .string(text)
        }
        func id(_ name: String) -> JSON { .string(ResourceID(workspace: workspace, kind: kind, name: name).path) }
    }

    /// A local path, which must exist and is noted for upload, or a URI, which stays as it is.
    package mutating func path(_ node: YAMLNode, purpose: LocalUpload.Purpose, _ place: Place) -> JSON? {
        guard let text = node.text, !text.isEmpty else {
            mismatch(node, place, must: "a path on this machine or a URI")
            return nil
        }
        switch AssetReference(text) {
        case .local: break
        case .versioned(let name, let version) where !text.hasPrefix("azureml://"):
            let kind =
                switch purpose {
                case .code: "codes"
                case .model: "models"
                case .data, .buildContext: "data"
                }
            return .string(ResourceID(workspace: workspace, kind: kind, name: name, version: version).path)
        case .web(let uri) where uri.hasPrefix("file://"):
            return local(String(uri.dropFirst("file://".count)), node, purpose: purpose, place)
        case .web(let uri) where uri.hasPrefix("azureml:"):
            refuse(
                node,
                "'\(place.target)': '\(text)' is not a URI that Azure ML knows; write azureml://datastores/NAME/paths/PATH or "
                    + "azureml://jobs/NAME/outputs/NAME/paths/PATH", place)
            return nil
        default: return .string(text)
        }
        return local(text, node, purpose: purpose, place)
    }

    private mutating func local(_ text: String, _ node: YAMLNode, purpose: LocalUpload.Purpose, _ place: Place) -> JSON? {
        let path = resolved(text)
        if FileManager.default.fileExists(atPath: path) {
            uploads.append(LocalUpload(purpose: purpose, path: path, pointer: place.pointer))
        } else {
            require(node, missing(text, path, place), place)
        }
        return .string(path)
    }

    /// The absolute path of an existing file or folder, seen from the document's folder.
    package mutating func existing(_ text: String, _ node: YAMLNode, _ place: Place) -> String? {
        let path = resolved(text)
        guard FileManager.default.fileExists(atPath: path) else {
            refuse(node, missing(text, path, place), place)
            return nil
        }
        return path
    }

    private func missing(_ text: String, _ path: String, _ place: Place) -> String {
        "'\(place.target)': there is no file or folder '\(text)' (looked for \(path)); correct the path"
    }

    package func resolved(_ text: String) -> String {
        let expanded = text.hasPrefix("~/") ? NSHomeDirectory() + text.dropFirst(1) : text
        return URL(fileURLWithPath: expanded, relativeTo: URL(fileURLWithPath: document.directory, isDirectory: true))
            .standardizedFileURL.path
    }

    /// The draft that this reading found, or all its problems in the order of the text.
    package func draft(_ body: JSON) throws(Problem) -> Draft {
        guard problems.isEmpty else {
            // Whoever has to mend the document wants to know all of it.
            throw Problem.joining((problems + unmet).inOrderOfText, about: document.file.map { "'\($0)'" } ?? "the document")
        }
        return Draft(name: name, version: version, parent: parent, body: body, uploads: uploads, inlineAssets: inlineAssets, unmet: unmet)
    }
}

extension [Problem] {
    var inOrderOfText: [Problem] {
        sorted {
            ($0.location?.file ?? "", $0.location?.line ?? 0, $0.location?.column ?? 0)
                < ($1.location?.file ?? "", $1.location?.line ?? 0, $1.location?.column ?? 0)
        }
    }
}

extension String {
    fileprivate var withArticle: String { (first.map { "aeiou".contains($0) } == true ? "an " : "a ") + self }
}

extension JSON {
    /// The value reached by `path`; setting makes the objects on the way.
    package subscript(path path: some Collection<String>) -> JSON? {
        get {
            guard let first = path.first else { return self }
            return self[first]?[path: Array(path.dropFirst())]
        }
        set {
            guard let first = path.first else {
                self = newValue ?? .null
                return
            }
            if path.count == 1 {
                self[first] = newValue
            } else if newValue != nil || self[first] != nil {
                var inner = self[first] ?? [:]
                inner[path: Array(path.dropFirst())] = newValue
                self[first] = inner
            }
        }
    }
}

/// The known word nearest to a misspelt one, if any is near enough to be meant.
package func nearestWord(to word: String, among known: [String]) -> String? {
    func distance(_ a: [Character], _ b: [Character]) -> Int {
        var previous = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var current = [i + 1]
            for (j, y) in b.enumerated() {
                current.append(min(previous[j] + (x == y ? 0 : 1), previous[j + 1] + 1, current[j] + 1))
            }
            previous = current
        }
        return previous[b.count]
    }
    guard 3...64 ~= word.count else { return nil }
    let best = known.map { ($0, distance(Array(word.lowercased()), Array($0.lowercased()))) }.min { $0.1 < $1.1 }
    guard let best, best.1 <= max(1, word.count / 3) else { return nil }
    return best.0
}
