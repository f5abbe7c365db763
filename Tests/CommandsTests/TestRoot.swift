import ArgumentParser
import Commands

/// The command tree as the program puts it together, without the server.
struct TestRoot: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "martlet", subcommands: NounGroups.all + [ClientEnvironment.self, Configure.self, VersionCommand.self])
    }

    /// The command that `words` parse to.
    static func parse<Command>(_ words: String, as type: Command.Type = Command.self) throws -> Command {
        let command = try parseAsRoot(words.split(separator: " ").map(String.init))
        guard let command = command as? Command else { throw ValidationError("'\(words)' is a \(Swift.type(of: command))") }
        return command
    }
}
