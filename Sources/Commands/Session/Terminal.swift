import Foundation
import Resources

/// What a command sees of the world around it. Tests put their own in place of the process's.
package struct Terminal: Sendable {
    package var environment: [String: String]
    package var directory: String
    /// Results.
    package var writeOutput: @Sendable (String) -> Void
    /// Everything else: errors, progress, questions.
    package var writeError: @Sendable (String) -> Void
    package var isOutputInteractive: Bool
    package var isErrorInteractive: Bool
    package var isInputInteractive: Bool
    package var readLine: @Sendable () -> String?

    package init(
        environment: [String: String], directory: String = FileManager.default.currentDirectoryPath,
        writeOutput: @escaping @Sendable (String) -> Void, writeError: @escaping @Sendable (String) -> Void,
        isOutputInteractive: Bool = false, isErrorInteractive: Bool = false, isInputInteractive: Bool = false,
        readLine: @escaping @Sendable () -> String? = { nil }
    ) {
        self.environment = environment
        self.directory = directory
        self.writeOutput = writeOutput
        self.writeError = writeError
        self.isOutputInteractive = isOutputInteractive
        self.isErrorInteractive = isErrorInteractive
        self.isInputInteractive = isInputInteractive
        self.readLine = readLine
    }

    package static var process: Terminal {
        Terminal(
            environment: ProcessInfo.processInfo.environment,
            writeOutput: { Self.write($0, to: .standardOutput) }, writeError: { Self.write($0, to: .standardError) },
            isOutputInteractive: isatty(STDOUT_FILENO) == 1, isErrorInteractive: isatty(STDERR_FILENO) == 1,
            isInputInteractive: isatty(STDIN_FILENO) == 1, readLine: { Swift.readLine() })
    }

    /// A reader that has gone away (`| head`) is no failure.
    private static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }

    /// The terminal of the command that runs now.
    @TaskLocal package static var current = Terminal.process

    /// A path as the person means it, absolute.
    func absolute(_ path: String) -> String {
        let expanded = path.hasPrefix("~/") ? (environment["HOME"] ?? NSHomeDirectory()) + path.dropFirst(1) : path
        return URL(filePath: expanded, relativeTo: URL(filePath: directory, directoryHint: .isDirectory)).standardizedFileURL.path
    }

    /// Asks; without a person at the other end the answer must have been `--yes`.
    func confirm(_ question: String, yes: Bool) throws(CommandFailure) {
        if yes { return }
        guard isInputInteractive else {
            throw CommandFailure(.init(.invalidInput, "\(question) Nobody is there to answer; pass --yes"), exitCode: 1)
        }
        writeError("\(question) (y/N): ")
        guard let answer = readLine()?.lowercased(), answer == "y" || answer == "yes" else {
            throw CommandFailure(.init(.invalidInput, "nothing was changed"), exitCode: 1)
        }
    }
}
