import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
internal import Resources

/// One run on an MLflow server. Tracking serves the work and never stops it: when the server cannot be reached or refuses,
/// one warning goes to standard error, and the work goes on.
package actor TrackingRun {
    private let settings: TrackingSettings
    private let client: HTTPClient
    private let warn: @Sendable (String) -> Void
    private var hasWarned = false
    /// Whether the last thing sent was lost: then the next one is tried once only, so that a dead server costs little time.
    private var isDown = false
    private var runID: String?
    private var artifactURI: String?
    /// A run that a job was given is ended by the one who gave it.
    private let endsRun: Bool

    /// Entries that could not be delivered.
    package private(set) var lostCount = 0

    /// Joins the run of the environment, or makes one; nil when no tracking server is named there.
    package static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment, name: String? = nil,
        warn: @escaping @Sendable (String) -> Void = { FileHandle.standardError.write(Data(($0 + "\n").utf8)) }
    ) async -> TrackingRun? {
        do {
            guard let settings = try TrackingSettings.fromEnvironment(environment) else { return nil }
            let run = try TrackingRun(settings, warn: warn)
            await run.begin(name: name)
            return run
        } catch {
            warn("warning: nothing will be tracked: \((error as? Problem)?.message ?? "\(error)")")
            return nil
        }
    }

    private init(_ settings: TrackingSettings, warn: @escaping @Sendable (String) -> Void) throws {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(60))
        // Trying again is decided here, in one place.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let caFile = settings.caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(caFile)
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.settings = settings
        self.warn = warn
        runID = settings.runID
        endsRun = settings.runID == nil
    }

    private func begin(name: String?) async {
        let answer: TrackingRequests.RunAnswer?
        if let runID {
            let id = runID.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? runID
            answer = await call(.GET, "/api/2.0/mlflow/runs/get?run_id=\(id)").flatMap(Self.decode)
        } else {
            let body = TrackingRequests.CreateRun(
                experiment_id: settings.experimentID, run_name: name, start_time: Self.now(),
                tags: [.init(key: "mlflow.source.name", value: "martlet-worker"), .init(key: "mlflow.source.type", value: "LOCAL")])
            answer = await call(.POST, "/api/2.0/mlflow/runs/create", body).flatMap(Self.decode)
        }
        runID = answer?.run.info.run_id ?? runID
        artifactURI = answer?.run.info.artifact_uri
    }

    /// Settings of the work, in order; long values are cut to what the server takes.
    package func logParams(_ parameters: [(name: String, value: String)]) async {
        guard let runID else { return }
        for batch in TrackingRequests.batches(run: runID, parameters: parameters) {
            await call(.POST, "/api/2.0/mlflow/runs/log-batch", batch)
        }
    }

    /// Numbers of one step; values that are not finite are left out.
    package func logMetrics(_ metrics: [String: Double], step: Int = 0) async {
        guard let runID else { return }
        for batch in TrackingRequests.batches(run: runID, metrics: metrics, step: step, timestamp: Self.now()) {
            await call(.POST, "/api/2.0/mlflow/runs/log-batch", batch)
        }
    }

    package func setTags(_ tags: [String: String]) async {
        guard let runID else { return }
        for batch in TrackingRequests.batches(run: runID, tags: tags) { await call(.POST, "/api/2.0/mlflow/runs/log-batch", batch) }
    }

    /// Stores a file with the run under its own name, below `folder` when given.
    package func logArtifact(_ file: String, in folder: String = "") async {
        guard runID != nil else { return }
        let name = folder + "/" + (file.split(separator: "/").last.map(String.init) ?? file)
        guard let artifactURI, let path = TrackingRequests.artifactPath(artifactURI: artifactURI, name: name) else {
            lose("the run's artifacts lie at \(artifactURI ?? "an unknown place"), which this client cannot write to")
            return
        }
        do {
            let content = try Data(contentsOf: URL(filePath: file), options: .mappedIfSafe)
            await send(.PUT, path, ByteBuffer(bytes: content), type: "application/octet-stream")
        } catch {
            lose("\(file) cannot be read: \(error.localizedDescription)")
        }
    }

    /// Ends the run if it was made here, and lets go of the connection. Nothing can be logged after it.
    package func finish(failed: Bool = false) async {
        if endsRun, let runID {
            let body = TrackingRequests.UpdateRun(run_id: runID, status: failed ? "FAILED" : "FINISHED", end_time: Self.now())
            await call(.POST, "/api/2.0/mlflow/runs/update", body)
        }
        runID = nil
        try? await client.shutdown()
    }

    // MARK: Transport

    @discardableResult
    private func call(_ method: HTTPMethod, _ path: String, _ body: some Encodable & Sendable) async -> ByteBuffer? {
        guard let content = try? JSONEncoder().encode(body) else { return nil }
        return await send(method, path, ByteBuffer(bytes: content), type: "application/json")
    }

    private func call(_ method: HTTPMethod, _ path: String) async -> ByteBuffer? {
        await send(method, path, nil, type: nil)
    }

    /// Sends, and tries again after connection errors and overload; gives up after about two seconds of waiting.
    @discardableResult
    private func send(_ method: HTTPMethod, _ path: String, _ body: ByteBuffer?, type: String?) async -> ByteBuffer? {
        var request = HTTPClientRequest(url: settings.server + path)
        request.method = method
        if let type { request.headers.add(name: "content-type", value: type) }
        if let token = settings.token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(body) }
        let isLarge = (body?.readableBytes ?? 0) > 1 << 20
        var reason = ""
        for pause in isDown ? [0] : [0, 200, 600, 1200] {
            if pause > 0 { try? await Task.sleep(for: .milliseconds(pause)) }
            do {
                let response = try await client.execute(request, timeout: .seconds(isLarge ? 600 : 30))
                let answer = try await response.body.collect(upTo: 4 << 20)
                let status = Int(response.status.code)
                if (200..<300).contains(status) {
                    isDown = false
                    return answer
                }
                reason = "\(status) \(String(buffer: answer).prefix(300))"
                if ![408, 429, 502, 503, 504].contains(status) { break }
            } catch {
                reason = "\(error)"
            }
            if Task.isCancelled { break }
        }
        isDown = true
        lose("\(method.rawValue) \(settings.server)\(path): \(reason)")
        return nil
    }

    private func lose(_ reason: String) {
        lostCount += 1
        guard !hasWarned else { return }
        hasWarned = true
        warn("warning: tracking does not work, the work goes on without it (\(reason))")
    }

    private static func decode(_ answer: ByteBuffer) -> TrackingRequests.RunAnswer? {
        try? JSONDecoder().decode(TrackingRequests.RunAnswer.self, from: Data(answer.readableBytesView))
    }

    private static func now() -> Int { Int(Date().timeIntervalSince1970 * 1000) }
}
