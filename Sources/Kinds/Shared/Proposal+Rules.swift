import Resources

/// What is wrong with a proposal, collected so that a caller learns all of it at once.
struct Findings {
    private(set) var problems: [Problem] = []

    mutating func add(_ message: String, target: String, code: Problem.Code = .invalidInput) {
        problems.append(Problem(code, message, target: target))
    }

    /// Runs `body` and keeps the problem it throws.
    mutating func collect<T>(_ body: () throws(Problem) -> T) -> T? {
        do {
            return try body()
        } catch {
            problems.append(error)
            return nil
        }
    }

    func throwIfAny(about subject: String) throws(Problem) {
        guard problems.isEmpty else { throw Problem.joining(problems, about: subject) }
    }
}

extension Proposal {
    /// Members that clients echo back and only the server writes.
    mutating func stripReadOnly(_ keys: String...) {
        for key in ["provisioningState", "provisioningErrors", "systemData"] + keys { properties[key] = nil }
        for key in ["id", "name", "type", "systemData"] { envelope[key] = nil }
        if let object = properties.objectValue {
            properties = .object(JSONObject(object.filter { !$0.value.isNull }.map { ($0.key, $0.value) }))
        }
    }

    func checkName(_ rule: TextRule, _ title: String, _ findings: inout Findings) {
        if let fault = rule.fault(in: id.name) { findings.add("the \(title) name '\(id.name)' \(fault)", target: "name") }
        if let version = id.version, let fault = TextRule.version.fault(in: version) {
            findings.add("the version '\(version)' \(fault)", target: "version")
        }
    }

    /// A version of an asset keeps its content for ever: `keys` that a put leaves out are taken from the stored version,
    /// and those it changes are a conflict.
    mutating func keepContent(_ keys: [String], title: String) throws(Problem) {
        guard let stored = existing?.properties else { return }
        for key in keys {
            guard let value = properties[key] else {
                properties[key] = stored[key]
                continue
            }
            guard value == stored[key] else {
                throw Problem(
                    .conflict,
                    "\(title) '\(id)' exists and its '\(key)' cannot change; create a new version (leave the version out to count up)",
                    target: key)
            }
        }
    }

    /// Labels and facts are texts on the wire; numbers and booleans become texts.
    mutating func textify(_ keys: String...) {
        for key in keys {
            guard let object = properties[key]?.objectValue else { continue }
            properties[key] = .object(
                JSONObject(object.map { ($0.key, $0.value.literalText.map { .string($0) } ?? .string($0.value.text())) }))
        }
    }

    /// Fills in what every asset has.
    mutating func completeAsset() {
        textify("tags", "properties")
        if properties["isArchived"] == nil { properties["isArchived"] = .bool(existing?.isArchived ?? false) }
        if properties["isAnonymous"] == nil { properties["isAnonymous"] = false }
    }

    /// Replaces the reference at `key` by the ARM id of an existing version; absent stays absent.
    mutating func resolveAsset(_ key: String..., kind: String, title: String, _ findings: inout Findings) {
        resolveAsset(key, kind: kind, title: title, &findings)
    }

    mutating func resolveAsset(_ key: [String], kind: String, title: String, _ findings: inout Findings) {
        guard let text = properties[path: key]?.stringValue else { return }
        let target = key.joined(separator: ".")
        let found = findings.collect { () throws(Problem) in
            try lookup.resolveAsset(text, kind: kind, title: title, workspace: id.workspace, target: target)
        }
        if let found { properties[path: key] = .string(found.path) }
    }

    /// Replaces the reference to a compute by its ARM id. `local` and `serverless` are this machine without a queue of
    /// its own and need no resource.
    func compute(_ text: String, target: String) throws(Problem) -> String {
        let home = ResourceID(workspace: id.workspace, kind: "computes", name: "local")
        if ["local", "serverless"].contains(text) { return home.path }
        if let id = ResourceID(path: text), id.kind.lowercased() == "computes", ["local", "serverless"].contains(id.name) {
            return home.path
        }
        if case .bare(let name) = AssetReference(text), ["local", "serverless"].contains(name) { return home.path }
        return try lookup.resolveNamed(text, kind: "computes", title: "compute", workspace: id.workspace, target: target).path
    }

    mutating func resolveCompute(_ key: String, default: String? = nil, _ findings: inout Findings) {
        guard let text = properties[key]?.stringValue ?? `default` else { return }
        let found = findings.collect { () throws(Problem) in try compute(text, target: key) }
        if let found { properties[key] = .string(found) }
    }
}

extension JSON {
    /// The resources named by ARM ids among these texts.
    static func ids(_ texts: JSON?...) -> [ResourceID] {
        texts.compactMap { $0?.stringValue.flatMap { ResourceID(path: $0) } }
    }

    /// `self` with members that are absent or null taken from `defaults`.
    func filling(_ defaults: JSON) -> JSON {
        var result = self
        for (key, value) in defaults.objectValue ?? [:] where result[key].map(\.isNull) ?? true { result[key] = value }
        return result
    }
}
