internal import ControlPlane
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Resources

/// Who may do what: a signature in the query, a shared key, or an access token, each checked before anything is looked up.
struct BlobAuthentication {
    let access: Access
    let now: @Sendable () -> Date

    /// What a request may do.
    enum Grant {
        /// The holder of the account key or of a token.
        case everything
        case signature(SharedAccessSignature)

        /// Whether one of these letters is granted for a service (`s`), container (`c`) or blob (`o`).
        func allows(_ letters: String, on type: Character = "o") -> Bool {
            guard case .signature(let signature) = self else { return true }
            return signature.covers(resourceType: type) && letters.contains { signature.permissions.contains($0) }
        }

        func require(_ letters: String, on type: Character = "o") throws(Problem) {
            guard allows(letters, on: type) else {
                throw Problem(.forbidden, "the signature does not allow this: it has to grant one of '\(letters)'")
            }
        }

        /// For what a signature of a blob or container can never open, as in Azure.
        func requireAccount(_ letters: String, on type: Character) throws(Problem) {
            if case .signature(let signature) = self, signature.scope != .account {
                throw Problem(
                    .forbidden,
                    "a signature for a blob or container does not open this; use the account key, an account signature or a token",
                    target: "resource")
            }
            try require(letters, on: type)
        }
    }

    func grant(for call: BlobCall) async throws -> Grant {
        if let token = call.request.bearer {
            do {
                _ = try await access.principal(of: token, for: [.storage])
            } catch let problem as Problem where problem.code == .unauthenticated {
                throw Problem(.unauthenticated, problem.message, target: "bearer")
            }
            return .everything
        }
        if let header = call.header("authorization") {
            try verify(sharedKey: header, of: call)
            return .everything
        }
        if let signature = try SharedAccessSignature(query: call.query) {
            try signature.verify(accounts: spellings(of: call), address: call.address, key: access.accountKey, now: now())
            return .signature(signature)
        }
        throw Problem(.unauthenticated, "this address needs a signature (SAS), a shared key or an access token")
    }

    /// A shared key signs the request itself; it holds for a quarter of an hour around its time.
    private func verify(sharedKey header: String, of call: BlobCall) throws(Problem) {
        func refused(_ message: String) -> Problem { Problem(.unauthenticated, message, target: "signature") }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] == "SharedKey", let colon = parts[1].lastIndex(of: ":") else {
            throw refused("the Authorization header is neither 'Bearer TOKEN' nor 'SharedKey ACCOUNT:SIGNATURE'")
        }
        let account = String(parts[1][..<colon])
        let given = String(parts[1][parts[1].index(after: colon)...])
        guard spellings(of: call).contains(account) else {
            throw refused("the key is of the account '\(account)', the address of '\(call.address.container.account)'")
        }
        guard let date = call.header("x-ms-date") ?? call.header("date"), let time = HTTPDate.date(date) else {
            throw refused("a request with a shared key needs the header x-ms-date")
        }
        guard abs(time.timeIntervalSince(now())) <= 15 * 60 else {
            throw refused("the request was signed at \(date), more than 15 minutes from the server's time")
        }
        let texts = SharedKeySignature.stringsToSign(
            method: call.method.rawValue, path: call.request.uri.path,
            headers: call.request.headers.map { (name: $0.name.canonicalName, value: $0.value) }, query: call.query, account: account)
        let isRight = texts.contains { Access.equal(given, SharedAccessSignature.sign($0, key: access.accountKey)) }
        guard isRight else { throw refused("the signature does not fit the request; check the account key") }
    }

    /// Clients derive the account's name from the URL in their own ways: the plain name, the first part of the path, the
    /// whole path of the account, and with the host before it (azure-wire.md 1.1). All mean the account of the address.
    private func spellings(of call: BlobCall) -> [String] {
        let name = call.address.container.account
        let host = call.request.uri.path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        let authority = call.request.head.authority ?? ""
        return [name, host, "blobstore/\(host)", "blobstore/\(name)", "\(authority)/blobstore/\(name)"]
    }

    /// Whether the caller may read the source of a copy: with a grant of the whole account, or with the source's own signature.
    func mayRead(_ source: BlobAddress, query: [(name: String, value: String)], grant: Grant, call: BlobCall) throws(Problem) -> Bool {
        if case .everything = grant { return true }
        guard let signature = try SharedAccessSignature(query: query) else { return false }
        try signature.verify(accounts: spellings(of: call), address: source, key: access.accountKey, now: now())
        return Grant.signature(signature).allows("r")
    }
}

extension Request {
    fileprivate var bearer: String? {
        guard let header = headers[.authorization], header.lowercased().hasPrefix("bearer ") else { return nil }
        return String(header.dropFirst(7))
    }
}
