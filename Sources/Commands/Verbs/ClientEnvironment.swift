package import APIClient
package import ArgumentParser
import Resources

/// `martlet client-env`: the variables that point the official Azure ML and MLflow clients at our server.
package struct ClientEnvironment: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "client-env",
        abstract: "Print the variables that point Azure's own clients at this server.",
        discussion: """
            Use it as: eval "$(martlet client-env)"
            The Python SDK (azure-ai-ml), azure-identity and azureml-mlflow need nothing else. MLFLOW_TRACKING_URI is for plain mlflow.
            """)

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run() async throws {
        let terminal = Terminal.current
        let variables = Self.variables(try ServerConnection.discover(environment: terminal.environment))
        if common.output != nil || common.query != nil {
            try common.print(.object(JSONObject(variables.map { ($0.name, .string($0.value)) })), terminal: terminal)
        } else {
            terminal.writeOutput(variables.map { "export \($0.name)=\(Self.quoted($0.value))\n" }.joined())
        }
    }

    package static func variables(_ connection: ServerConnection) -> [(name: String, value: String)] {
        let trust = connection.caFile.map { [(name: "REQUESTS_CA_BUNDLE", value: $0), (name: "SSL_CERT_FILE", value: $0)] } ?? []
        return [(name: "ARM_CLOUD_METADATA_URL", value: connection.url + "/metadata/endpoints?api-version=2019-05-01")] + trust + [
            (name: "IDENTITY_ENDPOINT", value: connection.identityEndpoint),
            (name: "IDENTITY_HEADER", value: connection.identityHeader),
            (name: "AZURE_TOKEN_CREDENTIALS", value: "ManagedIdentityCredential"),
            (name: "AZUREML_CURRENT_CLOUD", value: "Martlet"),
            (name: "AZUREML_RUN_POLLING_INTERVAL_MIN", value: "1"),
            (name: "MLFLOW_TRACKING_URI", value: trackingURI(connection)),
        ]
    }

    /// The form that azureml-mlflow reads and that carries the workspace.
    private static func trackingURI(_ connection: ServerConnection) -> String {
        let host = connection.url.split(separator: "/", maxSplits: 1).last.map { $0.drop { $0 == "/" } } ?? ""
        return "azureml://\(host)/mlflow/v1.0\(connection.workspace.path)"
    }

    private static func quoted(_ value: String) -> String {
        "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
