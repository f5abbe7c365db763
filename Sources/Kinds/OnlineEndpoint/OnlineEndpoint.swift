/// What engines read of an endpoint.
package struct OnlineEndpointProperties: Codable, Sendable, Hashable {
    /// `Key`, `AMLToken`, `AADToken`.
    package var authMode: String
    /// Deployment to percent; the sum is 0 or 100.
    package var traffic: [String: Int]?
    /// Deployment to percent of requests that are copied to it.
    package var mirrorTraffic: [String: Int]?
}
