internal import Crypto
package import Foundation
package import Resources
internal import SwiftASN1
internal import X509

/// The server's own certificate authority and the leaf it serves with. The official SDK refuses bearer tokens without TLS,
/// so there is TLS from the first start.
package struct CertificateAuthority: Sendable {
    private let folder: DataFolder
    private let now: Date

    package var leafCertificate: String { folder.keys + "/server.crt" }
    package var leafKey: String { folder.keys + "/server.key" }
    private var authorityKey: String { folder.keys + "/ca.key" }

    /// Makes what is missing: the authority once, a leaf when there is none, it is about to expire, or it does not name
    /// `hosts`. Clients only ever have to trust `DataFolder.certificateAuthority`.
    package init(folder: DataFolder, hosts: [String], now: Date = Date()) throws(Problem) {
        self.folder = folder
        self.now = now
        do {
            let authority = try loadAuthority() ?? makeAuthority()
            if try !hasUsableLeaf(hosts: hosts) { try makeLeaf(hosts: hosts, authority: authority) }
            try writeBundle()
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalFault, "cannot set up the server's certificate in \(folder.keys): \(error)")
        }
    }

    private typealias Authority = (certificate: Certificate, key: Certificate.PrivateKey)

    private func loadAuthority() throws -> Authority? {
        guard let certificate = read(folder.certificateAuthority), let key = read(authorityKey) else { return nil }
        return (try Certificate(pemEncoded: certificate), try Certificate.PrivateKey(pemEncoded: key))
    }

    private func makeAuthority() throws -> Authority {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName {
            CommonName("Martlet on this machine")
            OrganizationName("Martlet")
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey, notValidBefore: now.addingTimeInterval(-86_400),
            notValidAfter: now.addingTimeInterval(10 * 365 * 86_400), issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            }, issuerPrivateKey: key)
        try write(try key.serializeAsPEM().pemString, to: authorityKey, mode: 0o600)
        try write(try certificate.serializeAsPEM().pemString, to: folder.certificateAuthority, mode: 0o644)
        return (certificate, key)
    }

    private func makeLeaf(hosts: [String], authority: Authority) throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey, notValidBefore: now.addingTimeInterval(-86_400),
            // Clients refuse leaves that live longer than 398 days.
            notValidAfter: now.addingTimeInterval(397 * 86_400), issuer: authority.certificate.subject,
            subject: try DistinguishedName { CommonName(hosts.first ?? "localhost") }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(hosts.map(Self.name))
                AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: authority.key.publicKey).keyIdentifier)
            }, issuerPrivateKey: authority.key)
        try write(try key.serializeAsPEM().pemString, to: leafKey, mode: 0o600)
        try write(try certificate.serializeAsPEM().pemString, to: leafCertificate, mode: 0o644)
    }

    private func hasUsableLeaf(hosts: [String]) throws -> Bool {
        guard let text = read(leafCertificate), read(leafKey) != nil, let leaf = try? Certificate(pemEncoded: text) else { return false }
        guard leaf.notValidAfter > now.addingTimeInterval(30 * 86_400) else { return false }
        let names = try leaf.extensions.subjectAlternativeNames.map(Array.init) ?? []
        return hosts.allSatisfy { names.contains(Self.name($0)) }
    }

    /// Our authority first, then the machine's: `REQUESTS_CA_BUNDLE` replaces a client's own list.
    private func writeBundle() throws {
        let machine = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"].lazy.compactMap(read).first ?? ""
        let bundle = (read(folder.certificateAuthority) ?? "") + "\n" + machine
        if read(folder.certificateBundle) != bundle { try write(bundle, to: folder.certificateBundle, mode: 0o644) }
    }

    private static func name(_ host: String) -> GeneralName {
        let bytes = host.split(separator: ".").compactMap { UInt8($0) }
        if bytes.count == 4 { return .ipAddress(ASN1OctetString(contentBytes: bytes[...])) }
        if host == "::1" { return .ipAddress(ASN1OctetString(contentBytes: ([UInt8](repeating: 0, count: 15) + [1])[...])) }
        return .dnsName(host)
    }

    /// The text of a file; `nil` when it is not there.
    private func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func write(_ text: String, to path: String, mode: Int) throws {
        let temporary = path + ".new"
        guard FileManager.default.createFile(atPath: temporary, contents: Data(text.utf8), attributes: [.posixPermissions: mode]) else {
            throw Problem(.outOfSpace, "cannot write \(temporary)")
        }
        guard rename(temporary, path) == 0 else { throw Problem(.outOfSpace, "cannot write \(path)") }
    }
}
