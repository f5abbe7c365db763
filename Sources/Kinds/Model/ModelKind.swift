package import Resources

/// A registered, versioned model.
package enum ModelAsset: ShapedKind {
    package static let noun = "model"
    package static let path = "models"
    package static let title = "model"
    package static let isVersioned = true
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Version", "version"), KindColumn("Type", "type"), KindColumn("Stage", "stage"),
        KindColumn("Created", "creation_context.created_at"),
    ]
}
