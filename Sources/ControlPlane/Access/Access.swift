internal import Crypto
package import Foundation
internal import JWTKit
package import MetadataStore
package import Resources

/// Tokens, keys and signed links: who may come in, and proof of it.
///
/// Access tokens are JWTs signed with a key that only this data folder holds; each names one audience (azure-wire.md G1).
package struct Access: Sendable {
    /// What a token may be shown to.
    package enum Audience: Sendable, CaseIterable {
        case management, machineLearning, storage
    }

    private let store: MetadataStore
    private let keys: JWTKeyCollection
    private let linkKey: SymmetricKey
    private let baseURL: String
    private let now: @Sendable () -> Date
    /// The secret that this machine's clients trade for tokens (`IDENTITY_HEADER`).
    package let identityHeader: String
    /// Azure Storage account key of the workspace's own account, base64 of 64 bytes.
    package let accountKey: String

    /// `baseURL` is the server's own address without a trailing slash, `https://127.0.0.1:8443`.
    package init(store: MetadataStore, baseURL: String, now: @escaping @Sendable () -> Date = { Date() }) async throws {
        self.store = store
        self.baseURL = baseURL
        self.now = now
        let names = ["tokenKey", "linkKey", "identityHeader", "accountKey"]
        let secrets = try await store.write { tx in
            try names.map { name in
                if let value = try tx.secret(scope: "server", name: name) { return value }
                let value = Self.random(bytes: 64)
                try tx.saveSecret(value, scope: "server", name: name, at: now())
                return value
            }
        }
        keys = await JWTKeyCollection().add(hmac: HMACKey(from: secrets[0]), digestAlgorithm: .sha256)
        linkKey = SymmetricKey(data: Data(secrets[1].utf8))
        identityHeader = secrets[2]
        accountKey = secrets[3]
    }

    /// Base64 of `count` bytes from the system's generator.
    package static func random(bytes count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }).base64EncodedString()
    }

    // MARK: Tokens

    /// The resource strings that stand for an audience; azure-ai-ml asks for them with and without a trailing slash.
    package func names(of audience: Audience) -> [String] {
        switch audience {
        case .management: [baseURL, baseURL + "/", "https://management.azure.com", "https://management.azure.com/"]
        case .machineLearning: [machineLearningResource, machineLearningResource + "/", "https://ml.azure.com"]
        case .storage: ["https://storage.azure.com", "https://storage.azure.com/"]
        }
    }

    /// What azure-ai-ml derives from the portal address as Azure ML's own resource: `https://ml.azure.` and the host's
    /// labels from the third on (azure-wire.md 1.1).
    private var machineLearningResource: String {
        let host = baseURL.drop { $0 != ":" }.dropFirst(3)
        return "https://ml.azure." + host.split(separator: ".", omittingEmptySubsequences: false).dropFirst(2).joined(separator: ".")
    }

    /// A JWT for `resource`, which must be one of this server's audiences.
    package func issueToken(for principal: Principal, resource: String, lifetime: TimeInterval = 24 * 3600) async throws -> (token: String, expires: Date) {
        guard Audience.allCases.contains(where: { names(of: $0).contains(resource) }) else {
            throw Problem(.invalidInput, "this server issues no tokens for the resource '\(resource)'", target: "resource")
        }
        let expires = now().addingTimeInterval(lifetime)
        let payload = TokenPayload(
            iss: .init(value: baseURL), sub: .init(value: principal.name), aud: .init(value: [resource]), exp: .init(value: expires),
            iat: .init(value: now()), role: principal.role, run: principal.runID)
        return (try await keys.sign(payload), expires)
    }

    /// The principal behind a token that is ours, fresh, meant for one of `audiences`, and whose run has not ended.
    package func principal(of token: String, for audiences: [Audience]) async throws -> Principal {
        let payload: TokenPayload
        do {
            payload = try await keys.verify(token, as: TokenPayload.self)
        } catch {
            throw Problem(.unauthenticated, "the access token is not valid here: it is malformed, expired, or of another server")
        }
        guard payload.exp.value > now() else { throw Problem(.unauthenticated, "the access token has expired; ask for a new one") }
        let accepted = audiences.flatMap(names(of:))
        guard payload.aud.value.contains(where: accepted.contains) else {
            throw Problem(
                .unauthenticated, "the access token is for \(payload.aud.value.joined(separator: ", ")); this address needs one for \(accepted.first ?? "")")
        }
        if let run = payload.run, try await store.read({ try $0.isRunRevoked(run) }) {
            throw Problem(.unauthenticated, "the job '\(run)' has ended, and its identity with it")
        }
        return Principal(name: payload.sub.value, role: payload.role, runID: payload.run)
    }

    /// The identity secret that a job trades for tokens: bound to its run.
    package func identityHeader(forRun run: String) -> String { "run:\(run):\(signature("identity:\(run)"))" }

    /// Who a presented identity secret stands for.
    package func principal(ofIdentityHeader header: String, owner: String) -> Principal? {
        if Self.equal(header, identityHeader) { return .owner(named: owner) }
        let parts = header.split(separator: ":", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0] == "run", Self.equal(header, identityHeader(forRun: parts[1])) else { return nil }
        return Principal(name: owner, role: .job, runID: parts[1])
    }

    // MARK: Signed links

    /// `path` with an expiry and a signature: whoever holds the link may read it until then, without a token.
    package func signedLink(path: String, lifetime: TimeInterval = 3600) -> String {
        let expiry = Int64(now().timeIntervalSince1970 + lifetime)
        return "\(baseURL)\(path)?expires=\(expiry)&signature=\(Self.urlSafe(signature("\(path)|\(expiry)")))"
    }

    /// Whether `signature` was made by `signedLink` for this path and has not expired.
    package func isValidLink(path: String, expires: String?, signature given: String?) -> Bool {
        guard let expires, let given, let expiry = Int64(expires), Double(expiry) > now().timeIntervalSince1970 else { return false }
        return Self.equal(given, Self.urlSafe(signature("\(path)|\(expiry)")))
    }

    // MARK: Endpoint keys

    /// Primary and secondary key of an endpoint, made on first use.
    package func endpointKeys(of endpoint: ResourceID) async throws -> (primary: String, secondary: String) {
        let now = now()
        return try await store.write { tx in
            func key(_ name: String) throws -> String {
                if let value = try tx.secret(scope: endpoint.path, name: name) { return value }
                let value = Self.urlSafe(Self.random(bytes: 32))
                try tx.saveSecret(value, scope: endpoint.path, name: name, at: now)
                return value
            }
            return (try key("primaryKey"), try key("secondaryKey"))
        }
    }

    /// Replaces one key (`Primary` or `Secondary`) by `value`, or by a fresh one. Azure's client sends the key that it
    /// wants to be rid of as `value`.
    package func regenerateEndpointKey(of endpoint: ResourceID, type: String, value: String?) async throws {
        guard ["primary", "secondary"].contains(type.lowercased()) else {
            throw Problem(.invalidInput, "keyType must be Primary or Secondary, not '\(type)'", target: "keyType")
        }
        let name = type.lowercased() + "Key"
        let now = now()
        try await store.write { tx in
            let wanted = try value == tx.secret(scope: endpoint.path, name: name) ? nil : value
            try tx.saveSecret(wanted ?? Self.urlSafe(Self.random(bytes: 32)), scope: endpoint.path, name: name, at: now)
        }
    }

    // MARK: Signing

    /// Base64 HMAC-SHA256 under the link key.
    private func signature(_ text: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: linkKey)).base64EncodedString()
    }

    private static func urlSafe(_ text: String) -> String {
        text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Compares in a time that does not depend on where two texts differ.
    package static func equal(_ a: String, _ b: String) -> Bool {
        let first = Array(a.utf8)
        let second = Array(b.utf8)
        guard first.count == second.count else { return false }
        return zip(first, second).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

private struct TokenPayload: JWTPayload {
    let iss: IssuerClaim
    let sub: SubjectClaim
    let aud: AudienceClaim
    let exp: ExpirationClaim
    let iat: IssuedAtClaim
    let role: Principal.Role
    let run: String?

    func verify(using algorithm: some JWTAlgorithm) throws {}
}
