package import Resources

/// A stable address that clients score against; traffic goes to its deployments.
package enum OnlineEndpoint: ShapedKind {
    package static let noun = "online-endpoint"
    package static let path = "onlineEndpoints"
    package static let title = "online endpoint"
    // Until the routes are those of the endpoint: an answered update holds for every request from then on.
    package static let observedAfterCreate: JSON = ["provisioningState": "Creating"]
    package static let observedAfterUpdate: JSON = ["provisioningState": "Updating"]
    /// Where the serving engine keeps a staged rollout.
    package static let rolloutMember = "rollout"
    package static let columns = [
        KindColumn("Name", "name"), KindColumn("Auth", "auth_mode"), KindColumn("State", "provisioning_state"),
        KindColumn("Traffic", "traffic"),
        KindColumn("Scoring URI", "scoring_uri"),
    ]
}
