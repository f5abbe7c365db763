package import ControlPlane
package import Foundation
package import HTTPSupport
internal import HTTPTypes
package import Hummingbird
internal import Resources

/// Azure's Blob service, path style: `/blobstore/ACCOUNT.blob.SUFFIX/CONTAINER/BLOB`.
package struct BlobRoutes: Sendable {
    let blobs: BlobService
    let authentication: BlobAuthentication

    package init(blobs: BlobService, access: Access, now: @escaping @Sendable () -> Date = { Date() }) {
        self.blobs = blobs
        authentication = BlobAuthentication(access: access, now: now)
    }

    package func addRoutes(to router: Router<APIContext>) {
        let group = router.group("blobstore")
            .add(middleware: BlobReplies())
            .add(middleware: ProblemMiddleware { problem, context in BlobProblem.response(problem, requestID: context.requestID) })
        for method in [HTTPRequest.Method.get, .head, .put, .delete, .post] {
            group.on("**", method: method) { request, context in try await respond(to: request, context) }
        }
    }

    private func respond(to request: Request, _ context: APIContext) async throws -> Response {
        let call = try BlobCall(request)
        let grant = try await authentication.grant(for: call)
        try refuseUnknown(call)
        if call.address.container.name.isEmpty { return try await accountOperation(call, grant) }
        if call.address.name.isEmpty {
            guard call.resourceType == "container" else {
                throw Problem(
                    .invalidInput, "a request to a container has restype=container; a request to a blob has a name after the container",
                    target: "?restype")
            }
            return try await containerOperation(call, grant)
        }
        return try await blobOperation(call, grant)
    }

    /// What would change the meaning of a request and is not offered is refused, never passed over.
    private func refuseUnknown(_ call: BlobCall) throws(Problem) {
        for name in ["snapshot", "versionid"] where call[name] != nil {
            throw Problem(.unsupported, "snapshots and versions of blobs are not offered here", target: "?" + name)
        }
        let refused = [
            "lease": "leases", "snapshot": "snapshots", "tier": "access tiers", "tags": "blob tags", "undelete": "soft delete",
            "batch": "batches",
            "query": "queries over blobs", "page": "page blobs", "pagelist": "page blobs", "incrementalcopy": "page blobs",
            "acl": "stored access policies",
            "copy": "cancelling copies, which are done at once,", "blobs": "searches by tag", "userdelegationkey": "user delegation keys",
            "expiry": "expiry times of blobs", "seal": "sealing append blobs", "immutabilitypolicies": "immutability policies",
            "legalhold": "legal holds",
        ]
        if let what = refused[call.operation] { throw Problem(.unsupported, "\(what) are not offered here", target: "?comp") }
        if call.header("x-ms-lease-id") != nil {
            throw Problem(.preconditionFailed, "the blob has no lease; leases are not offered here", target: "lease")
        }
        for name in [
            "x-ms-structured-body", "x-ms-encryption-key", "x-ms-encryption-scope", "x-ms-tags", "x-ms-copy-source-authorization",
            "x-ms-if-tags",
        ]
        where call.header(name) != nil {
            throw Problem(.unsupported, "the header \(name) is not offered here", target: name)
        }
        if call.method == .post { throw Problem(.methodNotAllowed, "there is nothing to POST to at this address") }
    }

    func notOffered(_ call: BlobCall) -> Problem {
        if call.operation.isEmpty { return Problem(.methodNotAllowed, "\(call.method.rawValue) means nothing at this address") }
        return Problem(.unsupported, "\(call.method.rawValue) with comp=\(call.operation) is not offered here", target: "?comp")
    }
}

/// What every reply of the service carries. A reply to HEAD has no body, whatever it would have said.
private struct BlobReplies: RouterMiddleware {
    typealias Context = APIContext

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[values: "x-ms-version"] = request.headers[values: "x-ms-version"] ?? "2025-11-05"
        if let id = request.headers[values: "x-ms-client-request-id"], id.utf8.count <= 1024 {
            response.headers[values: "x-ms-client-request-id"] = id
        }
        if response.headers[.date] == nil { response.headers[.date] = HTTPDate.text(Date()) }
        response.headers[values: "x-content-type-options"] = "nosniff"
        return request.method == .head ? response.createHeadResponse() : response
    }
}
