package import Resources

/// Something that happens at times: a job is submitted, or a monitor looks at production data.
package enum Schedule: ShapedKind {
    package static let noun = "schedule"
    package static let path = "schedules"
    package static let title = "schedule"
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Trigger", "trigger.type"), KindColumn("Enabled", "is_enabled"),
        KindColumn("State", "provisioning_state"),
    ]
}
