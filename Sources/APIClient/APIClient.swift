import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
package import Resources

/// A client of one Martlet server: ARM calls with their errors, paging and long-running operations; extensions add
/// files, logs and scoring. Made by `withClient`, which also closes it.
package struct APIClient: Sendable {
    package let connection: ServerConnection
    /// Follows each request and reply on stderr (`--debug`).
    let trace: @Sendable (String) -> Void
    let http: HTTPClient
    let tokens: TokenSource

    /// The version every ARM request names; the server answers all of them alike.
    static let apiVersion = "2024-10-01"
    static let maximumReply = 256 << 20

    /// Calls `body` with a client and closes its connections afterwards.
    package static func withClient<Result>(
        _ connection: ServerConnection, trace: @escaping @Sendable (String) -> Void = { _ in }, _ body: (APIClient) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        if let caFile = connection.caFile {
            guard FileManager.default.isReadableFile(atPath: caFile) else {
                throw Problem(.unavailable, "cannot read the server's certificate '\(caFile)'; 'martlet serve' writes it anew")
            }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(caFile)
            configuration.tlsConfiguration = tls
        }
        configuration.timeout = .init(connect: .seconds(10))
        // Nobody listening is an answer, not a reason to wait.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let client = APIClient(connection: connection, trace: trace, http: http, tokens: TokenSource())
        do {
            let result = try await body(client)
            try? await http.shutdown()
            return result
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    // MARK: ARM

    /// Each takes a path from the root (`/subscriptions/…`), with or without a query, and gives the body of the reply.
    package func get(_ path: String) async throws(Problem) -> JSON {
        try await call(.GET, path).body
    }

    /// Waits for the end of the operation the put starts, unless `wait` is false; gives the resource.
    @discardableResult
    package func put(_ path: String, _ body: JSON, wait: Bool = true) async throws(Problem) -> JSON {
        let reply = try await call(.PUT, path, body: body)
        return wait ? try await finish(reply, resource: path) : reply.body
    }

    @discardableResult
    package func patch(_ path: String, _ body: JSON) async throws(Problem) -> JSON {
        try await finish(call(.PATCH, path, body: body), resource: path)
    }

    package func delete(_ path: String, wait: Bool = true) async throws(Problem) {
        let reply = try await call(.DELETE, path)
        if wait { _ = try await finish(reply, resource: nil) }
    }

    /// An action; gives its result, which is null for actions without one.
    @discardableResult
    package func post(_ path: String, _ body: JSON? = nil, wait: Bool = true) async throws(Problem) -> JSON {
        let reply = try await call(.POST, path, body: body ?? [:])
        return wait ? try await finish(reply, resource: nil) : reply.body
    }

    /// All elements of a list, page after page, up to `limit`.
    package func list(_ path: String, limit: Int? = nil) async throws(Problem) -> [JSON] {
        var elements: [JSON] = []
        var next: String? = path
        while let page = next {
            let reply = try await get(page)
            elements += reply["value"]?.arrayValue ?? []
            if let limit, elements.count >= limit { return Array(elements.prefix(limit)) }
            next = try reply["nextLink"]?.stringValue.flatMap { link throws(Problem) in link.isEmpty ? nil : try ownPath(of: link) }
            if next == page { break }
        }
        return elements
    }

    // MARK: Requests

    struct Reply {
        var status: Int
        var headers: HTTPHeaders
        var body: JSON
    }

    func call(_ method: HTTPMethod, _ path: String, body: JSON? = nil) async throws(Problem) -> Reply {
        var headers = HTTPHeaders([("Authorization", "Bearer \(try await tokens.token(self))"), ("Accept", "application/json")])
        if body != nil { headers.add(name: "Content-Type", value: "application/json") }
        let url =
            connection.url + path
            + (path.contains("api-version=") ? "" : (path.contains("?") ? "&" : "?") + "api-version=" + Self.apiVersion)
        let (response, bytes) = try await exchange(method, url, headers: headers, body: body.map { $0.bytes() })
        guard 200..<300 ~= response.status.code else { throw Problem(status: Int(response.status.code), body: bytes) }
        return Reply(status: Int(response.status.code), headers: response.headers, body: bytes.isEmpty ? .null : try JSON(parsing: bytes))
    }

    /// One request whose whole reply fits in memory.
    func exchange(
        _ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil, timeout: TimeAmount = .seconds(300)
    ) async throws(Problem) -> (HTTPClientResponse, [UInt8]) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers = headers
        if let body { request.body = .bytes(body) }
        let response = try await send(request, timeout: timeout)
        do {
            return (response, Array(buffer: try await response.body.collect(upTo: Self.maximumReply)))
        } catch {
            throw unreachable(error)
        }
    }

    /// Sends a request; the reply's body is still on its way.
    func send(_ request: HTTPClientRequest, timeout: TimeAmount) async throws(Problem) -> HTTPClientResponse {
        do {
            let response = try await http.execute(request, timeout: timeout)
            trace("\(request.method.rawValue) \(Self.withoutSecrets(request.url)) -> \(response.status.code)")
            return response
        } catch {
            throw unreachable(error)
        }
    }

    func unreachable(_ error: any Error) -> Problem {
        if error is CancellationError { return Problem(.timeout, "interrupted") }
        let text = "\(error)".lowercased()
        if text.contains("nioconnectionerror") || text.contains("connecttimeout") || text.contains("refused") {
            return Problem(.unavailable, "no Martlet server at \(connection.url); start one with 'martlet serve'")
        }
        if text.contains("certificate") || text.contains("handshake") {
            return Problem(
                .unavailable,
                "the server at \(connection.url) does not present a certificate of \(connection.caFile ?? "a known authority"); "
                    + "its client.json may be of an older start: run 'martlet serve' again or point MARTLET_CLIENT at the right file")
        }
        if text.contains("deadline") || text.contains("timeout") {
            return Problem(.timeout, "the server at \(connection.url) did not answer in time")
        }
        return Problem(.unavailable, "the connection to \(connection.url) failed: \(error)")
    }

    /// A signature in a query is as good as a key.
    private static func withoutSecrets(_ url: String) -> String {
        guard let sig = url.range(of: "sig=") else { return url }
        return url[..<sig.upperBound] + "…"
    }

    /// The path and query of a link that must stay on this server: our token goes nowhere else.
    func ownPath(of link: String) throws(Problem) -> String {
        if link.hasPrefix("/") { return link }
        guard link.hasPrefix(connection.url + "/") else {
            throw Problem(.internalFault, "the server's link '\(link)' leads away from \(connection.url)")
        }
        return String(link.dropFirst(connection.url.count))
    }
}

/// A bearer token.
package struct AccessToken: Sendable {
    package var text: String
    /// Seconds since 1970.
    package var expiresOn: Double
}

extension APIClient {
    /// Asks the server for a token for `audience`.
    package func accessToken(audience: String) async throws(Problem) -> AccessToken {
        let resource = audience.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? audience
        let (response, bytes) = try await exchange(
            .GET, "\(connection.identityEndpoint)?api-version=2019-08-01&resource=\(resource)",
            headers: ["X-IDENTITY-HEADER": connection.identityHeader, "Metadata": "true"], timeout: .seconds(30))
        let reply = response.status.code == 200 ? try JSON(parsing: bytes) : .null
        guard let text = reply["access_token"]?.stringValue else {
            throw Problem(
                .unauthenticated,
                "the server at \(connection.url) gave no token (status \(response.status.code)); its client.json may be of an older start: "
                    + "run 'martlet serve' again or point MARTLET_CLIENT at the right file")
        }
        let expiry = reply["expires_on"]
        return AccessToken(text: text, expiresOn: expiry?.doubleValue ?? expiry?.stringValue.flatMap(Double.init) ?? 0)
    }
}

/// Fetches the access token of this invocation once.
actor TokenSource {
    private var token: String?

    func token(_ client: APIClient) async throws(Problem) -> String {
        if let token { return token }
        let fresh = try await client.accessToken(audience: client.connection.url).text
        token = fresh
        return fresh
    }
}
