package import ControlPlane
internal import Foundation
package import HTTPSupport
internal import HTTPTypes
package import Hummingbird
internal import NIOCore
internal import Resources

/// What stands around Azure's sign-in: the cloud's metadata, tokens for managed identities and for client secrets, and
/// service discovery (azure-wire.md 1.1, 2.1, 2.11).
package struct SignInRoutes: Sendable {
    private let access: Access
    private let baseURL: String
    private let owner: String

    /// `owner` names the person whose machine this is; tokens carry it.
    package init(access: Access, baseURL: String, owner: String) {
        self.access = access
        self.baseURL = baseURL
        self.owner = owner
    }

    package func addRoutes(to router: Router<APIContext>) {
        let group = router.group().add(middleware: ProblemMiddleware(render: ARMProblem.response))
        group.get("metadata/endpoints", use: cloudMetadata)
        group.get("discovery", use: discovery)
        group.get("discovery/**", use: discovery)
        group.get("msi/token", use: managedIdentityToken)
        group.get("metadata/identity/oauth2/token", use: managedIdentityToken)
        group.get("adfs/.well-known/openid-configuration", use: openIDConfiguration)
        group.get("adfs/v2.0/.well-known/openid-configuration", use: openIDConfiguration)
        group.post("adfs/oauth2/token", use: clientSecretToken)
        group.post("adfs/oauth2/v2.0/token", use: clientSecretToken)
    }

    /// The name clients give as `AZUREML_CURRENT_CLOUD`.
    package static let cloudName = "Martlet"

    @Sendable private func cloudMetadata(_ request: Request, _ context: APIContext) -> Response {
        let url: JSON = .string(baseURL + "/")
        return .json([
            [
                "name": .string(Self.cloudName), "portal": url, "resourceManager": url,
                "authentication": [
                    "loginEndpoint": url, "audiences": [url], "tenant": "common", "identityProvider": "AAD",
                ],
                "graph": url, "graphEndpoint": url, "gallery": url, "batch": url, "media": url, "sqlManagement": url, "vmImageAliasDoc": url,
                "activeDirectoryDataLake": url, "graphAudience": url,
                // The trailing slash keeps the last path segment of path-style blob addresses (azure-wire.md 1.1).
                "suffixes": [
                    "storage": "martlet.local/", "keyVaultDns": "vault.martlet.local", "acrLoginServer": "azurecr.martlet.local",
                    "sqlServerHostname": "database.martlet.local", "azureDataLakeStoreFileSystem": "dls.martlet.local",
                    "azureDataLakeAnalyticsCatalogAndJob": "dla.martlet.local",
                ],
            ]
        ])
    }

    @Sendable private func discovery(_ request: Request, _ context: APIContext) -> Response {
        let url: JSON = .string(baseURL)
        return .json([
            "api": url, "history": url, "experimentation": url, "catalog": url, "modelmanagement": url, "pipelines": url, "studio": url,
        ])
    }

    /// App Service form (`X-IDENTITY-HEADER`), the older `secret` header, and the pod-identity address.
    @Sendable private func managedIdentityToken(_ request: Request, _ context: APIContext) async throws -> Response {
        let secret = ["X-IDENTITY-HEADER", "secret"].lazy.compactMap { HTTPField.Name($0) }.compactMap { request.headers[$0] }.first
        guard let secret, let principal = access.principal(ofIdentityHeader: secret, owner: owner) else {
            throw Problem(.unauthenticated, "the identity secret (IDENTITY_HEADER) is not the one of this server; 'martlet client-env' prints it")
        }
        guard let resource = request.query("resource") else {
            throw Problem(.invalidInput, "the parameter 'resource' is missing", target: "resource")
        }
        let (token, expires) = try await access.issueToken(for: principal, resource: resource)
        return .json([
            "access_token": .string(token), "expires_on": .string(String(Int64(expires.timeIntervalSince1970))), "resource": .string(resource),
            "token_type": "Bearer",
        ])
    }

    @Sendable private func openIDConfiguration(_ request: Request, _ context: APIContext) -> Response {
        .json([
            "issuer": .string(baseURL + "/adfs"), "authorization_endpoint": .string(baseURL + "/adfs/oauth2/authorize"),
            "token_endpoint": .string(baseURL + "/adfs/oauth2/token"), "device_authorization_endpoint": .string(baseURL + "/adfs/oauth2/devicecode"),
            "jwks_uri": .string(baseURL + "/adfs/discovery/keys"),
        ])
    }

    /// `client_credentials` with the identity secret as `client_secret` (tenant `adfs`).
    @Sendable private func clientSecretToken(_ request: Request, _ context: APIContext) async throws -> Response {
        let form = URLForm(String(buffer: try await request.bytes(limit: 64 * 1024)))
        guard let secret = form["client_secret"], let principal = access.principal(ofIdentityHeader: secret, owner: owner) else {
            return .json(
                [
                    "error": "invalid_client",
                    "error_description": "the client secret is not the identity secret of this server; 'martlet client-env' prints it",
                ], status: .unauthorized)
        }
        let scope = form["resource"] ?? form["scope"]?.split(separator: " ").first.map(String.init) ?? ""
        let resource = scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : scope
        let (token, expires) = try await access.issueToken(for: principal, resource: resource)
        let seconds = JSON.integer(Int64(expires.timeIntervalSinceNow))
        return .json(["token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": .string(token)])
    }
}

/// The fields of an `application/x-www-form-urlencoded` body.
private struct URLForm {
    private let fields: [String: String]

    init(_ text: String) {
        let pairs = text.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        fields = Dictionary(
            pairs.map { pair in
                func decoded(_ text: Substring) -> String { text.replacing("+", with: " ").removingPercentEncoding ?? String(text) }
                return (decoded(pair[0]), pair.count > 1 ? decoded(pair[1]) : "")
            }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> String? { fields[name] }
}
