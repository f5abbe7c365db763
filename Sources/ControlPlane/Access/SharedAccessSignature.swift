internal import Crypto
package import Foundation
package import Resources

/// A shared access signature of Azure Storage: the right to do some things with one container or blob until a time, proven
/// by an HMAC-SHA256 under the account key. Formulas: "Create a service SAS" and "Create an account SAS" of Azure Storage's
/// REST reference. Pure: it knows neither the clock nor the store.
package struct SharedAccessSignature: Sendable, Hashable {
    /// What the signature covers.
    package enum Scope: Sendable, Hashable {
        case blob, container
        /// All services and types of resources that `ss` and `srt` name.
        case account
    }

    private let fields: [String: String]
    package let scope: Scope
    /// Letters such as `racwdl`.
    package let permissions: String

    /// Reads the decoded query of a request; `nil` when it carries no signature.
    /// - Throws: `.unauthenticated` with the target `signature` for one that is incomplete, or of a sort that is not offered.
    package init?(query: [(name: String, value: String)]) throws(Problem) {
        var fields: [String: String] = [:]
        for (name, value) in query where fields[name] == nil { fields[name] = value }
        guard fields["sig"] != nil else { return nil }
        if fields["skoid"] != nil {
            throw Self.refused("user delegation signatures are not offered here; use an account key, a signature made with it, or a token")
        }
        if fields["si"] != nil {
            throw Self.refused("stored access policies (si) are not offered here; put permissions and expiry into the signature")
        }
        guard fields["se"] != nil, let permissions = fields["sp"], let version = fields["sv"] else {
            throw Self.refused("the signature needs sv, se and sp")
        }
        guard version >= "2018-11-09" else {
            throw Self.refused("signatures of the version \(version) are not offered here; use 2018-11-09 or newer")
        }
        if fields["ss"] != nil || fields["srt"] != nil {
            scope = .account
        } else {
            switch fields["sr"] {
            case "b": scope = .blob
            case "c": scope = .container
            default:
                throw Self.refused("the signature is for '\(fields["sr"] ?? "")'; here it can be for a blob (sr=b) or a container (sr=c)")
            }
        }
        self.fields = fields
        self.permissions = permissions
    }

    private init(scope: Scope, fields: [String: String]) {
        self.scope = scope
        self.fields = fields
        permissions = fields["sp"] ?? ""
    }

    /// Whether the account signature covers the service `b` and resources of the type (`s`, `c`, `o`).
    package func covers(resourceType: Character) -> Bool {
        scope != .account || (fields["ss"]?.contains("b") == true && fields["srt"]?.contains(resourceType) == true)
    }

    /// Response headers that the signature asks for instead of the blob's own: `rscc`, `rscd`, `rsce`, `rscl`, `rsct`.
    package func override(_ name: String) -> String? { fields[name] }

    /// Checks signature, protocol and times.
    /// - Parameters:
    ///   - accounts: the spellings that clients use for the account of the request; all of them mean the same one.
    ///   - key: base64, as in `Access.accountKey`.
    /// - Throws: `.unauthenticated` with the target `signature`.
    package func verify(accounts: [String], address: BlobAddress, key: String, now: Date) throws(Problem) {
        let given = fields["sig"] ?? ""
        let isRight = accounts.contains { account in
            Access.equal(given, Self.sign(stringToSign(account: account, address: address), key: key))
        }
        guard isRight else {
            throw Self.refused("the signature does not fit the request; it was made with another key or for another resource")
        }
        guard let expiry = fields["se"].flatMap(Self.date) else { throw Self.refused("the expiry '\(fields["se"] ?? "")' is no time") }
        guard expiry > now else { throw Self.refused("the signature expired at \(fields["se"] ?? "")") }
        if let start = fields["st"] {
            guard let date = Self.date(start) else { throw Self.refused("the start '\(start)' is no time") }
            guard date <= now else { throw Self.refused("the signature is valid from \(start) on") }
        }
        // The server cannot see the address behind a proxy, so a restriction to addresses is never taken for fulfilled.
        if fields["sip"] != nil { throw Self.refused("signatures for certain addresses (sip) are not offered here") }
    }

    // MARK: Making

    /// The query string, without `?`, that opens a container.
    /// - Parameters:
    ///   - permissions: letters of `racwdl`, in this order.
    ///   - key: base64, as in `Access.accountKey`.
    package static func containerSAS(account: String, container: String, permissions: String, expires: Date, key: String) -> String {
        make(.container, BlobContainer(account: account, name: container).at(""), permissions, expires, key)
    }

    /// The query string, without `?`, that opens one blob.
    package static func blobSAS(address: BlobAddress, permissions: String, expires: Date, key: String) -> String {
        make(.blob, address, permissions, expires, key)
    }

    private static func make(_ scope: Scope, _ address: BlobAddress, _ permissions: String, _ expires: Date, _ key: String) -> String {
        let fields = [
            "sp": permissions, "se": expires.formatted(.iso8601), "spr": "https", "sv": "2022-11-02", "sr": scope == .blob ? "b" : "c",
        ]
        let signature = SharedAccessSignature(scope: scope, fields: fields)
        let sig = sign(signature.stringToSign(account: address.container.account, address: address), key: key)
        let order = ["sv", "spr", "se", "sr", "sp"]
        return (order.map { ($0, fields[$0] ?? "") } + [("sig", sig)]).map { "\($0)=\(encode($1))" }.joined(separator: "&")
    }

    // MARK: Signing

    func stringToSign(account: String, address: BlobAddress) -> String {
        func field(_ name: String) -> String { fields[name] ?? "" }
        let version = field("sv")
        if scope == .account {
            var lines = [account] + ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"].map(field)
            if version >= "2020-12-06" { lines.append(field("ses")) }
            return lines.joined(separator: "\n") + "\n"
        }
        var resource = "/blob/\(account)/\(address.container.name)"
        if scope == .blob { resource += "/" + address.name }
        var lines = [field("sp"), field("st"), field("se"), resource] + ["si", "sip", "spr", "sv", "sr", "snapshot"].map(field)
        if version >= "2020-12-06" { lines.append(field("ses")) }
        lines += ["rscc", "rscd", "rsce", "rscl", "rsct"].map(field)
        return lines.joined(separator: "\n")
    }

    /// Base64 HMAC-SHA256 of UTF-8 `text` under a base64 key.
    package static func sign(_ text: String, key: String) -> String {
        let secret = SymmetricKey(data: Data(base64Encoded: key) ?? Data())
        return Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: secret)).base64EncodedString()
    }

    /// Azure takes `2026-11-24`, `…T20:00Z`, `…T20:00:00Z` and with up to seven digits of a fraction.
    static func date(_ text: String) -> Date? {
        guard text.utf8.count >= 10 else { return nil }
        var text = text
        if text.utf8.count == 10 { text += "T00:00:00Z" }
        if text.utf8.count == 17, text.hasSuffix("Z") { text = text.dropLast() + ":00Z" }
        if let dot = text.firstIndex(of: ".") { text = text[..<dot] + "Z" }
        return try? Date(text, strategy: .iso8601)
    }

    private static func encode(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D").replacing(
            ":", with: "%3A")
    }

    private static func refused(_ message: String) -> Problem { Problem(.unauthenticated, message, target: "signature") }
}
