import Commands
import Foundation
import Synchronization

/// A terminal whose output can be read back, with a home folder of its own.
final class TestTerminal: Sendable {
    private let texts = Mutex((output: "", error: ""))
    let home: URL

    init() throws {
        home = FileManager.default.temporaryDirectory.appending(path: "martlet-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    var output: String { texts.withLock { $0.output } }
    var error: String { texts.withLock { $0.error } }

    func terminal(_ extra: [String: String] = [:]) -> Terminal {
        Terminal(
            environment: ["MARTLET_HOME": home.path, "HOME": home.path, "PATH": "/usr/bin:/bin"].merging(extra) { $1 },
            directory: home.path,
            writeOutput: { text in self.texts.withLock { $0.output += text } },
            writeError: { text in self.texts.withLock { $0.error += text } })
    }

    /// Runs one command line; gives its exit code.
    func run(_ arguments: String..., environment: [String: String] = [:]) async -> Int32 {
        texts.withLock { $0 = ("", "") }
        return await Terminal.$current.withValue(terminal(environment)) {
            await CommandRunner.run(arguments, root: TestRoot.self)
        }
    }

    func write(_ text: String, to path: String) throws {
        let file = home.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}
