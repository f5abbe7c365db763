internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import ProcessHost
internal import Resources

/// Measures the pictures of collected requests in a process of its own (`martlet-worker facts`), because the server never
/// decodes pixels. Started with the first picture; a worker that died over one is started again after a pause.
actor FactsWorker {
    private let launcher: any WorkerLauncher
    private let executable: String
    private let folder: String
    private let sockets: SocketFolder
    private let machine: [String: String]
    private var connection: WorkerConnection?
    private var nextAttempt = ContinuousClock.now

    init(launcher: any WorkerLauncher, executable: String, folder: String, sockets: SocketFolder, machine: [String: String]) {
        self.launcher = launcher
        self.executable = executable
        self.folder = folder
        self.sockets = sockets
        self.machine = machine
    }

    /// Fact name to number for each picture in a request's body; empty when it holds none, or they cannot be measured.
    func facts(of body: ByteBuffer, contentType: String) async -> [[String: Double]] {
        guard let connection = await ready() else { return [] }
        let request = WorkerRequest(id: "facts", headers: [("content-type", contentType)], body: body)
        do {
            let reply = try await connection.ask(request, within: .seconds(30))
            guard reply.status == 200, let list = try? JSON(parsing: reply.body.readableBytesView) else { return [] }
            return (list.arrayValue ?? []).map(Self.numbers(in:))
        } catch {
            stop()
            return []
        }
    }

    static func numbers(in json: JSON?) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for (name, value) in json?.objectValue ?? [:] {
            if let number = value.doubleValue, number.isFinite { numbers[name] = number }
        }
        return numbers
    }

    private func ready() async -> WorkerConnection? {
        if let connection, connection.isOpen { return connection }
        guard ContinuousClock.now >= nextAttempt else { return nil }
        nextAttempt = ContinuousClock.now + .seconds(10)
        stop()
        guard FileManager.default.isExecutableFile(atPath: executable) else { return nil }
        let socket = sockets.next()
        do {
            try launcher.start(
                ProcessSpec(
                    command: [executable, "facts", "--socket", socket], workingDirectory: "/",
                    environment: MachineVariables.harmless(of: machine),
                    replicas: [.init(logFile: folder + "/facts.log")], graceSeconds: 1, endsWithParent: true), in: folder + "/process")
        } catch {
            return nil
        }
        for _ in 0..<200 {
            if let opened = try? await WorkerConnection.open(path: socket, group: MultiThreadedEventLoopGroup.singleton) {
                connection = opened
                return opened
            }
            if launcher.end(in: folder + "/process") != nil { return nil }
            try? await Task.sleep(for: .milliseconds(25))
        }
        return nil
    }

    private func stop() {
        connection?.close()
        connection = nil
        launcher.stop(in: folder + "/process")
    }
}
