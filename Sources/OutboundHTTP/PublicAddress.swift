internal import Foundation
internal import NIOCore
internal import NIOPosix
package import Resources

/// An address of another machine to which a message may go: nothing on this machine, in its network, or of a special
/// meaning (IANA's special-purpose registries), so that nobody can make the server talk to what only the server reaches.
package struct PublicAddress: Sendable, Hashable {
    package let url: String
    package let host: String
    /// One numeric address of the host, checked; the connection goes there and nowhere else, whatever the name says later.
    package let address: String

    /// Resolves the host of `url` and refuses it unless all of its addresses may be reached.
    /// - Parameter allowsNear: also http, and addresses of this machine and its network; for the person who runs the server.
    package init(_ url: String, allowsNear: Bool = false) async throws(Problem) {
        func refused(_ why: String) -> Problem { Problem(.invalidInput, "Invalid webhook URL: \(why)", target: "url") }
        guard url.utf8.count <= 500, !url.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" }) else {
            throw refused("it is longer than 500 bytes, or holds blanks, control characters or backslashes")
        }
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty else {
            throw refused("it is not of the form https://host/path")
        }
        guard scheme == "https" || (scheme == "http" && allowsNear) else { throw refused("its scheme is '\(scheme)'; it must be https") }
        guard parts.user == nil, parts.password == nil else { throw refused("it holds a user or a password") }
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let addresses: [SocketAddress]
        do {
            addresses = try await NIOThreadPool.singleton.runIfActive { try Self.resolve(name) }
        } catch {
            throw refused("its host '\(name.prefix(100))' cannot be found")
        }
        guard let first = addresses.first?.ipAddress, allowsNear || addresses.allSatisfy(Self.isPublic) else {
            throw refused("its host '\(name.prefix(100))' is not a public address")
        }
        self.url = url
        self.host = name
        address = first
    }

    private static func resolve(_ host: String) throws -> [SocketAddress] {
        if let literal = try? SocketAddress(ipAddress: host, port: 0) { return [literal] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { throw Problem(.invalidInput, "no such host") }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
                let number = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                found.append(try SocketAddress(ipAddress: number, port: 0))
            }
            next = entry.pointee.ai_next
        }
        return found
    }

    /// Whether a packet to this address leaves for the internet.
    private static func isPublic(_ address: SocketAddress) -> Bool {
        switch address {
        case .v4(let four): isPublic(withUnsafeBytes(of: four.address.sin_addr) { Array($0) })
        case .v6(let six): isPublic(withUnsafeBytes(of: six.address.sin6_addr) { Array($0) })
        case .unixDomainSocket: false
        }
    }

    private static func isPublic(_ bytes: [UInt8]) -> Bool {
        if bytes.count == 4 {
            switch (bytes[0], bytes[1], bytes[2]) {
            case (0, _, _), (10, _, _), (127, _, _), (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 0, 0), (192, 0, 2), (192, 88, 99),
                (192, 168, _), (198, 18...19, _), (198, 51, 100), (203, 0, 113), (224..., _, _):
                return false
            default: return true
            }
        }
        // Only global unicast (2000::/3), and of it nothing that carries an IPv4 address or is set aside.
        guard bytes.count == 16, bytes[0] & 0xE0 == 0x20 else {
            let isMapped = bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped && isPublic(Array(bytes.suffix(4)))
        }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return isPublic(Array(bytes[2..<6])) }
        if bytes[0] == 0x20, bytes[1] == 0x01, bytes[2] <= 0x01 { return false }
        return !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8)
    }
}
