package import ControlPlane
internal import HTTPTypes
package import Hummingbird
package import HTTPSupport
internal import Resources

/// Azure Resource Manager's look-alike: one dispatcher over the kind registry. It knows no kind.
package struct ARMRoutes: Sendable {
    let resources: ResourceService
    let actions: ActionRegistry
    let workspaces: WorkspaceDescription
    let logs: JobLogs
    private let access: Access

    package init(resources: ResourceService, actions: ActionRegistry, workspaces: WorkspaceDescription, logs: JobLogs, access: Access) {
        self.resources = resources
        self.actions = actions
        self.workspaces = workspaces
        self.logs = logs
        self.access = access
    }

    package func addRoutes(to router: Router<APIContext>) {
        let group = router.group("subscriptions")
            .add(middleware: ProblemMiddleware(render: ARMProblem.response))
            .add(middleware: BearerAuthentication(access: access, audiences: [.management]))
        for method: HTTPRequest.Method in [.get, .put, .post, .patch, .delete, .head] {
            group.on("", method: method, use: handle)
            group.on("**", method: method, use: handle)
        }
    }

    @Sendable private func handle(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let principal = context.principal else { throw Problem(.unauthenticated, "this address needs an access token") }
        guard
            let path = ARMPath(
                request.uri.path, isAction: request.method == .post || request.uri.path.hasSuffix("/\(Self.logAction)"), registry: resources.registry)
        else {
            throw Problem(
                .notFound, "Martlet has nothing at \(request.method.rawValue) \(request.uri.path)",
                target: request.uri.path)
        }
        try authorise(principal, request.method, path)
        switch path {
        case .workspaces(let subscription, let group):
            return try await listWorkspaces(subscription: subscription, resourceGroup: group)
        case .workspace(let id): return try await workspace(id, request)
        case .workspaceAction(let id, let action): return try await workspaceAction(id, action)
        case .collection(let workspace, let kind, let parent):
            try requireMethod(request, .get)
            return try await list(kind: kind, parent: parent, in: workspace, request)
        case .versions(let container):
            try requireMethod(request, .get)
            return try await listVersions(of: container, request)
        case .resource(let id): return try await resource(id, request, principal)
        case .action(let id, Self.logAction): return try await logStream(of: id, request)
        case .action(let id, let action): return try await perform(action, on: id, request, principal)
        case .location(_, _, let rest): return try await location(rest)
        case .templateDeployment(let subscription, let group, let name, let rest):
            return try await templateDeployment(subscription: subscription, resourceGroup: group, name: name, rest: rest, request)
        case .subscription(let subscription, let rest): return try subscriptionReply(subscription, rest)
        }
    }

    /// Our own GET on a job: its log, pushed while it grows.
    private static let logAction = "martletLog"

    /// A job works with its submitter's assets, runs and endpoints; workspaces and account keys stay out of its reach.
    private func authorise(_ principal: Principal, _ method: HTTPRequest.Method, _ path: ARMPath) throws {
        guard principal.role == .job else { return }
        switch path {
        case .workspace where method != .get, .workspaceAction, .templateDeployment:
            throw Problem(.forbidden, "the identity of the job '\(principal.runID ?? "")' may not change the workspace")
        default: break
        }
    }

    func requireMethod(_ request: Request, _ methods: HTTPRequest.Method...) throws {
        guard methods.contains(request.method) else {
            throw Problem(.methodNotAllowed, "\(request.method.rawValue) is not offered at \(request.uri.path)")
        }
    }
}
