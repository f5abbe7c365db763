package import ArgumentParser
import Foundation
import Resources

/// Runs one command line: parse, do, and say what went wrong in the Azure CLI's way.
package enum CommandRunner {
    /// The exit code: 0 done, 1 failed, 2 wrong command line, 3 nothing there to `show`.
    ///
    /// - Parameters:
    ///   - arguments: the whole command line, the program's name first; under the name `az` its words are Azure's.
    ///   - root: the command tree under any other name.
    package static func run(_ arguments: [String], root: any ParsableCommand.Type) async -> Int32 {
        let terminal = Terminal.current
        let isAzure = arguments.first.map { $0.split(separator: "/").last ?? "" } == "az"
        let root = isAzure ? AzureCommand.self : root
        var rest = Array(arguments.dropFirst())
        // ArgumentParser's own --version would take the flag from every noun that has versions.
        if rest == ["--version"] { rest = ["version"] }
        // Scripts must not take a group that is missing here for a slip of their own.
        if let group = (isAzure && rest.first == "ml" ? rest.dropFirst() : rest[...]).first, unsupportedGroups.contains(group) {
            say("'\(group)' of Azure ML is not offered by Martlet; 'martlet --help' lists what is", terminal)
            return 1
        }
        do {
            var command = try root.parseAsRoot(rest)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error, root: root, terminal: terminal)
        }
    }

    private static let unsupportedGroups: Set<String> = [
        "azure-openai-deployment", "capability-host", "connection", "deployment-template", "feature-set", "feature-store",
        "feature-store-entity", "index", "marketplace-subscription", "registry", "serverless-endpoint",
    ]

    private static func report(_ error: any Error, root: any ParsableCommand.Type, terminal: Terminal) -> Int32 {
        switch error {
        case let failure as CommandFailure:
            say(failure.problem.description, terminal)
            return failure.exitCode
        case let problem as Problem:
            say(problem.description, terminal)
            return 1
        case let code as ExitCode: return code.rawValue
        default: break
        }
        if root.exitCode(for: error) == .success {
            terminal.writeOutput(root.fullMessage(for: error) + "\n")
            return 0
        }
        let message = root.message(for: error)
        let isUsage = root.exitCode(for: error) == .validationFailure
        say(message, terminal)
        if isUsage, let usage = root.fullMessage(for: error).split(separator: "\n").first(where: { $0.hasPrefix("Usage:") }) {
            terminal.writeError(usage + "\n")
        }
        return isUsage ? 2 : 1
    }

    private static func say(_ message: String, _ terminal: Terminal) {
        let text = message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
        terminal.writeError("ERROR: \(text)\n")
    }
}
