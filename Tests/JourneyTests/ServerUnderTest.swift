import Foundation
import Resources
import Testing

/// The real `martlet` binary of this build with a server on a free port in a folder of its own.
final class ServerUnderTest {
    let folder: URL
    let data: URL
    private var process: Process?
    private let binary: URL

    init() throws {
        // The test bundle lies beside the products.
        let products = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).deletingLastPathComponent()
        binary = products.appending(path: "martlet")
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-journey-\(UUID().uuidString)")
        data = folder.appending(path: "server")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try start()
    }

    deinit {
        process?.terminate()
        process?.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    func start() throws {
        try? FileManager.default.removeItem(at: data.appending(path: "client.json"))
        let process = Process()
        process.executableURL = binary
        process.arguments = ["serve", "--data", data.path(percentEncoded: false), "--port", "0", "--no-default"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        self.process = process
        let deadline = Date().addingTimeInterval(60)
        while !FileManager.default.fileExists(atPath: data.appending(path: "client.json").path(percentEncoded: false)) {
            try #require(Date() < deadline, "the server did not start within 60 seconds")
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    /// As `kill -9` does it.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    struct Reply {
        var code: Int32
        var output: String
        var errors: String
        var json: JSON { (try? JSON(parsing: output)) ?? .null }
    }

    /// Runs one `martlet` command against the server.
    @discardableResult
    func martlet(_ arguments: String...) throws -> Reply {
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var environment = ProcessInfo.processInfo.environment
        environment["MARTLET_CLIENT"] = data.appending(path: "client.json").path(percentEncoded: false)
        environment["MARTLET_HOME"] = folder.appending(path: "home").path(percentEncoded: false)
        process.environment = environment
        // Files, not pipes: a reply larger than a pipe's buffer would block the command.
        let output = folder.appending(path: "out-\(UUID().uuidString)")
        let errors = folder.appending(path: "err-\(UUID().uuidString)")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return Reply(
            code: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8), errors: try String(contentsOf: errors, encoding: .utf8))
    }

    func write(_ name: String, _ text: String) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Waits until the job's status is one of `statuses`.
    func wait(forJob name: String, _ statuses: String..., within seconds: Double = 60) throws -> String {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            let status = try martlet("job", "show", "-n", name, "-o", "json").json["status"]?.stringValue ?? ""
            if statuses.contains(status) { return status }
            try #require(Date() < deadline, "the job '\(name)' is still '\(status)'")
            Thread.sleep(forTimeInterval: 0.2)
        }
    }
}
