internal import NIOCore
internal import Resources
internal import Synchronization

/// Copies of live requests on their way to a shadow deployment. Bounded in number and bytes; what does not fit is counted
/// and dropped, so that a slow, failing or hanging shadow is nothing to the live traffic.
final class MirrorQueue: Sendable {
    private struct Copy: Sendable {
        let call: ScoringCall
        let deployment: DeploymentRoute
    }

    static let capacity = 64
    static let byteLimit = 64 * 1024 * 1024

    private let stream: AsyncStream<Copy>
    private let continuation: AsyncStream<Copy>.Continuation
    private let bytes = Atomic<Int>(0)
    private let dropCount = Atomic<Int>(0)
    private let inFlight = Atomic<Int>(0)

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Copy.self, bufferingPolicy: .bufferingOldest(Self.capacity))
    }

    /// Copies that were dropped since the start.
    var drops: Int { dropCount.load(ordering: .relaxed) }

    /// Never waits.
    func offer(_ call: ScoringCall, to deployment: DeploymentRoute) {
        let size = call.body.readableBytes
        guard bytes.wrappingAdd(size, ordering: .relaxed).newValue <= Self.byteLimit else { return drop(size) }
        if case .enqueued = continuation.yield(Copy(call: call, deployment: deployment)) { return }
        drop(size)
    }

    private func drop(_ size: Int) {
        bytes.wrappingSubtract(size, ordering: .relaxed)
        dropCount.wrappingAdd(1, ordering: .relaxed)
    }

    /// Sends the copies on, a few at once, until cancelled. `send` swallows the shadow's failures.
    func run(_ send: @escaping @Sendable (ScoringCall, DeploymentRoute) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for await copy in stream {
                guard inFlight.load(ordering: .relaxed) < Self.capacity else {
                    drop(copy.call.body.readableBytes)
                    continue
                }
                inFlight.wrappingAdd(1, ordering: .relaxed)
                group.addTask {
                    await send(copy.call, copy.deployment)
                    self.bytes.wrappingSubtract(copy.call.body.readableBytes, ordering: .relaxed)
                    self.inFlight.wrappingSubtract(1, ordering: .relaxed)
                }
            }
        }
    }
}
