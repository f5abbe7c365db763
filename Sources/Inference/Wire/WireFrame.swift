// The frame between the server and a worker process. This file needs nothing but the standard library, so that every
// speaker of the wire (the server, the workers, tests) can follow the same rules.

/// One message on the worker wire: two big-endian 32-bit lengths (header, body), then the header (UTF-8 JSON), then the body.
package struct WireFrame: Sendable, Equatable {
    /// Longest header accepted, in bytes.
    package static let headerLimit = 64 * 1024
    /// Longest body accepted, in bytes: the body limit of Azure's inference server images.
    package static let bodyLimit = 100 * 1024 * 1024

    package var header: [UInt8]
    package var body: [UInt8]

    package init(header: [UInt8], body: [UInt8]) {
        self.header = header
        self.body = body
    }

    /// The bytes to send.
    /// - Throws: `WireError` when a part is longer than its limit.
    package func encoded() throws(WireError) -> [UInt8] {
        guard header.count <= Self.headerLimit else { throw .headerTooLong(header.count) }
        guard body.count <= Self.bodyLimit else { throw .bodyTooLong(body.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + body.count)
        for length in [UInt32(header.count), UInt32(body.count)] {
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        }
        bytes += header
        bytes += body
        return bytes
    }
}

/// Why bytes are not a frame.
package enum WireError: Error, Equatable, CustomStringConvertible {
    case headerTooLong(Int)
    case bodyTooLong(Int)
    case emptyHeader

    package var description: String {
        switch self {
        case .headerTooLong(let count): "the frame's header has \(count) bytes; at most \(WireFrame.headerLimit) are allowed"
        case .bodyTooLong(let count): "the frame's body has \(count) bytes; at most \(WireFrame.bodyLimit) are allowed"
        case .emptyHeader: "the frame has no header; the other side does not speak this wire"
        }
    }
}

/// Puts frames together from bytes that arrive in any portions. Lengths are checked as soon as they are there, so a
/// hostile length costs no memory.
package struct WireFrameDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0

    package init() {}

    /// Bytes received and not yet given out as frames.
    package var pendingCount: Int { buffer.count - start }

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame; nil while bytes are missing.
    /// - Throws: `WireError` when the lengths are refused; the connection is of no more use then.
    package mutating func next() throws(WireError) -> WireFrame? {
        guard pendingCount >= 8 else { return nil }
        let headerCount = length(at: start), bodyCount = length(at: start + 4)
        guard headerCount <= WireFrame.headerLimit else { throw .headerTooLong(headerCount) }
        guard bodyCount <= WireFrame.bodyLimit else { throw .bodyTooLong(bodyCount) }
        guard headerCount > 0 else { throw .emptyHeader }
        let headerStart = start + 8, bodyStart = headerStart + headerCount, end = bodyStart + bodyCount
        guard buffer.count >= end else { return nil }
        let frame = WireFrame(header: Array(buffer[headerStart..<bodyStart]), body: Array(buffer[bodyStart..<end]))
        start = end
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
            start = 0
        } else if start > 1 << 20 {
            buffer.removeFirst(start)
            start = 0
        }
        return frame
    }

    private func length(at index: Int) -> Int {
        buffer[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
    }
}
