internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import Resources

/// The one table from our problems to MLflow's errors. The status matters: clients repeat 408, 429 and 5xx for minutes.
enum MLflowProblem {
    static func row(_ code: Problem.Code) -> (status: HTTPResponse.Status, code: String) {
        switch code {
        case .invalidInput: (.badRequest, "INVALID_PARAMETER_VALUE")
        case .tooLarge: (.badRequest, "INVALID_PARAMETER_VALUE")
        // A taken name is 400, not 409: clients rely on it.
        case .conflict: (.badRequest, "RESOURCE_ALREADY_EXISTS")
        case .preconditionFailed: (.conflict, "RESOURCE_CONFLICT")
        case .unauthenticated: (.unauthorized, "UNAUTHENTICATED")
        case .forbidden: (.forbidden, "PERMISSION_DENIED")
        case .notFound: (.notFound, "RESOURCE_DOES_NOT_EXIST")
        case .methodNotAllowed: (.methodNotAllowed, "BAD_REQUEST")
        case .unsupported: (.notImplemented, "NOT_IMPLEMENTED")
        case .tooManyRequests: (.tooManyRequests, "REQUEST_LIMIT_EXCEEDED")
        case .timeout: (.gatewayTimeout, "DEADLINE_EXCEEDED")
        case .unavailable: (.serviceUnavailable, "TEMPORARILY_UNAVAILABLE")
        case .userCodeFailed: (.badRequest, "BAD_REQUEST")
        // Asking again does not make room, so this is none of the codes that are repeated.
        case .outOfSpace: (.init(code: 507, reasonPhrase: "Insufficient Storage"), "RESOURCE_EXHAUSTED")
        case .internalFault: (.internalServerError, "INTERNAL_ERROR")
        }
    }

    static func response(_ problem: Problem) -> Response {
        let row = row(problem.code)
        // Clients match on the sentence, so nothing is set before or after it.
        let message = ([problem.message] + problem.details.map(\.description)).joined(separator: "\n")
        return response(status: row.status, code: row.code, message: message)
    }

    /// There is nothing at this address; clients then do without.
    static func endpointNotFound(_ path: String) -> Response {
        response(status: .notFound, code: "ENDPOINT_NOT_FOUND", message: "this server offers nothing at \(path.prefix(300))")
    }

    private static func response(status: HTTPResponse.Status, code: String, message: String) -> Response {
        var headers: HTTPFields = [:]
        if let name = HTTPField.Name("X-Content-Type-Options") { headers[name] = "nosniff" }
        return .json(["error_code": .string(code), "message": .string(message)], status: status, headers: headers)
    }
}
