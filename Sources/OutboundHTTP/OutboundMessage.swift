internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import Resources

/// One message to another machine, by POST: to the checked address only, without redirects, proxies or patience.
package enum OutboundMessage {
    /// How much of an answer is read.
    static let answerLimit = 8 * 1024

    /// - Returns: the status of the answer and the beginning of its body.
    package static func post(_ body: String, headers: [(String, String)], to target: PublicAddress) async throws -> (status: Int, body: String) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.dnsOverride = [target.host: target.address]
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(20))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            var request = HTTPClientRequest(url: target.url)
            request.method = .POST
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            request.body = .bytes(ByteBuffer(string: body))
            let response = try await client.execute(request, timeout: .seconds(30))
            var answer = ByteBuffer()
            for try await chunk in response.body {
                answer.writeImmutableBuffer(chunk)
                if answer.readableBytes >= answerLimit { break }
            }
            try await client.shutdown()
            return (Int(response.status.code), String(decoding: answer.readableBytesView.prefix(answerLimit), as: UTF8.self))
        } catch {
            try? await client.shutdown()
            throw error is CancellationError ? error : Problem(.unavailable, "the message to \(target.host) did not arrive: \(error)")
        }
    }
}
