package import NIOCore
internal import Resources

/// The frames between the server and a worker: two big-endian 32-bit lengths, a JSON header, a body. The worker's side of
/// the same rules is `Inference/Wire` and `CServingAssets/scoring_worker.py`.
package enum WorkerFrame {
    /// Longest header, in bytes.
    package static let headerLimit = 64 * 1024
    /// Longest body, in bytes.
    package static let bodyLimit = 100 * 1024 * 1024

    /// The frame of a request up to its body, which follows as it is.
    package static func head(of request: WorkerRequest, allocator: ByteBufferAllocator) throws(WorkerFailure) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 512)
        buffer.writeRepeatingByte(0, count: 8)
        buffer.writeStaticString("{\"id\":")
        buffer.writeJSON(request.id)
        buffer.writeStaticString(",\"kind\":\"")
        buffer.writeString(request.kind.rawValue)
        buffer.writeStaticString("\",\"method\":")
        buffer.writeJSON(request.method)
        buffer.writeStaticString(",\"path\":")
        buffer.writeJSON(request.path)
        buffer.writeStaticString(",\"query\":")
        buffer.writeJSON(request.query)
        buffer.writeStaticString(",\"headers\":{")
        for (index, header) in request.headers.enumerated() {
            if index > 0 { buffer.writeStaticString(",") }
            buffer.writeJSON(header.name)
            buffer.writeStaticString(":")
            buffer.writeJSON(header.value)
        }
        buffer.writeStaticString("}}")
        let length = buffer.readableBytes - 8
        guard length <= headerLimit else { throw .headersTooLong }
        buffer.setInteger(UInt32(length), at: buffer.readerIndex)
        buffer.setInteger(UInt32(clamping: request.body.readableBytes), at: buffer.readerIndex + 4)
        return buffer
    }

    /// Takes one whole answer off the front of `buffer`; `nil` while bytes are missing. Lengths are checked as soon as they
    /// are there, so a hostile length costs no memory.
    package static func reply(from buffer: inout ByteBuffer) throws(WorkerFailure) -> WorkerReply? {
        let start = buffer.readerIndex
        guard let headerLength = buffer.getInteger(at: start, as: UInt32.self),
            let bodyLength = buffer.getInteger(at: start + 4, as: UInt32.self)
        else { return nil }
        guard headerLength > 0, headerLength <= headerLimit, bodyLength <= bodyLimit else {
            throw .nonsense("a frame with a header of \(headerLength) and a body of \(bodyLength) bytes")
        }
        guard buffer.readableBytes >= 8 + Int(headerLength) + Int(bodyLength) else { return nil }
        buffer.moveReaderIndex(forwardBy: 8)
        guard let header = buffer.readSlice(length: Int(headerLength)), let body = buffer.readSlice(length: Int(bodyLength)) else {
            return nil
        }
        do {
            return try reply(header: JSON(parsing: header.readableBytesView), body: body)
        } catch {
            throw .nonsense("a frame whose header is not what was expected: \(error.message)")
        }
    }

    private static func reply(header: JSON, body: ByteBuffer) throws(Problem) -> WorkerReply {
        guard let status = header["status"]?.integerValue, 100...599 ~= status else {
            throw Problem(.internalFault, "'status' is not an HTTP status")
        }
        var headers: [(name: String, value: String)] = []
        for (name, value) in header["headers"]?.objectValue ?? [:] {
            if let text = value.literalText { headers.append((name, text)) }
        }
        var facts = header["facts"]
        if facts?.isNull == true { facts = Optional.none }
        return WorkerReply(
            status: Int(status), headers: headers, failed: header["failed"]?.boolValue ?? false,
            milliseconds: header["ms"]?.doubleValue ?? 0, facts: facts, body: body)
    }
}

extension ByteBuffer {
    /// Appends `text` as a JSON string.
    fileprivate mutating func writeJSON(_ text: String) {
        writeInteger(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != 0x7F }) {
            writeString(text)
            writeInteger(UInt8(ascii: "\""))
        } else {
            writeBytes(JSON.string(text).bytes().dropFirst())
        }
    }
}
