package import NIOCore
internal import NIOPosix
internal import Resources
internal import Synchronization

/// A request given to a connection, and where its answer goes.
struct WorkerCall: Sendable {
    let request: WorkerRequest
    /// When the client's time is over.
    let deadline: NIODeadline
    /// How long the worker may go on after that before it counts as hung.
    let grace: TimeAmount
    /// Called once, on any thread.
    let complete: @Sendable (Result<WorkerReply, WorkerFailure>) -> Void
}

/// One slot of a worker: a connection on which one request is answered after the other.
package final class WorkerConnection: Sendable {
    /// What the owner of the connection is told; called on the connection's event loop.
    struct Events: Sendable {
        /// The answer has come, in time or late: the slot is free.
        var onFree: @Sendable (WorkerConnection) -> Void = { _ in }
        /// The worker owes an answer for much longer than it was given.
        var onHung: @Sendable (WorkerConnection) -> Void = { _ in }
        var onClosed: @Sendable (WorkerConnection) -> Void = { _ in }
    }

    private let channel: any Channel
    private let events = Mutex(Events())

    private init(channel: any Channel) { self.channel = channel }

    /// Connects to the socket at `path`. Throws while nobody listens there.
    package static func open(path: String, group: any EventLoopGroup) async throws -> WorkerConnection {
        let channel = try await ClientBootstrap(group: group)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(WorkerConnectionHandler()) }
            }
            .connect(unixDomainSocketPath: path).get()
        let connection = WorkerConnection(channel: channel)
        channel.closeFuture.whenComplete { _ in connection.currentEvents.onClosed(connection) }
        return connection
    }

    var currentEvents: Events { events.withLock { $0 } }

    /// From now on the owner is told. A connection that has closed meanwhile is told as well.
    func observe(_ new: Events) {
        events.withLock { $0 = new }
        if !channel.isActive { new.onClosed(self) }
    }

    /// Gives the worker a request. The connection must be free.
    func send(_ call: WorkerCall) {
        // The handler takes the call and keeps this promise at once; it fails only where a closed channel has no handler left.
        channel.writeAndFlush(WorkerConnectionHandler.Command(call: call, connection: self)).whenFailure { _ in
            call.complete(.failure(.died))
        }
    }

    /// Asks and waits for the answer; for use while the connection is nobody else's.
    package func ask(_ request: WorkerRequest, within limit: TimeAmount) async throws(WorkerFailure) -> WorkerReply {
        let result: Result<WorkerReply, WorkerFailure> = await withCheckedContinuation { continuation in
            send(WorkerCall(request: request, deadline: .now() + limit, grace: limit) { continuation.resume(returning: $0) })
        }
        return try result.get()
    }

    package var isOpen: Bool { channel.isActive }

    package func close() { channel.close(promise: nil) }

    /// Waits until the connection is closed; cancelling the task closes it.
    func waitUntilClosed() async {
        await withTaskCancellationHandler {
            _ = try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}

/// Turns calls into frames and frames into answers, on the connection's event loop.
private final class WorkerConnectionHandler: ChannelDuplexHandler {
    struct Command: Sendable {
        let call: WorkerCall
        let connection: WorkerConnection
    }

    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Command
    typealias OutboundOut = ByteBuffer

    private enum State {
        case free
        case asked(Command, Scheduled<Void>)
        /// The client has been told that its time was over; the worker still works.
        case late(Command, Scheduled<Void>)
    }

    private var state = State.free
    private var received = ByteBuffer()

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let command = unwrapOutboundIn(data)
        promise?.succeed()
        guard case .free = state, context.channel.isActive else {
            command.call.complete(.failure(.died))
            return
        }
        let head: ByteBuffer
        do {
            head = try WorkerFrame.head(of: command.call.request, allocator: context.channel.allocator)
        } catch {
            finish(command, .failure(error))
            return
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: command.call.deadline) {
            let (handler, context) = bound.value
            handler.passDeadline(context)
        }
        state = .asked(command, timer)
        context.write(wrapOutboundOut(head), promise: nil)
        if command.call.request.body.readableBytes > 0 { context.write(wrapOutboundOut(command.call.request.body), promise: nil) }
    }

    /// The client's time is over. The worker may go on for a while before it counts as hung.
    private func passDeadline(_ context: ChannelHandlerContext) {
        guard case .asked(let command, _) = state else { return }
        let timer = context.eventLoop.scheduleTask(in: command.call.grace) { command.connection.currentEvents.onHung(command.connection) }
        state = .late(command, timer)
        command.call.complete(.failure(.timedOut))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var chunk = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = chunk } else { received.writeBuffer(&chunk) }
        do {
            guard let reply = try WorkerFrame.reply(from: &received) else { return }
            if received.readableBytes == 0 { received = ByteBuffer() }
            switch state {
            case .free: throw WorkerFailure.nonsense("an answer that nobody asked for")
            case .asked(let command, let timer):
                timer.cancel()
                state = .free
                finish(command, .success(reply))
            case .late(let command, let timer):
                timer.cancel()
                state = .free
                command.connection.currentEvents.onFree(command.connection)
            }
        } catch {
            end(with: error as? WorkerFailure ?? .died)
            context.close(promise: nil)
        }
    }

    /// Answers and frees the slot. The owner is looked up first: an answer may hand the connection to a new owner, who must
    /// not be told of it.
    private func finish(_ command: Command, _ result: Result<WorkerReply, WorkerFailure>) {
        let events = command.connection.currentEvents
        command.call.complete(result)
        events.onFree(command.connection)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(with: .died)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func end(with failure: WorkerFailure) {
        switch state {
        case .free: break
        case .asked(let command, let timer):
            timer.cancel()
            command.call.complete(.failure(failure))
        case .late(_, let timer): timer.cancel()
        }
        state = .free
    }
}
