import Foundation
import Inference
import Testing

@Suite("The worker's socket")
struct WorkerSocketTests {
    @Test("Answers requests in order on one connection, and closes on nonsense without stopping")
    func conversation() throws {
        let path = NSTemporaryDirectory() + "w-\(UUID().uuidString.prefix(8)).sock"
        let socket = try WorkerSocket(path: path)
        defer {
            socket.stop()
            unlink(path)
        }
        Thread.detachNewThread {
            try? socket.serve { request, body in (WireResponse(id: request.id, status: 200), body.reversed()) }
        }
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)

        let bad = try Connection(path)
        bad.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(bad.readFrame() == nil)

        let good = try Connection(path)
        let requests = try ["a", "b"].map { try WireFrame(WireRequest(id: $0), body: Array($0.utf8) + [1]).encoded() }
        good.write(requests[0] + requests[1])
        for id in ["a", "b"] {
            let frame = try #require(good.readFrame())
            #expect(try frame.message(WireResponse.self).id == id)
            #expect(frame.body == [1] + Array(id.utf8))
        }
    }

    @Test("A path that is too long for a socket is refused")
    func longPath() {
        #expect(throws: InferenceError.self) { try WorkerSocket(path: "/tmp/" + String(repeating: "x", count: 200)) }
    }
}

/// The server's end, blocking.
private final class Connection {
    private let descriptor: Int32
    private var decoder = WireFrameDecoder()

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(status == 0)
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// The next frame; nil when the other side closed.
    func readFrame() -> WireFrame? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            if let frame = try? decoder.next() { return frame }
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return nil }
            decoder.append(chunk[..<count])
        }
    }
}
