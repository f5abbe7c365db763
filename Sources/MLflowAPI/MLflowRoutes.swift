package import ControlPlane
package import HTTPSupport
internal import HTTPTypes
package import Hummingbird
internal import NIOCore
package import Resources

/// MLflow's REST API over runs, the model registry and the blob store, for plain clients in the default workspace and,
/// below `/mlflow/v2.0{workspace}`, for Azure's tracking plug-in.
package struct MLflowRoutes: Sendable {
    /// The MLflow whose API this is; clients decide by it what they may ask for.
    package static let version = "3.17.2"

    private let table: MLflowEndpointTable
    private let artifacts: ArtifactEndpoints
    private let traces: TraceEndpoints
    private let resources: ResourceService
    private let door: Door
    private let workspace: WorkspaceID
    private let host: String

    /// Who may come in.
    package enum Door: Sendable {
        /// Who shows an access token, also as the password of Basic credentials.
        case tokens(Access)
        /// Everybody who reaches the server, as the person of this name.
        case open(String)
    }

    /// `baseURL` is the server's own address without a trailing slash; `workspace` is that of the plain prefixes.
    package init(
        runs: RunService, models: ModelRegistry, webhooks: WebhookService, resources: ResourceService, blobs: BlobService, door: Door,
        baseURL: String, workspace: WorkspaceID = .standard
    ) {
        artifacts = ArtifactEndpoints(runs: runs, models: models, blobs: blobs)
        traces = TraceEndpoints(runs: runs)
        table = MLflowEndpointTable(
            ExperimentEndpoints(runs: runs).list + RunEndpoints(runs: runs).list + MetricEndpoints(runs: runs).list
                + LoggedModelEndpoints(runs: runs).list + RegisteredModelEndpoints(models: models).list
                + ModelVersionEndpoints(models: models).list + WebhookEndpoints(webhooks: webhooks).list + traces.list
                + TrashEndpoints(runs: runs, blobs: blobs).list + artifacts.list + [Self.serverInfo])
        self.resources = resources
        self.door = door
        self.workspace = workspace
        host = String(baseURL.drop { $0 != ":" }.dropFirst(3))
    }

    package func addRoutes(to router: Router<APIContext>) {
        var group = router.group().add(middleware: ProblemMiddleware { problem, _ in MLflowProblem.response(problem) })
        switch door {
        case .tokens(let access):
            group = group.add(middleware: BasicCredentials())
                .add(middleware: BearerAuthentication(access: access, audiences: [.management, .machineLearning]))
        case .open(let name): group = group.add(middleware: OpenDoor(name: name))
        }
        for prefix in ["/api/2.0", "/api/3.0", "/ajax-api/2.0", "/ajax-api/3.0"] {
            for api in ["mlflow", "mlflow-artifacts"] { add("\(prefix)/\(api)/**", to: group) }
        }
        for version in ["v1.0", "v2.0"] { add("/mlflow/\(version)/**", to: group) }
        group.post("/v1/traces") { request, context in try await traces.ingest(request, in: workspace) }
        for method in [HTTPRequest.Method.get, .post] {
            group.on("/graphql", method: method) { request, context in try await graph(request, context) }
        }
        group.get("/get-artifact") { request, context in try await artifacts.download(ofRun: request, plainScope, context) }
        group.get("/model-versions/get-artifact") { request, context in
            try await artifacts.download(ofVersion: request, plainScope, context)
        }
    }

    private func add(_ path: RouterPath, to group: RouterGroup<APIContext>) {
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            group.on(path, method: method) { request, context in try await respond(to: request, context) }
        }
    }

    private var plainScope: MLflowScope { MLflowScope(workspace: workspace, azureHost: nil) }

    private func respond(to request: Request, _ context: APIContext) async throws -> Response {
        guard let address = MLflowAddress(path: request.uri.path), let principal = context.principal else {
            return MLflowProblem.endpointNotFound(request.uri.path)
        }
        var scope = plainScope
        if let id = address.workspace { scope = MLflowScope(workspace: try await resources.workspace(id), azureHost: host) }
        if let response = try await artifacts.respond(to: request, at: address, scope) { return response }
        guard address.api == .mlflow else { return MLflowProblem.endpointNotFound(request.uri.path) }
        switch table.match(request.method, address.rest) {
        case .none: return MLflowProblem.endpointNotFound(request.uri.path)
        case .otherMethod: throw Problem(.methodNotAllowed, "\(request.method.rawValue) is not a method of \(address.rest)")
        case .found(let endpoint, let captures):
            let call = MLflowCall(
                arguments: try await MLflowArguments(request), scope: scope, principal: principal, captures: captures)
            return .json(bytes: try await endpoint.handle(call))
        }
    }

    private func graph(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let principal = context.principal else { return MLflowProblem.endpointNotFound(request.uri.path) }
        let arguments = try await MLflowArguments(request)
        let scope = plainScope
        let answer = try await GraphQuery(
            document: try arguments.required("query"), variables: arguments["variables"] ?? [:], operation: try arguments.text("operationName")
        ).answer { method, path, input in
            guard case .found(let endpoint, let captures) = table.match(method, path) else {
                throw Problem(.internalFault, "the graph asks for \(path), which is not in the table of operations")
            }
            let call = MLflowCall(arguments: MLflowArguments(input), scope: scope, principal: principal, captures: captures)
            return try JSON(parsing: try await endpoint.handle(call))
        }
        return .json(answer)
    }

    /// What clients may and may not use here.
    private static let serverInfo = MLflowEndpoint(.get, "server-info") { _ in
        [
            "store_type": "SqlStore", "workspaces_enabled": false, "trace_archival_enabled": false, "multipart_uploads_enabled": false,
            "multipart_downloads_enabled": false, "presigned_upload_run_id_supported": false, "presigned_upload_model_id_supported": false,
            "features_enabled": [],
        ]
    }
}
