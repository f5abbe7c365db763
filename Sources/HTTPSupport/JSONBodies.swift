internal import HTTPTypes
package import Hummingbird
internal import NIOCore
package import Resources

extension Request {
    /// The body as JSON; an empty body is an empty object. Refuses bodies over `limit` bytes.
    package func json(limit: Int = 4 * 1024 * 1024) async throws -> JSON {
        let buffer = try await bytes(limit: limit)
        if buffer.readableBytes == 0 { return [:] }
        return try JSON(parsing: buffer.readableBytesView)
    }

    /// The whole body, up to `limit` bytes.
    package func bytes(limit: Int) async throws -> ByteBuffer {
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem(.tooLarge, "the body is larger than the \(limit) bytes allowed here")
        }
    }

    /// One query parameter, percent-decoded.
    package func query(_ name: String) -> String? {
        uri.queryParameters.first { $0.key.lowercased() == name.lowercased() }.map { String($0.value) }
    }
}

extension Response {
    package static func json(_ value: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        json(bytes: value.bytes(), status: status, headers: headers)
    }

    /// A reply of text that is JSON already.
    package static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    package static func text(_ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8") -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
