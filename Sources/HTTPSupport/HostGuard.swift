internal import HTTPTypes
package import Hummingbird
internal import NIOCore

/// Keeps web pages of strangers out of a server without login on this machine: a name that was made to point here (DNS
/// rebinding) betrays itself in `Host`, a page of another site in `Origin` (mlflow.md 1.0, 4.2). It also forbids browsers to
/// guess types and other sites to frame what they are shown.
package struct HostGuard<Context: RequestContext>: RouterMiddleware {
    private let hosts: [String]
    private let origins: [String]

    /// - Parameters:
    ///   - hosts: names allowed in `Host` besides this machine and private addresses, with or without a port; `*` stands
    ///     for any part of a name.
    ///   - origins: sites allowed in `Origin` besides this machine, `https://host:port`; `*` as above.
    package init(hosts: [String] = [], origins: [String] = []) {
        self.hosts = hosts
        self.origins = origins
    }

    @concurrent package func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        let isProbe = request.uri.path == "/health" || request.uri.path == "/version"
        if !isProbe, !admits(host: request.head.authority ?? "") {
            response = .text("Invalid Host header - possible DNS rebinding attack detected", status: .forbidden)
        } else if let origin = request.headers[.origin], request.method != .get, request.method != .head, !admits(origin: origin) {
            response = .text("Cross-origin request blocked", status: .forbidden)
        } else {
            response = try await next(request, context)
        }
        for (name, value) in Self.headers where response.headers[name] == nil { response.headers[name] = value }
        return response
    }

    private static var headers: [(HTTPField.Name, String)] {
        [("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "SAMEORIGIN")].compactMap { name, value in
            HTTPField.Name(name).map { ($0, value) }
        }
    }

    /// Whether the value of a `Host` header names this machine, a private address, or one of the allowed hosts.
    package func admits(host: String) -> Bool {
        let text = host.lowercased()
        let name = Self.withoutPort(text)
        return Self.isNear(name) || hosts.contains { Self.matches(text, $0.lowercased()) || Self.matches(name, $0.lowercased()) }
    }

    /// Whether an `Origin` is of this machine or one of the allowed sites. `null`, which sandboxed pages send, is neither.
    package func admits(origin: String) -> Bool {
        let text = origin.lowercased()
        if let scheme = text.firstRange(of: "://"), ["http", "https"].contains(text[..<scheme.lowerBound]) {
            let name = Self.withoutPort(String(text[scheme.upperBound...]))
            if name == "localhost" || name == "::1" || Self.bytes(name)?.first == 127 { return true }
        }
        return origins.contains { Self.matches(text, $0.lowercased()) }
    }

    private static func isNear(_ name: String) -> Bool {
        if name == "localhost" || name == "::1" { return true }
        if let four = bytes(name) {
            return four == [0, 0, 0, 0] || four[0] == 127 || four[0] == 10 || (four[0] == 172 && 16...31 ~= four[1]) || (four[0] == 192 && four[1] == 168)
        }
        // fc00::/7, the private part of IPv6.
        guard name.contains(":"), let address = try? SocketAddress(ipAddress: name, port: 0), case .v6 = address else { return false }
        return name.hasPrefix("fc") || name.hasPrefix("fd")
    }

    /// The four bytes of a dotted address; a name that only begins like one is none.
    private static func bytes(_ name: String) -> [UInt8]? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func withoutPort(_ text: String) -> String {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[text.index(after: text.startIndex)..<end]) }
        guard let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon else { return text }
        return String(text[..<colon])
    }

    /// Compares with a pattern in which `*` stands for anything.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return text == pattern }
        guard text.hasPrefix(first), text.hasSuffix(last), text.count >= first.count + last.count else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
