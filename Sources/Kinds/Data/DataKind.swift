package import Resources

/// A named, versioned pointer to data.
package enum DataAsset: ShapedKind {
    package static let noun = "data"
    package static let path = "data"
    package static let title = "data asset"
    package static let isVersioned = true
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Version", "version"), KindColumn("Type", "type"), KindColumn("Path", "path"),
        KindColumn("Created", "creation_context.created_at"),
    ]
}
