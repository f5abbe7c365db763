package import Resources

/// How the requests of one endpoint travel at one moment. A value: whoever holds it is not touched by later changes.
package struct EndpointRoute: Sendable {
    package enum Authentication: Sendable, Hashable {
        case keys(primary: String, secondary: String)
        /// An access token for Azure ML.
        case token
    }

    package var id: ResourceID
    package var authentication: Authentication
    package var split: TrafficSplit
    /// Gets copies of this percentage of the requests.
    package var mirror: (deployment: String, percent: Int)?
    /// Of the deployments whose workers are up or on their way.
    package var deployments: [String: DeploymentRoute]
    /// Names of all deployments, running or not.
    package var known: Set<String>
    package let draws: DrawSequence
    package let mirrorDraws: DrawSequence

    package init(
        id: ResourceID, authentication: Authentication, split: TrafficSplit, mirror: (deployment: String, percent: Int)? = nil,
        deployments: [String: DeploymentRoute] = [:], known: Set<String> = [], draws: DrawSequence = DrawSequence(),
        mirrorDraws: DrawSequence = DrawSequence()
    ) {
        self.id = id
        self.authentication = authentication
        self.split = split
        self.mirror = mirror
        self.deployments = deployments
        self.known = known
        self.draws = draws
        self.mirrorDraws = mirrorDraws
    }

    /// The deployment that the next request is copied to, if any.
    func mirrored() -> DeploymentRoute? {
        guard let mirror, mirror.percent > 0 else { return nil }
        let position = mirrorDraws.next().multipliedFullWidth(by: 100).high
        return position < UInt64(clamping: mirror.percent) ? deployments[mirror.deployment] : nil
    }
}

/// One deployment as requests see it.
package struct DeploymentRoute: Sendable {
    package var id: ResourceID
    /// `NAME:VERSION`; empty without a model.
    package var model: String
    package var isNative: Bool
    package var collection: CollectionSettings
    package var pool: DeploymentPool

    package init(id: ResourceID, model: String, isNative: Bool, collection: CollectionSettings, pool: DeploymentPool) {
        self.id = id
        self.model = model
        self.isNative = isNative
        self.collection = collection
        self.pool = pool
    }
}
