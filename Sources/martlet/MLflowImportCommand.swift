import ArgumentParser
import Foundation
import Resources
import Server

/// `martlet import …`: takes over what other programs kept.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take over the data of another program.", subcommands: [MLflowImportCommand.self])
}

/// `martlet import mlflow`: from the SQLite file of a stock server and its folder of artifacts.
struct MLflowImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mlflow", abstract: "Take over the data of a stock MLflow server.",
        discussion: "Stop both servers first. Run it again after an interruption: what is here already is passed over.")

    @Option(help: "The other server's store: sqlite:///PATH.") var from: String
    @Option(help: "The folder in which it kept artifacts.") var artifacts: String?
    @Option(help: "Data folder that takes everything in.") var data = "martlet-data"

    func run() async throws {
        guard from.hasPrefix("sqlite:///") else {
            throw ValidationError("--from must be sqlite:///PATH, the SQLite file of the other server, not '\(from)'")
        }
        let file = String(from.dropFirst("sqlite:///".count))
        func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path(percentEncoded: false) }
        try await MLflowImporter(dataFolder: absolute(data)).run(file: absolute(file), artifacts: artifacts.map(absolute)) { line in
            FileHandle.standardOutput.write(Data((line + "\n").utf8))
        }
    }
}
