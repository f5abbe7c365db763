internal import HTTPSupport
internal import Hummingbird
internal import Resources

/// The one table from problems to Azure Resource Manager's error envelope.
enum ARMProblem {
    static func response(_ problem: Problem, _ context: APIContext) -> Response {
        .json(["error": envelope(problem)], status: problem.httpStatus)
    }

    /// `{code, message, target?, details}`.
    static func envelope(_ problem: Problem) -> JSON {
        var error: JSON = ["code": .string(code(problem.code)), "message": .string(problem.message)]
        if let target = problem.target { error["target"] = .string(target) }
        error["details"] = .array(problem.details.map(envelope))
        return error
    }

    static func code(_ code: Problem.Code) -> String {
        switch code {
        case .invalidInput: "UserError"
        case .unsupported: "NotSupported"
        case .unauthenticated: "InvalidAuthenticationToken"
        case .forbidden: "AuthorizationFailed"
        case .notFound: "ResourceNotFound"
        case .conflict: "Conflict"
        case .preconditionFailed: "PreconditionFailed"
        case .methodNotAllowed: "MethodNotAllowed"
        case .tooLarge: "RequestBodyTooLarge"
        case .tooManyRequests: "TooManyRequests"
        case .userCodeFailed: "UserCodeFailed"
        case .timeout: "RequestTimeout"
        case .unavailable: "ServiceUnavailable"
        case .outOfSpace: "InsufficientStorage"
        case .internalFault: "InternalServerError"
        }
    }
}
