package import Resources

/// A workspace: the home of all other resources. Its address is special: `{workspace}` itself.
package enum WorkspaceKind: ShapedKind {
    package static let noun = "workspace"
    package static let path = "workspaces"
    package static let title = "workspace"
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Resource group", "resourceGroup"), KindColumn("Location", "location"),
        KindColumn("Description", "description"),
    ]
}
