internal import Kinds
internal import Resources

/// The version of a deployment that answers requests. It is kept with the resource beside the version that is wanted, so
/// that after a crash in the middle of an update, or after a failed one, what answered before answers again.
struct AnsweringVersion: Sendable, Hashable {
    let properties: JSON
    let sku: JSON

    private init(properties: JSON, sku: JSON) {
        self.properties = properties
        self.sku = sku
    }

    init(_ resource: Resource) {
        self.init(properties: resource.properties, sku: resource.envelope["sku"] ?? .null)
    }

    /// What `resource` says to have answered last, or `nil` when it never did.
    init?(storedIn resource: Resource) {
        if case .array(let parts)? = resource.observed[OnlineDeployment.answeringMember], parts.count == 2 {
            self.init(properties: parts[0], sku: parts[1])
        } else if resource.observed["provisioningState"]?.stringValue == "Succeeded" {
            self.init(resource)
        } else {
            return nil
        }
    }

    /// An array, because reports are laid over each other member by member, and this one has to replace the one before.
    var observed: JSON { [OnlineDeployment.answeringMember: [properties, sku]] }

    /// How it is run.
    func plan(of resource: Resource) throws(Problem) -> DeploymentPlan {
        var version = resource
        version.properties = properties
        version.envelope["sku"] = sku
        return try DeploymentPlan(version)
    }
}
