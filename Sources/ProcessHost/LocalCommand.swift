internal import Foundation
internal import Resources
internal import Subprocess
#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

/// A short command that the server itself needs an answer from (git, uv, python).
package struct LocalCommand: Sendable {
    package var arguments: [String]
    package var environment: [String: String]
    package var workingDirectory: String?

    package init(_ arguments: [String], environment: [String: String], workingDirectory: String? = nil) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
    }

    /// Runs to the end; lines of stdout and stderr go to `line` as they come.
    /// - Returns: the exit code, 128 + signal for a killed command.
    package func run(line: @Sendable (String) -> Void) async throws -> Int32 {
        guard let name = arguments.first else { throw Problem(.internalFault, "the command is empty") }
        var values: [Environment.Key: String] = [:]
        for (key, value) in environment { values[Environment.Key(rawValue: key) ?? "_"] = value }
        var options = PlatformOptions()
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(5))]
        do {
            let result = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name), arguments: Arguments(Array(arguments.dropFirst())),
                environment: .custom(values), workingDirectory: workingDirectory.map { FilePath($0) }, platformOptions: options,
                input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                for try await text in execution.standardOutput.strings() { line(text.trimmingCharacters(in: .newlines)) }
            }
            switch result.terminationStatus {
            case .exited(let code): return code
            case .signaled(let signal): return 128 + signal
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw Problem(.internalFault, "cannot run \(name): \(error)")
        }
    }
}
