package import Resources

/// Something that runs jobs: on one machine, a queue with a node budget.
package enum Compute: ShapedKind {
    package static let noun = "compute"
    package static let path = "computes"
    package static let title = "compute"
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Type", "type"), KindColumn("Size", "size"), KindColumn("Nodes", "max_instances"),
        KindColumn("State", "provisioning_state"),
    ]
}
