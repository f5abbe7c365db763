package import Resources

/// A kind that people write as YAML and read as YAML-shaped JSON (snake_case, Azure CLI v2).
package protocol YAMLKind: ResourceKind {
    /// Turns a document into what has to be sent; refuses what Azure's loaders refuse. All problems come at once, each
    /// with file, line and column.
    static func draft(from document: YAMLDocument, workspace: WorkspaceID) throws(Problem) -> Draft
    /// The face that `show`, `list` and `create` print: the document's keys in snake_case plus what the server added.
    /// `arm` is the whole ARM resource as a reply carries it.
    static func face(of arm: JSON) -> JSON
    /// JSON schema (draft 2020-12) of the document, for editors.
    static var schema: JSON { get }
}

/// What a document asks for, ready to be sent: an ARM body whose local files still wait for their upload and whose
/// inline assets still wait for their creation.
package struct Draft: Sendable {
    /// As written; `nil` lets the client choose (a generated name, the next version).
    package var name: String?
    package var version: String?
    /// The endpoint of a deployment.
    package var parent: String?
    /// The ARM body: envelope members and `properties`.
    package var body: JSON
    package var uploads: [LocalUpload]
    package var inlineAssets: [InlineAsset]
    /// What Azure's loaders let pass and its service would refuse: missing local files, placeholders left in names. The
    /// document is good, but not ready to be sent.
    package var unmet: [Problem]

    package init(
        name: String? = nil, version: String? = nil, parent: String? = nil, body: JSON = [:], uploads: [LocalUpload] = [],
        inlineAssets: [InlineAsset] = [], unmet: [Problem] = []
    ) {
        self.name = name
        self.version = version
        self.parent = parent
        self.body = body
        self.uploads = uploads
        self.inlineAssets = inlineAssets
        self.unmet = unmet
    }
}

extension YAMLKind {
    /// The schema as the files in `schemas/` have it.
    package static var schemaText: String { schema.text(pretty: true, sortedKeys: true) + "\n" }

    /// A draft with nothing unmet: what is sent to a server.
    package static func readyDraft(from document: YAMLDocument, workspace: WorkspaceID) throws(Problem) -> Draft {
        let draft = try draft(from: document, workspace: workspace)
        guard draft.unmet.isEmpty else {
            throw Problem.joining(draft.unmet.inOrderOfText, about: document.file.map { "'\($0)'" } ?? "the document")
        }
        return draft
    }
}

/// A file or folder on the client's machine that must reach the server before the draft is sent.
package struct LocalUpload: Sendable, Hashable {
    /// What the upload becomes: a code asset (its ARM id replaces the pointer), or a place in the default datastore
    /// (its `azureml://datastores/…` URI replaces the pointer).
    package enum Purpose: String, Sendable {
        case code, data, model, buildContext
    }

    package var purpose: Purpose
    /// Absolute path on this machine; exists.
    package var path: String
    /// Where the resulting reference goes in `Draft.body`, as keys from the top: `["properties", "codeId"]`.
    package var pointer: [String]

    package init(purpose: Purpose, path: String, pointer: [String]) {
        self.purpose = purpose
        self.path = path
        self.pointer = pointer
    }
}

/// An asset written inside another document (an environment in a job, a component in a pipeline, a data path as an
/// input): created first, its ARM id then goes to `pointer`.
package struct InlineAsset: Sendable {
    /// ARM path of the kind: `environments`, `components`, `data`.
    package var kind: String
    package var draft: Draft
    package var pointer: [String]

    package init(kind: String, draft: Draft, pointer: [String]) {
        self.kind = kind
        self.draft = draft
        self.pointer = pointer
    }
}
