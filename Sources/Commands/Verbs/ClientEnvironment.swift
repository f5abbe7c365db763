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
            The Python SDK (azure-ai-ml), azure-identity and mlflow need nothing else. MLFLOW_TRACKING_TOKEN holds for a day; run it again
            after that.
            """)

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run() async throws {
        let terminal = Terminal.current
        let connection = try ServerConnection.discover(environment: terminal.environment)
        let token = try await APIClient.withClient(connection) { try await $0.accessToken(audience: connection.url).text }
        let variables = Self.variables(connection, token: token)
        if common.output != nil || common.query != nil {
            try common.print(.object(JSONObject(variables.map { ($0.name, .string($0.value)) })), terminal: terminal)
        } else {
            terminal.writeOutput(Self.script(variables))
        }
    }

    package static func variables(_ connection: ServerConnection, token: String) -> [(name: String, value: String)] {
        let trust = connection.caFile.map { [(name: "REQUESTS_CA_BUNDLE", value: $0), (name: "SSL_CERT_FILE", value: $0)] } ?? []
        return [(name: "ARM_CLOUD_METADATA_URL", value: connection.url + "/metadata/endpoints?api-version=2019-05-01")] + trust + [
            (name: "IDENTITY_ENDPOINT", value: connection.identityEndpoint),
            (name: "IDENTITY_HEADER", value: connection.identityHeader),
            (name: "AZURE_TOKEN_CREDENTIALS", value: "ManagedIdentityCredential"),
            (name: "AZUREML_CURRENT_CLOUD", value: "Martlet"),
            (name: "AZUREML_RUN_POLLING_INTERVAL_MIN", value: "1"),
            (name: "MLFLOW_TRACKING_URI", value: connection.url),
            (name: "MLFLOW_TRACKING_TOKEN", value: token),
        ]
    }

    /// One `export` line each, quoted for a shell.
    package static func script(_ variables: [(name: String, value: String)]) -> String {
        variables.map { "export \($0.name)=\(quoted($0.value))\n" }.joined()
    }

    private static func quoted(_ value: String) -> String {
        "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
