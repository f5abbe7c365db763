import ArgumentParser
import Foundation
import MetadataStore
import Server

/// `martlet mlflow …`: MLflow's API without the rest of the house.
struct MLflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mlflow", abstract: "An MLflow server on its own, and moving data in and out of one.", subcommands: [MLflowServe.self])
}

/// `martlet mlflow server`: takes the place of `mlflow server` for this machine.
struct MLflowServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Serve MLflow's API on this machine, over plain HTTP and without login.",
        discussion: "Everything is kept in the data folder, which 'martlet serve' can take over later.")

    @Option(help: "Folder for everything the server keeps.") var data = "martlet-data"
    @Option(help: "Address to listen on; this machine only.") var host = "127.0.0.1"
    @Option(help: "Port; 0 takes any free one.") var port = 5000
    @Option(help: "Folder for the bytes of artifacts; beneath the data folder unless given.") var artifactsDestination: String?
    @Option(help: "Where artifacts of new experiments go, such as s3://bucket/path; through this server unless given.")
    var defaultArtifactRoot: String?
    @Option(help: "Further names allowed in the Host header, separated by commas; '*' stands for any part.") var allowedHosts = ""
    @Option(help: "Further sites whose pages may change things, separated by commas.") var corsAllowedOrigins = ""
    @Option(help: "Serve the pages of stock MLflow too: a virtual environment in which it is installed.") var ui: String?
    @Option(help: "Days for which deleted runs and experiments can be restored.") var trashRetentionDays = 30
    @Flag(help: "Let webhooks go to this machine and its network, and over http.") var allowLocalWebhooks = false
    @Option(help: "What an acknowledged write survives: 'process' (any crash) or 'power' (a power cut too).") var durability = "process"

    func run() async throws {
        guard let durability = MetadataStore.Durability(rawValue: durability) else {
            throw ValidationError("--durability must be 'process' or 'power', not '\(durability)'")
        }
        guard 0...65535 ~= port else { throw ValidationError("--port must be between 0 and 65535, not \(port)") }
        guard 0...36500 ~= trashRetentionDays else { throw ValidationError("--trash-retention-days must be between 0 and 36500") }
        var configuration = MLflowServerConfiguration(dataFolder: Self.absolute(data))
        configuration.host = host
        configuration.port = port
        configuration.artifactsFolder = artifactsDestination.map(Self.absolute)
        configuration.defaultArtifactRoot = defaultArtifactRoot
        configuration.pages = ui.map(Self.absolute)
        configuration.allowedHosts = Self.list(allowedHosts)
        configuration.allowedOrigins = Self.list(corsAllowedOrigins)
        configuration.allowsNearWebhooks = allowLocalWebhooks
        configuration.trashRetention = .seconds(trashRetentionDays * 24 * 3600)
        configuration.durability = durability
        let environment = ProcessInfo.processInfo.environment
        configuration.user = environment["USER"] ?? environment["LOGNAME"] ?? "mlflow"
        try await MLflowServer(configuration).run { url in
            FileHandle.standardOutput.write(Data("Martlet serves MLflow at \(url)\n".utf8))
        }
    }

    private static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path(percentEncoded: false) }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
