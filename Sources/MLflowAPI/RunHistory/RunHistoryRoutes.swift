package import ControlPlane
package import HTTPSupport
internal import HTTPTypes
package import Hummingbird
package import Resources

/// The part of Azure ML's data plane that its clients reach beside Resource Manager: run history, and the addresses of
/// job outputs (azure-wire.md 2.5, 2.10).
package struct RunHistoryRoutes: Sendable {
    let runs: RunService
    let resources: ResourceService
    let blobs: BlobService
    let access: Access
    let baseURL: String
    let logFiles: @Sendable (ResourceID) async throws -> [String: String]

    /// `logFiles` gives the names and the readable addresses of a job's logs.
    package init(
        runs: RunService, resources: ResourceService, blobs: BlobService, access: Access, baseURL: String,
        logFiles: @escaping @Sendable (ResourceID) async throws -> [String: String]
    ) {
        self.runs = runs
        self.resources = resources
        self.blobs = blobs
        self.access = access
        self.baseURL = baseURL
        self.logFiles = logFiles
    }

    package func addRoutes(to router: Router<APIContext>) {
        let group = router.group()
            .add(middleware: ProblemMiddleware { problem, _ in Self.response(problem) })
            .add(middleware: BearerAuthentication(access: access, audiences: [.management, .machineLearning]))
        for service in ["history", "data", "modelregistry"] {
            for method in [HTTPRequest.Method.get, .post, .patch] {
                group.on("/\(service)/v1.0/**", method: method) { request, context in Response.json(try await answer(request, context)) }
            }
        }
    }

    /// A request taken apart: the workspace, and what of it is asked.
    struct Call {
        let request: Request
        let principal: Principal
        let workspace: WorkspaceID

        func body() async throws -> JSON { try await request.json() }
        func query(_ name: String) -> String? { request.query(name) }
    }

    private func answer(_ request: Request, _ context: APIContext) async throws -> JSON {
        var parts = request.uri.path.split(separator: "/").map(String.init)[...]
        guard let principal = context.principal, parts.count > 10, let id = MLflowAddress.workspace(Array(parts.dropFirst(2).prefix(8)))
        else {
            throw nothing(at: request)
        }
        let service = parts.removeFirst().lowercased()
        parts = parts.dropFirst(9)
        let call = Call(request: request, principal: principal, workspace: try await resources.workspace(id))
        switch (service, request.method, parts.joined(separator: "/").lowercased()) {
        case ("history", .post, "rundata"): return try await runData(call)
        case ("data", .post, "dataversion/batchgetresolveduris"): return try await resolvedURIs(call, key: "uri")
        case ("modelregistry", .post, "models/batchgetresolveduris"): return try await resolvedURIs(call, key: "path")
        case ("history", _, _): break
        default: throw nothing(at: request)
        }
        // `runs/ID/…`, `experiments/NAME/runs/ID/…`, `experimentids/N/runs/ID/…`
        guard let index = parts.firstIndex(of: "runs"), index + 1 < parts.endIndex else { throw nothing(at: request) }
        let run = ArtifactPath.percentDecoded(parts[index + 1])
        switch (request.method, parts[(index + 2)...].joined(separator: "/").lowercased()) {
        case (.get, ""): return try await runBody(run, call)
        case (.patch, ""): return try await change(run, call)
        case (.get, "details"): return try await details(of: run, call)
        case (.get, "children"): return try await children(of: run, call)
        case (.get, "token"): return try await token(call)
        case (.get, "artifacts"): return try await artifacts(of: run, call)
        case (.post, "artifacts/batch/metadata"): return try await uploadSlots(for: run, call)
        case (.get, "artifacts/contentinfo"): return try await contentInfo(of: run, call)
        case (.get, "artifacts/prefix/contentinfo"): return try await contentInfos(of: run, call)
        default: throw nothing(at: request)
        }
    }

    private func nothing(at request: Request) -> Problem {
        Problem(.notFound, "run history offers nothing at \(request.method.rawValue) \(request.uri.path.prefix(300))")
    }

    /// A fresh token for a job whose first one is about to expire.
    private func token(_ call: Call) async throws -> JSON {
        let (token, expires) = try await access.issueToken(for: call.principal, resource: access.names(of: .management)[0])
        return ["token": .string(token), "expiryTimeUtc": .string(expires.iso8601)]
    }

    static func response(_ problem: Problem) -> Response {
        let code = problem.code == .notFound ? "ResourceNotFound" : problem.code == .invalidInput ? "UserError" : problem.code.rawValue
        return .json(["error": ["code": .string(code), "message": .string(problem.message)]], status: problem.httpStatus)
    }
}
