import ArgumentParser
import ProcessHost

/// The process between the server and a command that it runs; the server starts it, people do not.
struct Supervise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "supervise", abstract: "Watch one command.", shouldDisplay: false)

    @Argument var folder: String
    @Option var parent: Int32

    func run() async throws {
        let code = await Supervisor.run(folder: folder, parent: parent)
        if code != 0 { throw ExitCode(code) }
    }
}
