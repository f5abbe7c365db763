package import ArgumentParser
import Foundation
import Resources

/// A command about pictures and detectors. The program that understands those is `martlet-worker`; this one becomes it, so
/// that its output, its exit code and Ctrl-C are the command's own.
package protocol WorkerCommand: ParsableCommand {
    /// Everything behind the command's name, as it was typed.
    var words: [String] { get }
}

extension WorkerCommand {
    package func run() throws {
        let path = try WorkerCommands.program()
        let name = Self.configuration.commandName ?? ""
        var arguments = ([path, name] + words).map { strdup($0) } + [nil]
        execv(path, &arguments)
        throw Problem(.internalFault, "\(path) cannot be started: \(String(cString: strerror(errno)))")
    }
}

package enum WorkerCommands {
    package static let all: [any ParsableCommand.Type] = [
        DatasetCommand.self, TrainCommand.self, EvaluateCommand.self, DetectCommand.self, ExportCommand.self, EngineCommand.self,
    ]

    /// The worker beside this program.
    static func program() throws(Problem) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let path = (own as NSString).deletingLastPathComponent + "/martlet-worker"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Problem(.notFound, "'martlet-worker', which does this, is not beside 'martlet' (\(path)); build it: make build")
        }
        return path
    }

    /// What the worker prints as JSON; what it says on standard error is the person's to read.
    static func answer(_ words: [String]) throws(Problem) -> JSON {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: try program())
        process.arguments = words
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { throw Problem(.internalFault, "'martlet-worker' cannot be started; build it again: make build") }
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? nil
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Problem(.invalidInput, "'martlet-worker \(words.prefix(2).joined(separator: " "))' failed; it says why above")
        }
        return try JSON(parsing: data ?? Data())
    }
}

package struct TrainCommand: WorkerCommand {
    package static let configuration = CommandConfiguration(commandName: "train", abstract: "Train a detector on labelled images.")
    @Argument(parsing: .captureForPassthrough) package var words: [String] = []

    package init() {}
}

package struct EvaluateCommand: WorkerCommand {
    package static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure detections, or a detector, by a named protocol.")
    @Argument(parsing: .captureForPassthrough) package var words: [String] = []

    package init() {}
}

package struct DetectCommand: WorkerCommand {
    package static let configuration = CommandConfiguration(commandName: "detect", abstract: "Find objects in pictures.")
    @Argument(parsing: .captureForPassthrough) package var words: [String] = []

    package init() {}
}

package struct EngineCommand: WorkerCommand {
    package static let configuration = CommandConfiguration(commandName: "engine", abstract: "Show what runs detectors on this machine.")
    @Argument(parsing: .captureForPassthrough) package var words: [String] = []

    package init() {}
}

package struct ExportCommand: WorkerCommand {
    package static let configuration = CommandConfiguration(commandName: "export", abstract: "Write a detector in another file format.")
    @Argument(parsing: .captureForPassthrough) package var words: [String] = []

    package init() {}
}
