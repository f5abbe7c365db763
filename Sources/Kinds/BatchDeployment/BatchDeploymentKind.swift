package import Resources

/// A model and its code behind a batch endpoint.
package enum BatchDeployment: ShapedKind {
    package static let noun = "batch-deployment"
    package static let path = "batchEndpoints/deployments"
    package static let title = "batch deployment"
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Endpoint", "endpoint_name"), KindColumn("Model", "model"),
        KindColumn("State", "provisioning_state"),
    ]
}
