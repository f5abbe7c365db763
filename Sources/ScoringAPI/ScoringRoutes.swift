package import ControlPlane
package import HTTPSupport
internal import HTTPTypes
package import Hummingbird
internal import NIOCore
internal import Resources
package import Serving

/// The data plane: `/endpoints/WORKSPACE/ENDPOINT/score`, `/swagger.json` and `/health`, by the rules of Azure's gateway
/// (azure-contracts.md C.6).
package struct ScoringRoutes: Sendable {
    /// Larger bodies are refused before they are read.
    private static let bodyLimit = 100 * 1024 * 1024

    private let scoring: ScoringService
    private let access: Access

    package init(scoring: ScoringService, access: Access) {
        self.scoring = scoring
        self.access = access
    }

    package func addRoutes(to router: Router<APIContext>) {
        let group = router.group("endpoints").add(middleware: ProblemMiddleware(render: ScoringProblem.response))
        for method: HTTPRequest.Method in [.get, .post, .options, .put, .patch, .delete, .head] {
            group.on("**", method: method, use: handle)
        }
    }

    @Sendable private func handle(_ request: Request, _ context: APIContext) async throws -> Response {
        let parts = request.uri.path.split(separator: "/")
        guard parts.count >= 3, parts.count <= 4 else { throw Self.nothing(at: request) }
        let address = EndpointAddress(workspace: parts[1], endpoint: parts[2])
        let route = try scoring.route(address)
        switch parts.count == 4 ? parts[3] : "" {
        case "", "health":
            try Self.require([.get, .head], of: request)
            guard route.split.deployments.contains(where: { route.deployments[$0] != nil }) else {
                throw Problem(.unavailable, "no deployment of the endpoint '\(route.id.name)' that has traffic is running")
            }
            return .text("Healthy")
        case "score":
            try await authenticate(request, for: route)
            try Self.require([.get, .post, .options], of: request)
            return try await forward(request, "/score", to: address, context)
        case "swagger.json":
            try await authenticate(request, for: route)
            try Self.require([.get], of: request)
            return try await forward(request, "/swagger.json", to: address, context)
        default: throw Self.nothing(at: request)
        }
    }

    private static func nothing(at request: Request) -> Problem {
        Problem(.notFound, "there is nothing at \(request.uri.path); score at /endpoints/WORKSPACE/ENDPOINT/score")
    }

    private static func require(_ methods: [HTTPRequest.Method], of request: Request) throws(Problem) {
        guard methods.contains(request.method) else {
            throw Problem(.methodNotAllowed, "\(request.method.rawValue) is not offered at \(request.uri.path)")
        }
    }

    private func authenticate(_ request: Request, for route: EndpointRoute) async throws {
        guard let secret = request.bearerToken else {
            throw Problem(
                .unauthenticated,
                "the request has no 'Authorization: Bearer' header; 'martlet online-endpoint get-credentials' prints what belongs in it")
        }
        switch route.authentication {
        case .token: _ = try await access.principal(of: secret, for: [.machineLearning])
        case .keys(let primary, let secondary):
            // Both comparisons are made whatever the first one says.
            let isPrimary = Access.equal(secret, primary)
            let isSecondary = Access.equal(secret, secondary)
            guard isPrimary || isSecondary else {
                throw Problem(
                    .unauthenticated,
                    "the key is not one of the endpoint '\(route.id.name)'; 'martlet online-endpoint get-credentials' prints them")
            }
        }
    }

    private func forward(_ request: Request, _ path: String, to address: EndpointAddress, _ context: APIContext) async throws -> Response {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.bodyLimit {
            throw Problem(.tooLarge, "the body has \(length) bytes; at most \(Self.bodyLimit) are scored")
        }
        let body = try await request.bytes(limit: Self.bodyLimit)
        let call = ScoringCall(
            requestID: context.requestID, method: request.method.rawValue, path: path, query: request.uri.query ?? "",
            headers: Self.headers(for: request, requestID: context.requestID), body: body, deployment: request.headers[.modelDeployment])
        return Self.response(try await scoring.score(call, at: address), requestID: context.requestID)
    }

    /// What the worker gets to see: everything but the secret and what belongs to this hop.
    private static func headers(for request: Request, requestID: String) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = [("x-request-id", requestID)]
        for field in request.headers {
            switch field.name {
            case .authorization, .connection, .contentLength, .transferEncoding, .modelDeployment, .requestID: continue
            case .clientRequestID:
                let id = field.value.unicodeScalars.filter {
                    $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
                }
                headers.append(("x-ms-client-request-id", String(String.UnicodeScalarView(id.prefix(40)))))
            default: headers.append((field.name.canonicalName, field.value))
            }
        }
        return headers
    }

    private static func response(_ answer: ScoringAnswer, requestID: String) -> Response {
        let reply = answer.reply
        var headers = HTTPFields()
        for (name, value) in reply.headers {
            guard let name = HTTPField.Name(name), name != .contentLength, name != .transferEncoding, name != .connection else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        headers[.requestID] = requestID
        headers[.modelDeployment] = answer.deployment
        var status = HTTPResponse.Status.ok
        if reply.status != 200 {
            // A client must be able to tell the model's failure from the gateway's.
            status = HTTPResponse.Status(code: 424, reasonPhrase: "Failed Dependency")
            headers[.modelErrorStatus] = String(reply.status)
            headers[.modelErrorReason] = HTTPResponse.Status(integerLiteral: reply.status).reasonPhrase
        }
        return Response(status: status, headers: headers, body: .init(byteBuffer: reply.body))
    }
}
