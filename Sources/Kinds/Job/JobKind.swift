package import Resources

/// Work to be done once: a command, a pipeline of them, or a sweep over parameters.
package enum Job: ShapedKind {
    package static let noun = "job"
    package static let path = "jobs"
    package static let title = "job"
    package static let isDeletable = true
    package static let observedAfterCreate: JSON = ["status": .string(JobStatus.queued.rawValue)]
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Type", "type"), KindColumn("Status", "status"), KindColumn("Experiment", "experiment_name"),
        KindColumn("Display name", "display_name"), KindColumn("Created", "creation_context.created_at"),
    ]
}
