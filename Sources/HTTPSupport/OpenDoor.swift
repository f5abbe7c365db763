internal import ControlPlane
package import Hummingbird

/// Takes every request for one of the person at this machine: for a server that only this machine reaches.
package struct OpenDoor: RouterMiddleware {
    package typealias Context = APIContext
    private let name: String

    package init(name: String) { self.name = name }

    @concurrent package func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.principal = .owner(named: name)
        return try await next(request, context)
    }
}
