package import Resources

/// An address that takes whole data sets.
package enum BatchEndpoint: ShapedKind {
    package static let noun = "batch-endpoint"
    package static let path = "batchEndpoints"
    package static let title = "batch endpoint"
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Auth", "auth_mode"), KindColumn("State", "provisioning_state"),
        KindColumn("Scoring URI", "scoring_uri"),
    ]
}
