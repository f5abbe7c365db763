/// Who stands behind a request.
package struct Principal: Sendable, Hashable, Codable {
    /// What a principal may do.
    package enum Role: String, Sendable, Hashable, Codable {
        /// The person who runs the server: everything.
        case owner
        /// A running job: works in its workspace with the rights of the person who submitted it, until its run ends.
        case job
    }

    /// As shown in `systemData.createdBy`.
    package var name: String
    package var role: Role
    /// The run that a job identity belongs to.
    package var runID: String?

    package init(name: String, role: Role, runID: String? = nil) {
        self.name = name
        self.role = role
        self.runID = runID
    }

    /// The person at the keyboard of this machine.
    package static func owner(named name: String) -> Principal { Principal(name: name, role: .owner) }
}
