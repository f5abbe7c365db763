import NIOCore
import Resources
import Serving
import Testing

@Suite struct WorkerFrameTests {
    @Test func `a request's head is two lengths and a header any JSON reader reads`() throws {
        let request = WorkerRequest(
            id: "a\"b\\\n", query: "x=1", headers: [("x-odd", "é\u{7}")], body: ByteBuffer(string: "12345"))
        var head = try WorkerFrame.head(of: request, allocator: .init())
        let lengths = (head.readInteger(as: UInt32.self), head.readInteger(as: UInt32.self))
        #expect(lengths.0 == UInt32(head.readableBytes) && lengths.1 == 5)
        let json = try JSON(parsing: head.readableBytesView)
        #expect(json["id"] == "a\"b\\\n" && json["kind"] == "score" && json["headers"] == ["x-odd": "é\u{7}"] && json["query"] == "x=1")
    }

    private func frame(_ header: String, _ body: String) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt32(header.utf8.count))
        buffer.writeInteger(UInt32(body.utf8.count))
        buffer.writeString(header + body)
        return buffer
    }

    @Test func `an answer is read however its bytes arrive`() throws {
        let whole = frame(#"{"id":"1","status":201,"headers":{"a":"b"},"failed":true,"ms":1.5,"facts":null}"#, "hello")
        var buffer = ByteBuffer()
        for byte in whole.readableBytesView {
            let early = try WorkerFrame.reply(from: &buffer)
            #expect(early == nil)
            buffer.writeInteger(byte)
        }
        let last = try WorkerFrame.reply(from: &buffer)
        let reply = try #require(last)
        #expect(
            reply.status == 201 && reply.failed && reply.milliseconds == 1.5 && reply.facts?.typeName == nil
                && String(buffer: reply.body) == "hello")
        #expect(reply.headers.count == 1 && buffer.readableBytes == 0)
    }

    @Test(arguments: [(0, 0), (70_000, 0), (5, 200_000_000), (Int(UInt32.max), Int(UInt32.max))])
    func `impossible lengths are refused as soon as they are there`(lengths: (Int, Int)) {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt32(lengths.0))
        buffer.writeInteger(UInt32(lengths.1))
        let frame = buffer
        #expect(throws: WorkerFailure.self) {
            var buffer = frame
            return try WorkerFrame.reply(from: &buffer) == nil
        }
    }

    @Test(arguments: ["{}", "[]", #"{"status":"ok"}"#, #"{"status":99999}"#, "not json"])
    func `a header of another kind is nonsense`(header: String) {
        let frame = frame(header, "")
        #expect(throws: WorkerFailure.self) {
            var buffer = frame
            return try WorkerFrame.reply(from: &buffer) == nil
        }
    }

    @Test func `headers that do not fit are refused before they are sent`() {
        let request = WorkerRequest(id: "1", headers: [("x", String(repeating: "a", count: 70_000))])
        #expect(throws: WorkerFailure.headersTooLong) { try WorkerFrame.head(of: request, allocator: .init()) }
    }
}
