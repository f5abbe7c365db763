internal import HTTPTypes
package import Hummingbird
internal import Logging
internal import NIOCore
package import Resources

/// Turns every error of a façade into the façade's own wire, once, and puts the request id on every reply.
package struct ProblemMiddleware: RouterMiddleware {
    package typealias Context = APIContext
    private let render: @Sendable (Problem, APIContext) -> Response

    /// `render` is the façade's table from `Problem.Code` to status and body.
    package init(render: @escaping @Sendable (Problem, APIContext) -> Response) {
        self.render = render
    }

    @concurrent package func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let problem as Problem {
            response = render(log(problem, request, context), context)
        } catch let error as HTTPError {
            response = render(Problem(http: error), context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            response = render(log(Problem(.internalFault, "the server failed at this request: \(error)"), request, context), context)
        }
        if let name = HTTPField.Name("x-ms-request-id"), response.headers[name] == nil { response.headers[name] = context.requestID }
        return response
    }

    private func log(_ problem: Problem, _ request: Request, _ context: APIContext) -> Problem {
        if problem.code == .internalFault {
            context.logger.error("\(request.method.rawValue) \(request.uri.path): \(problem.message)", metadata: ["request": .string(context.requestID)])
        }
        return problem
    }
}

extension Problem {
    /// What Hummingbird itself refused.
    package init(http error: HTTPError) {
        let code: Code =
            switch error.status.code {
            case 401: .unauthenticated
            case 403: .forbidden
            case 404: .notFound
            case 405: .methodNotAllowed
            case 408: .timeout
            case 412: .preconditionFailed
            case 413: .tooLarge
            case 429: .tooManyRequests
            case 503: .unavailable
            case 400..<500: .invalidInput
            default: .internalFault
            }
        self.init(code, error.body ?? error.status.reasonPhrase.lowercased())
    }

    /// The status most wires give a problem.
    package var httpStatus: HTTPResponse.Status {
        switch code {
        case .invalidInput: .badRequest
        case .unsupported: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .preconditionFailed: .preconditionFailed
        case .methodNotAllowed: .methodNotAllowed
        case .tooLarge: .contentTooLarge
        case .tooManyRequests: .tooManyRequests
        case .userCodeFailed: .init(code: 424, reasonPhrase: "Failed Dependency")
        case .timeout: .requestTimeout
        case .unavailable: .serviceUnavailable
        case .outOfSpace: .init(code: 507, reasonPhrase: "Insufficient Storage")
        case .internalFault: .internalServerError
        }
    }
}
