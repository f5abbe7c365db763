internal import Foundation
package import MetadataStore
package import Resources

/// What `martlet serve` was asked for.
package struct ServerConfiguration: Sendable {
    /// Absolute path of the data folder; made when it is missing.
    package var dataFolder: String
    package var host: String
    /// 0 takes any free port.
    package var port: Int
    package var workspace: WorkspaceID
    package var durability: MetadataStore.Durability
    /// The file under `$MARTLET_HOME` through which this user's clients find the server; `nil` leaves it alone.
    package var clientLink: String?
    /// The running `martlet`, which also supervises processes.
    package var executable: String
    package var environment: [String: String]

    package init(
        dataFolder: String, host: String = "127.0.0.1", port: Int = 8443, workspace: WorkspaceID = .standard,
        durability: MetadataStore.Durability = .process, clientLink: String?, executable: String, environment: [String: String]
    ) {
        self.dataFolder = dataFolder
        self.host = host
        self.port = port
        self.workspace = workspace
        self.durability = durability
        self.clientLink = clientLink
        self.executable = executable
        self.environment = environment
    }

    /// Who sits at this machine; stands in `createdBy`.
    var owner: String { environment["USER"] ?? environment["LOGNAME"] ?? "owner" }
}
