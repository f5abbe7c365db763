import Foundation
import Glibc

/// The worker's side of the wire: a Unix domain socket that only its owner may open. Each connection has a thread of its
/// own, and on it one request is answered after the other.
package struct WorkerSocket: Sendable {
    /// Answers one request; called from several threads when there are several connections.
    package typealias Handler = @Sendable (WireRequest, [UInt8]) -> (WireResponse, [UInt8])

    private let descriptor: Int32

    /// Starts to listen at `path`; a socket that a dead worker left there is replaced.
    /// - Throws: `InferenceError` when the path is too long for a socket or cannot be used.
    package init(path: String) throws {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !path.isEmpty, path.utf8.count < room else {
            throw InferenceError("the socket path \(path) has \(path.utf8.count) bytes; between 1 and \(room - 1) are possible")
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure("no socket can be made") }
        unlink(path)
        // The mask makes the socket private from its first moment.
        let mask = umask(0o177)
        defer { umask(mask) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else {
            let error = Self.failure("cannot listen at \(path)")
            close(descriptor)
            throw error
        }
    }

    /// Accepts connections until the process ends or `stop` is called.
    package func serve(_ handler: @escaping Handler) throws {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno == EMFILE || errno == ENFILE {
                    usleep(10_000)
                    continue
                }
                if errno == EINVAL || errno == EBADF { return }
                throw Self.failure("no connection can be accepted")
            }
            Thread.detachNewThread { Self.converse(connection, handler) }
        }
    }

    /// Ends `serve`; open connections go on until the other side closes them.
    package func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Reads requests and writes answers until the other side closes, or speaks nonsense.
    private static func converse(_ connection: Int32, _ handler: Handler) {
        defer { close(connection) }
        var decoder = WireFrameDecoder()
        var chunk = [UInt8](repeating: 0, count: 256 * 1024)
        while true {
            do {
                while let frame = try decoder.next() {
                    guard let request = try? frame.message(WireRequest.self) else { return }
                    let (response, body) = handler(request, frame.body)
                    guard send(try WireFrame(response, body: body).encoded(), to: connection) else { return }
                }
            } catch {
                FileHandle.standardError.write(Data("a connection was closed: \(error)\n".utf8))
                return
            }
            let count = read(connection, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            decoder.append(chunk[..<count])
        }
    }

    private static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        bytes.withUnsafeBytes { raw in
            var sent = 0
            while sent < raw.count {
                // MSG_NOSIGNAL: a server that went away must not end the worker with SIGPIPE.
                let count = Glibc.send(connection, raw.baseAddress.map { $0 + sent }, raw.count - sent, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }

    private static func failure(_ what: String) -> InferenceError {
        InferenceError("\(what): \(String(cString: strerror(errno)))")
    }
}
