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
    private let resources: ResourceService
    private let access: Access
    private let workspace: WorkspaceID
    private let host: String

    /// `baseURL` is the server's own address without a trailing slash; `workspace` is that of the plain prefixes.
    package init(
        runs: RunService, models: ModelRegistry, resources: ResourceService, blobs: BlobService, access: Access, baseURL: String,
        workspace: WorkspaceID = .standard
    ) {
        artifacts = ArtifactEndpoints(runs: runs, models: models, blobs: blobs)
        table = MLflowEndpointTable(
            ExperimentEndpoints(runs: runs).list + RunEndpoints(runs: runs).list + MetricEndpoints(runs: runs).list
                + LoggedModelEndpoints(runs: runs).list + RegisteredModelEndpoints(models: models).list
                + ModelVersionEndpoints(models: models).list + artifacts.list + [Self.serverInfo])
        self.resources = resources
        self.access = access
        self.workspace = workspace
        host = String(baseURL.drop { $0 != ":" }.dropFirst(3))
    }

    package func addRoutes(to router: Router<APIContext>) {
        let group = router.group()
            .add(middleware: ProblemMiddleware { problem, _ in MLflowProblem.response(problem) })
            .add(middleware: BasicCredentials())
            .add(middleware: BearerAuthentication(access: access, audiences: [.management, .machineLearning]))
        for prefix in ["/api/2.0", "/api/3.0", "/ajax-api/2.0", "/ajax-api/3.0"] {
            for api in ["mlflow", "mlflow-artifacts"] { add("\(prefix)/\(api)/**", to: group) }
        }
        for version in ["v1.0", "v2.0"] { add("/mlflow/\(version)/**", to: group) }
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
            return .json(try await endpoint.handle(call))
        }
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
