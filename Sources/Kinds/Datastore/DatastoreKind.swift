package import Resources

/// A place where data lies: here a container of Martlet's own blob store, or a folder of this machine.
package enum Datastore: ShapedKind {
    package static let noun = "datastore"
    package static let path = "datastores"
    package static let title = "datastore"
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Type", "type"), KindColumn("Container", "container_name"),
        KindColumn("Default", "is_default"),
    ]
}
