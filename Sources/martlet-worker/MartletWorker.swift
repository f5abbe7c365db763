import ArgumentParser
import Foundation

/// The worker process: everything that looks at pixels or loads a tensor library. The server starts it; people may too.
struct MartletWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet-worker",
        abstract: "Trains, measures and runs object detectors. Data goes to standard output, talk to standard error.",
        subcommands: [
            ServeCommand.self, FactsCommand.self, DetectCommand.self, TrainCommand.self, EvaluateCommand.self, PrepareCommand.self,
            ScenesCommand.self, DriftCommand.self, EngineCommand.self, ExportCommand.self, DatasetCommand.self,
        ])
}

/// Exit codes: 0 done, 1 failed, 2 called wrongly.
@main
enum Main {
    static func main() async {
        do {
            var command = try MartletWorker.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            let code = MartletWorker.exitCode(for: error)
            if code == .success {
                print(MartletWorker.fullMessage(for: error))
                exit(0)
            }
            if code == .validationFailure {
                Talk.say(MartletWorker.fullMessage(for: error))
                exit(2)
            }
            Talk.say("error: \((error as? CocoaError)?.localizedDescription ?? "\(error)")")
            exit(1)
        }
    }
}
