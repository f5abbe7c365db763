internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import Resources

/// The one table from problems to the data plane's wire: statuses that Azure's clients retry on or report.
enum ScoringProblem {
    static func response(_ problem: Problem, _ context: APIContext) -> Response {
        var headers = HTTPFields()
        if problem.code == .userCodeFailed {
            // The container gave no answer at all, which a gateway calls 502.
            headers[.modelErrorStatus] = "502"
            headers[.modelErrorReason] = "Bad Gateway"
        }
        if problem.code == .tooManyRequests || problem.code == .unavailable { headers[.retryAfter] = "1" }
        if problem.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        return .json(
            ["error": ["code": .string(problem.code.rawValue), "message": .string(problem.message)]], status: problem.httpStatus,
            headers: headers)
    }
}

extension HTTPField.Name {
    /// These names are valid; the alternative is only there for the compiler.
    private static func own(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .via }

    static var modelDeployment: HTTPField.Name { own("azureml-model-deployment") }
    static var modelErrorStatus: HTTPField.Name { own("ms-azureml-model-error-statuscode") }
    static var modelErrorReason: HTTPField.Name { own("ms-azureml-model-error-reason") }
    static var requestID: HTTPField.Name { own("x-request-id") }
    static var clientRequestID: HTTPField.Name { own("x-ms-client-request-id") }
}
