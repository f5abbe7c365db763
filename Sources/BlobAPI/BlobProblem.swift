internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Resources

/// The one table from the house's problems to Azure Storage's error codes, and the XML that carries them.
enum BlobProblem {
    /// Azure's code and status. `target` says what the problem is about: `blob`, `container`, a header, `?` and a query parameter.
    static func wire(_ problem: Problem) -> (code: String, status: Int) {
        switch (problem.code, problem.target) {
        case (.invalidInput, "Content-MD5"): ("Md5Mismatch", 400)
        case (.invalidInput, "blocklist"): ("InvalidBlockList", 400)
        case (.invalidInput, "metadata"): ("InvalidMetadata", 400)
        case (.invalidInput, "name"): ("InvalidResourceName", 400)
        case (.invalidInput, "range"): ("InvalidRange", 416)
        case (.invalidInput, "uri"): ("InvalidUri", 400)
        case (.invalidInput, "xml"): ("InvalidXmlDocument", 400)
        case (.invalidInput, "?maxresults"): ("OutOfRangeQueryParameterValue", 400)
        case (.invalidInput, let target?): (target.hasPrefix("?") ? "InvalidQueryParameterValue" : "InvalidHeaderValue", 400)
        case (.invalidInput, nil): ("InvalidInput", 400)
        case (.unsupported, let target?): (target.hasPrefix("?") ? "UnsupportedQueryParameter" : "UnsupportedHeader", 400)
        case (.unsupported, nil): ("NotImplemented", 501)
        case (.unauthenticated, "signature"): ("AuthenticationFailed", 403)
        case (.unauthenticated, "bearer"): ("InvalidAuthenticationInfo", 401)
        case (.unauthenticated, _): ("NoAuthenticationInformation", 401)
        case (.forbidden, "resource"): ("AuthorizationFailure", 403)
        case (.forbidden, "source"): ("CannotVerifyCopySource", 403)
        case (.forbidden, _): ("AuthorizationPermissionMismatch", 403)
        case (.notFound, "container"): ("ContainerNotFound", 404)
        case (.notFound, "blob"): ("BlobNotFound", 404)
        case (.notFound, _): ("ResourceNotFound", 404)
        case (.conflict, "container"): ("ContainerAlreadyExists", 409)
        case (.conflict, "blob"): ("BlobAlreadyExists", 409)
        case (.conflict, "kind"): ("InvalidBlobType", 409)
        case (.conflict, "blockcount"): ("BlockCountExceedsLimit", 409)
        case (.conflict, _): ("InvalidOperation", 409)
        case (.preconditionFailed, "append"): ("AppendPositionConditionNotMet", 412)
        case (.preconditionFailed, "maxsize"): ("MaxBlobSizeConditionNotMet", 412)
        case (.preconditionFailed, "lease"): ("LeaseNotPresentWithBlobOperation", 412)
        case (.preconditionFailed, _): ("ConditionNotMet", 412)
        case (.methodNotAllowed, _): ("UnsupportedHttpVerb", 405)
        case (.tooLarge, _): ("RequestBodyTooLarge", 413)
        case (.tooManyRequests, _), (.unavailable, _): ("ServerBusy", 503)
        case (.timeout, _): ("OperationTimedOut", 500)
        case (.outOfSpace, _): ("InsufficientStorage", 507)
        case (.userCodeFailed, _), (.internalFault, _): ("InternalError", 500)
        }
    }

    static func response(_ problem: Problem, requestID: String) -> Response {
        let (code, status) = wire(problem)
        var body = XMLText()
        body.element("Error") { error in
            error.element("Code", code)
            error.element("Message", "\(problem.message)\nRequestId:\(requestID)")
            if problem.code == .unauthenticated { error.element("AuthenticationErrorDetail", problem.message) }
        }
        var response = Response(
            status: .init(code: status), headers: [.contentType: "application/xml"], body: .init(byteBuffer: ByteBuffer(string: body.text)))
        response.headers[values: "x-ms-error-code"] = code
        return response
    }
}

extension HTTPFields {
    /// A header by its plain name; one that is no header name is not set.
    subscript(values name: String) -> String? {
        get { HTTPField.Name(name).flatMap { self[$0] } }
        set { if let name = HTTPField.Name(name) { self[name] = newValue } }
    }
}
