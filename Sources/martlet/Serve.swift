import ArgumentParser
import Foundation
import MetadataStore
import Resources
import Server

/// `martlet serve`: the server, in the foreground.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Start the server on this machine.",
        discussion: "Everything is kept in the data folder. Other commands of this user find the server by themselves.")

    @Option(help: "Folder for everything the server keeps.") var data = "martlet-data"
    @Option(help: "Address to listen on; this machine only.") var host = "127.0.0.1"
    @Option(help: "Port; 0 takes any free one.") var port = 8443
    @Option(help: "What an acknowledged write survives: 'process' (any crash) or 'power' (a power cut too).")
    var durability = "process"
    @Flag(help: "Do not make this the server that this user's commands find.") var noDefault = false

    func run() async throws {
        guard let durability = MetadataStore.Durability(rawValue: durability) else {
            throw ValidationError("--durability must be 'process' or 'power', not '\(durability)'")
        }
        guard 0...65535 ~= port else { throw ValidationError("--port must be between 0 and 65535, not \(port)") }
        let environment = ProcessInfo.processInfo.environment
        let home = environment["MARTLET_HOME"] ?? (environment["HOME"] ?? "/tmp") + "/.martlet"
        let configuration = ServerConfiguration(
            dataFolder: URL(filePath: data).standardizedFileURL.path(percentEncoded: false), host: host, port: port, durability: durability,
            clientLink: noDefault ? nil : home + "/client.json", executable: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            environment: environment)
        try await MartletServer(configuration).run { notice in
            FileHandle.standardOutput.write(
                Data(
                    """
                    Martlet serves at \(notice.url)
                      data folder   \(notice.dataFolder)
                      this user's 'martlet' commands find it by themselves; for the Python SDK and MLflow:
                      eval "$(martlet client-env)"

                    """.utf8))
        }
    }
}
