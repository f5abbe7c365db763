internal import Hummingbird
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Runs the tasks of connections on the event loops that read and write them. A task that is woken by an event loop goes on
/// right there, so that a scored request wakes no other thread on its way in and out; that halves the processor time of a
/// small request.
final class LoopExecutor: TaskExecutor {
    private let group = MultiThreadedEventLoopGroup.singleton

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? group.next()
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// The HTTP server with its connections on their event loops.
struct LoopBoundServer<Base: Service>: Service {
    let base: Base

    func run() async throws {
        try await withTaskExecutorPreference(LoopExecutor()) { try await base.run() }
    }
}

/// Takes what may work for long (hashing, searching, rendering) off the event loops. Scoring, which waits for a worker and does
/// little else, stays there, and so do the small writes of a training loop, which wait for the store.
struct OffLoop<Context: RequestContext>: RouterMiddleware {
    @concurrent func handle(_ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response) async throws -> Response {
        let path = request.uri.path
        if path.hasPrefix("/endpoints/") || SmallWrites.paths.contains(path) { return try await next(request, context) }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await next(request, context) }
    }
}

/// Requests of MLflow's clients that come many times a second.
private enum SmallWrites {
    static let paths = Set(["log-metric", "log-parameter", "log-batch", "set-tag", "create", "update"].map { "/api/2.0/mlflow/runs/" + $0 })
}
