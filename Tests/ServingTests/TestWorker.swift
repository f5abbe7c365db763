import Foundation
import NIOCore
import NIOPosix
import Resources
import Serving
import Synchronization

/// A worker inside the test's process: a Unix socket that answers each frame as `answer` says.
struct TestWorker: Sendable {
    let path: String
    private let channel: any Channel

    /// - Parameter answer: from the request's body to status and body, and milliseconds to wait; `nil` hangs up.
    init(_ answer: @escaping @Sendable (String) -> (status: Int, body: String, delay: Int64)?) async throws {
        path = "/tmp/martlet-test-\(UInt32.random(in: 0 ..< .max))"
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture { try child.pipeline.syncOperations.addHandler(Handler(answer: answer)) }
            }
            .bind(unixDomainSocketPath: path).get()
    }

    func connect() async throws -> WorkerConnection {
        try await WorkerConnection.open(path: path, group: MultiThreadedEventLoopGroup.singleton)
    }

    func close() async throws {
        try await channel.close()
        unlink(path)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let answer: @Sendable (String) -> (status: Int, body: String, delay: Int64)?
        var received = ByteBuffer()

        init(answer: @escaping @Sendable (String) -> (status: Int, body: String, delay: Int64)?) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var chunk = unwrapInboundIn(data)
            received.writeBuffer(&chunk)
            guard let header: UInt32 = received.getInteger(at: received.readerIndex),
                let body: UInt32 = received.getInteger(at: received.readerIndex + 4),
                received.readableBytes >= 8 + Int(header) + Int(body)
            else { return }
            received.moveReaderIndex(forwardBy: 8 + Int(header))
            let text = received.readString(length: Int(body)) ?? ""
            received.discardReadBytes()
            guard let (status, reply, delay) = answer(text) else { return context.close(promise: nil) }
            let head = "{\"id\":\"\",\"status\":\(status),\"headers\":{},\"failed\":false,\"ms\":0}"
            var frame = ByteBuffer()
            frame.writeInteger(UInt32(head.utf8.count))
            frame.writeInteger(UInt32(reply.utf8.count))
            frame.writeString(head + reply)
            let (channel, whole) = (context.channel, frame)
            context.eventLoop.scheduleTask(in: .milliseconds(delay)) { channel.writeAndFlush(whole, promise: nil) }
        }
    }
}

/// A value that several tasks of a test look at.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    var value: Value { mutex.withLock { $0 } }
    func change(_ body: @Sendable (inout Value) -> Void) { mutex.withLock { body(&$0) } }
}
