package import Resources

/// A versioned description of where code runs: an image, a conda file, or a build context.
package enum EnvironmentAsset: ShapedKind {
    package static let noun = "environment"
    package static let path = "environments"
    package static let title = "environment"
    package static let isVersioned = true
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Version", "version"), KindColumn("Image", "image"),
        KindColumn("Description", "description"),
        KindColumn("Created", "creation_context.created_at"),
    ]
}
