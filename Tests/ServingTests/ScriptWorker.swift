import Foundation
import NIOCore
import NIOPosix
import ProcessHost
import Resources
import Serving

/// The embedded program in a process, running a script of the test's.
struct ScriptWorker: Sendable {
    static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private let folder: String
    private let socket: String
    private let launcher = TestLauncher()

    init(_ script: String, environment: [String: String] = [:]) throws {
        let name = String(UInt32.random(in: 0 ..< .max), radix: 36)
        folder = NSTemporaryDirectory() + "/martlet-script-\(name)"
        socket = "/tmp/martlet-script-\(name).sock"
        let program = try ScoringProgram.write(to: folder + "/worker")
        try Data(script.utf8).write(to: URL(filePath: folder + "/score.py"))
        var variables = ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"]
        variables.merge(environment) { $1 }
        try launcher.start(
            ProcessSpec(
                command: [Self.python ?? "python3", program, "--entry-script", folder + "/score.py", "--socket", socket],
                workingDirectory: folder,
                environment: variables, replicas: [.init(logFile: folder + "/log")]), in: folder)
    }

    var log: String { (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "" }

    func stop() {
        launcher.stop(in: folder)
        try? FileManager.default.removeItem(atPath: folder)
        unlink(socket)
    }

    func exitCode() async -> Int32? {
        for _ in 0..<600 {
            if let end = launcher.end(in: folder) { return end.code }
            try? await Task.sleep(for: .milliseconds(25))
        }
        return nil
    }

    static func with(_ script: String, environment: [String: String] = [:], _ body: (Client) async throws -> Void) async throws {
        let worker = try ScriptWorker(script, environment: environment)
        defer { worker.stop() }
        for _ in 0..<600 {
            if let connection = try? await WorkerConnection.open(path: worker.socket, group: MultiThreadedEventLoopGroup.singleton) {
                try await body(Client(connection: connection, worker: worker))
                connection.close()
                return
            }
            if worker.launcher.end(in: worker.folder) != nil { break }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw Problem(.unavailable, "the worker did not start:\n\(worker.log)")
    }

    struct Client {
        let connection: WorkerConnection
        let worker: ScriptWorker

        var log: String { worker.log }

        func score(
            _ body: String, method: String = "POST", path: String = "/score", query: String = "",
            headers: [(name: String, value: String)] = []
        ) async throws -> WorkerReply {
            try await score(ByteBuffer(string: body), method: method, path: path, query: query, headers: headers)
        }

        func score(
            _ body: ByteBuffer, method: String = "POST", path: String = "/score", query: String = "",
            headers: [(name: String, value: String)] = []
        ) async throws -> WorkerReply {
            try await connection.ask(
                WorkerRequest(
                    id: "r-1", method: method, path: path, query: query, headers: [("x-request-id", "r-1")] + headers, body: body),
                within: .seconds(20))
        }
    }
}

extension WorkerReply {
    subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
}
