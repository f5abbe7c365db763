import Foundation
internal import Resources

/// Where a run is tracked, as MLflow's own environment variables say it.
package struct TrackingSettings: Sendable, Hashable {
    /// `MLFLOW_TRACKING_URI`, an http or https address without a slash at its end.
    package var server: String
    /// `MLFLOW_TRACKING_TOKEN`, sent as a bearer token.
    package var token: String?
    /// `MLFLOW_RUN_ID`: the run that a job was given; without it a run is made.
    package var runID: String?
    /// `MLFLOW_EXPERIMENT_ID`, where a new run belongs.
    package var experimentID: String
    /// `REQUESTS_CA_BUNDLE` or `SSL_CERT_FILE`: the PEM file of the authorities to trust.
    package var caFile: String?

    package init(server: String, token: String? = nil, runID: String? = nil, experimentID: String = "0", caFile: String? = nil) {
        self.server = server
        self.token = token
        self.runID = runID
        self.experimentID = experimentID
        self.caFile = caFile
    }

    /// Reads the environment; nil when no tracking server is named.
    /// - Throws: `Problem` when one is named that cannot be spoken to.
    package static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> TrackingSettings? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard var server = value("MLFLOW_TRACKING_URI") else { return nil }
        while server.hasSuffix("/") { server.removeLast() }
        guard server.hasPrefix("http://") || server.hasPrefix("https://") else {
            throw Problem(
                .unsupported, "MLFLOW_TRACKING_URI is \(server), but only http and https servers can be tracked to",
                target: "MLFLOW_TRACKING_URI")
        }
        return TrackingSettings(
            server: server, token: value("MLFLOW_TRACKING_TOKEN"), runID: value("MLFLOW_RUN_ID"),
            experimentID: value("MLFLOW_EXPERIMENT_ID") ?? "0", caFile: value("REQUESTS_CA_BUNDLE") ?? value("SSL_CERT_FILE"))
    }
}
