/// What engines read of a deployment.
package struct OnlineDeploymentProperties: Codable, Sendable, Hashable {
    /// ARM id of a model version.
    package var model: String?
    package var environmentId: String?
    package var codeConfiguration: CodeConfiguration?
    package var environmentVariables: [String: String]?
    package var instanceType: String?
    package var appInsightsEnabled: Bool?
    package var requestSettings: RequestSettings?
    package var livenessProbe: Probe?
    package var readinessProbe: Probe?
    package var dataCollector: DataCollector?

    package struct CodeConfiguration: Codable, Sendable, Hashable {
        package var codeId: String?
        package var scoringScript: String
    }

    package struct RequestSettings: Codable, Sendable, Hashable {
        /// ISO 8601, `PT5S` when absent.
        package var requestTimeout: String?
        package var maxConcurrentRequestsPerInstance: Int?
        package var maxQueueWait: String?
    }

    package struct Probe: Codable, Sendable, Hashable {
        package var initialDelay: String?
        package var period: String?
        package var timeout: String?
        package var failureThreshold: Int?
        package var successThreshold: Int?
    }

    package struct DataCollector: Codable, Sendable, Hashable {
        package var collections: [String: Collection]
        package var rollingRate: String?

        package struct Collection: Codable, Sendable, Hashable {
            /// `Enabled` or `Disabled`.
            package var dataCollectionMode: String?
            package var samplingRate: Double?
        }
    }
}
