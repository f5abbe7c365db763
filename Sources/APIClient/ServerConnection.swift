package import Foundation
package import Resources

/// Where a Martlet server listens and how to be let in: what `client.json` holds.
package struct ServerConnection: Sendable, Hashable, Codable {
    /// `https://127.0.0.1:8443`, without a trailing slash.
    package var url: String
    /// Absolute path of the only certificate authority to trust; `nil` trusts the system's.
    package var caFile: String?
    package var identityEndpoint: String
    package var identityHeader: String
    package var workspace: WorkspaceID

    package init(url: String, caFile: String?, identityEndpoint: String, identityHeader: String, workspace: WorkspaceID) {
        self.url = url
        self.caFile = caFile
        self.identityEndpoint = identityEndpoint
        self.identityHeader = identityHeader
        self.workspace = workspace
    }

    /// Finds the connection: the file named by `MARTLET_CLIENT`, the variables a job is given, then `client.json` in
    /// `MARTLET_HOME` (default `~/.martlet`). Throws `unavailable` when there is none.
    package static func discover(environment: [String: String]) throws(Problem) -> ServerConnection {
        if let path = environment["MARTLET_CLIENT"], !path.isEmpty { return try ServerConnection(contentsOfFile: path) }
        if let connection = inJob(environment) { return connection }
        let path = home(environment).appending(path: "client.json").path
        guard FileManager.default.fileExists(atPath: path) else {
            throw Problem(.unavailable, "no Martlet server is known (there is no \(path)); start one with 'martlet serve'")
        }
        return try ServerConnection(contentsOfFile: path)
    }

    /// The folder of a person's settings: `MARTLET_HOME`, default `~/.martlet`.
    package static func home(_ environment: [String: String]) -> URL {
        if let home = environment["MARTLET_HOME"], !home.isEmpty { return URL(filePath: home) }
        return URL(filePath: environment["HOME"] ?? NSHomeDirectory()).appending(path: ".martlet")
    }

    package init(contentsOfFile path: String) throws(Problem) {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Problem(
                .unavailable, "cannot read the connection file '\(path)'; start a server with 'martlet serve' or unset MARTLET_CLIENT")
        }
        do throws(Problem) {
            self = try JSON(parsing: bytes).decoded()
        } catch {
            throw Problem(.invalidInput, "the connection file '\(path)' is not valid: \(error.message); 'martlet serve' writes it anew")
        }
        while url.hasSuffix("/") { url.removeLast() }
    }

    private static func inJob(_ environment: [String: String]) -> ServerConnection? {
        guard let metadata = environment["ARM_CLOUD_METADATA_URL"].flatMap(URLComponents.init(string:)),
            let scheme = metadata.scheme, let host = metadata.host,
            let endpoint = environment["IDENTITY_ENDPOINT"], let header = environment["IDENTITY_HEADER"]
        else { return nil }
        let standard = WorkspaceID.standard
        return ServerConnection(
            url: "\(scheme)://\(host)" + (metadata.port.map { ":\($0)" } ?? ""), caFile: environment["REQUESTS_CA_BUNDLE"],
            identityEndpoint: endpoint, identityHeader: header,
            workspace: WorkspaceID(
                subscription: environment["AZUREML_ARM_SUBSCRIPTION"] ?? standard.subscription,
                resourceGroup: environment["AZUREML_ARM_RESOURCEGROUP"] ?? standard.resourceGroup,
                name: environment["AZUREML_ARM_WORKSPACE_NAME"] ?? standard.name))
    }
}
