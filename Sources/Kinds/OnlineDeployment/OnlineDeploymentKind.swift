package import Resources

/// A model, its code and environment behind an endpoint.
package enum OnlineDeployment: ShapedKind {
    package static let noun = "online-deployment"
    package static let path = "onlineEndpoints/deployments"
    package static let title = "online deployment"
    package static let observedAfterCreate: JSON = ["provisioningState": "Creating"]
    package static let observedAfterUpdate: JSON = ["provisioningState": "Updating"]
    /// Where the serving engine keeps the version that answers; replies leave it out.
    package static let answeringMember = "answering"
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Endpoint", "endpoint_name"), KindColumn("Model", "model"),
        KindColumn("State", "provisioning_state"),
        KindColumn("Instances", "instance_count"),
    ]
}
