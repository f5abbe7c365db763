package import Resources

/// A reusable step.
package enum ComponentAsset: ShapedKind {
    package static let noun = "component"
    package static let path = "components"
    package static let title = "component"
    package static let isVersioned = true
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Version", "version"), KindColumn("Type", "type"),
        KindColumn("Display name", "display_name"),
        KindColumn("Created", "creation_context.created_at"),
    ]
}
