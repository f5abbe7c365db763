internal import Foundation
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import Resources

/// MLflow's clients may send user and password; the password is then an access token, whatever the user is called.
struct BasicCredentials: RouterMiddleware {
    typealias Context = APIContext

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        if let header = request.headers[.authorization], header.lowercased().hasPrefix("basic ") {
            guard let data = Data(base64Encoded: header.dropFirst("basic ".count).trimmingCharacters(in: .whitespaces)),
                let text = String(data: data, encoding: .utf8), let colon = text.firstIndex(of: ":")
            else { throw Problem(.unauthenticated, "the Basic credentials are not user:password in base64") }
            var head = request.head
            head.headerFields[.authorization] = "Bearer " + text[text.index(after: colon)...]
            request = Request(head: head, body: request.body)
        }
        return try await next(request, context)
    }
}
