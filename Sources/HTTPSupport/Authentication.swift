package import ControlPlane
internal import HTTPTypes
package import Hummingbird
internal import Resources

/// Lets a request pass only with an access token of this server for one of the façade's audiences.
package struct BearerAuthentication: RouterMiddleware {
    package typealias Context = APIContext
    private let access: Access
    private let audiences: [Access.Audience]

    package init(access: Access, audiences: [Access.Audience]) {
        self.access = access
        self.audiences = audiences
    }

    @concurrent package func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let token = request.bearerToken else {
            throw Problem(.unauthenticated, "this address needs an access token; 'martlet client-env' prints how a client gets one")
        }
        var context = context
        context.principal = try await access.principal(of: token, for: audiences)
        return try await next(request, context)
    }
}

extension Request {
    /// The token of an `Authorization: Bearer` header.
    package var bearerToken: String? {
        guard let header = headers[.authorization] else { return nil }
        let scheme = header.utf8.prefix(7)
        guard scheme.elementsEqual("Bearer ".utf8) || scheme.map({ $0 | 0x20 }).elementsEqual("bearer ".utf8) else { return nil }
        let token = header.utf8.dropFirst(7).drop { $0 == UInt8(ascii: " ") }
        // Header values come without spaces at their end.
        return String(Substring(token))
    }
}
