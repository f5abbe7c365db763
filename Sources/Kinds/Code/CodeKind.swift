package import Resources

/// A snapshot of source code, made by clients when they submit a job.
package enum CodeAsset: ShapedKind {
    package static let noun = "code"
    package static let path = "codes"
    package static let title = "code"
    package static let isVersioned = true
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Version", "version"), KindColumn("Created", "creation_context.created_at"),
    ]
}

/// What engines read of a code asset.
package struct CodeProperties: Codable, Sendable, Hashable {
    /// `https://…/container/folder` or `azureml://datastores/…`.
    package var codeUri: String
}
