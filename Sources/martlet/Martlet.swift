import ArgumentParser
import Commands
import Foundation

/// The program: the nouns of Azure ML, what belongs to this machine, and under the name `az` Azure's own words.
@main struct Martlet: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "martlet", abstract: "Azure ML on your own machine.",
            subcommands: [Serve.self, MLflowCommand.self, ImportCommand.self] + NounGroups.all + WorkerCommands.all + [
                ClientEnvironment.self, SchemaCommand.self, Configure.self, Config.self, VersionCommand.self, Supervise.self,
            ])
    }

    static func main() async {
        Foundation.exit(await CommandRunner.run(CommandLine.arguments, root: Martlet.self))
    }
}
