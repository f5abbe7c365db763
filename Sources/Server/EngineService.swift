internal import ServiceLifecycle

/// A loop of an engine as a service: it runs until the server is told to stop.
struct EngineService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await body() } catch is CancellationError {}
        }
    }
}
