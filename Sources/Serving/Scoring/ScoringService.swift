internal import NIOCore
package import Resources
internal import Synchronization

/// The data plane: which endpoint, which deployment, a worker's answer. The routes are one immutable table that is replaced
/// as a whole; a request keeps the table it began with.
package final class ScoringService: Sendable {
    private let routes = Mutex<[EndpointAddress: EndpointRoute]>([:])
    private let collect: @Sendable (ScoringCall, WorkerReply, DeploymentRoute, Duration) -> Void
    private let copy: @Sendable (ScoringCall, DeploymentRoute) -> Void

    /// - Parameters:
    ///   - collect: told of every answer, on the request's path: must not wait.
    ///   - copy: told of every request that a shadow deployment gets as well: must not wait.
    package init(
        collect: @escaping @Sendable (ScoringCall, WorkerReply, DeploymentRoute, Duration) -> Void = { _, _, _, _ in },
        copy: @escaping @Sendable (ScoringCall, DeploymentRoute) -> Void = { _, _ in }
    ) {
        self.collect = collect
        self.copy = copy
    }

    /// The route of an endpoint, or `.notFound`.
    package func route(_ address: EndpointAddress) throws(Problem) -> EndpointRoute {
        guard let route = routes.withLock({ $0[address] }) else {
            throw Problem(
                .notFound, "there is no endpoint at /endpoints/\(address.path); 'martlet online-endpoint list' shows the scoring URIs")
        }
        return route
    }

    /// Has one deployment answer.
    /// - Throws: `Problem`: `.notFound` for an unknown deployment or an endpoint without traffic, `.tooManyRequests`, `.timeout`,
    ///   `.unavailable` while the deployment is down, `.userCodeFailed` when its worker died over the request.
    package func score(_ call: ScoringCall, at address: EndpointAddress) async throws -> ScoringAnswer {
        let clock = ContinuousClock()
        let start = clock.now
        // A pool that closes between the look at the routes and the request has a successor in the routes by then.
        for _ in 0..<8 {
            let route = try route(address)
            let deployment = try deployment(for: call, on: route)
            do {
                let answer = try await answer(call, by: deployment)
                guard call.path == "/score" else { return answer }
                collect(call, answer.reply, deployment, start.duration(to: clock.now))
                if call.deployment == nil, let shadow = route.mirrored() { copy(call, shadow) }
                return answer
            } catch is DeploymentPool.Closed {
                await Task.yield()
            } catch let problem as Problem {
                if problem.code == .timeout || problem.code == .userCodeFailed {
                    collect(call, WorkerReply(status: problem.code == .timeout ? 408 : 424), deployment, start.duration(to: clock.now))
                }
                throw problem
            }
        }
        throw Problem(.unavailable, "the endpoint's deployments are being replaced; try again")
    }

    private func deployment(for call: ScoringCall, on route: EndpointRoute) throws(Problem) -> DeploymentRoute {
        guard let name = call.deployment ?? route.split.deployment(at: route.draws.next()) else {
            throw Problem(
                .notFound,
                "no deployment of the endpoint '\(route.id.name)' has traffic; give one a share: online-endpoint "
                    + "update --traffic \"NAME=100\""
            )
        }
        if let deployment = route.deployments[name] { return deployment }
        guard route.known.contains(name) else {
            throw Problem(
                .notFound,
                "the endpoint '\(route.id.name)' has no deployment '\(name)'; it has \(route.known.sorted().joined(separator: ", "))")
        }
        throw Problem(
            .unavailable,
            "the deployment '\(name)' is not running; 'martlet online-deployment show' says why, 'get-logs' what its workers said")
    }

    /// The worker's answer, with its failures as problems.
    func answer(_ call: ScoringCall, by deployment: DeploymentRoute) async throws -> ScoringAnswer {
        if deployment.isNative, call.path == "/swagger.json" {
            let document = NativeDescription.document(endpoint: deployment.id.parent ?? "")
            return ScoringAnswer(
                deployment: deployment.id.name,
                reply: WorkerReply(status: 200, headers: [("content-type", "application/json")], body: ByteBuffer(bytes: document.bytes())))
        }
        let request = WorkerRequest(
            id: call.requestID, method: call.method, path: call.path, query: call.query, headers: call.headers, body: call.body)
        do {
            return ScoringAnswer(deployment: deployment.id.name, reply: try await deployment.pool.score(request))
        } catch WorkerFailure.timedOut {
            throw Problem(
                .timeout,
                "the deployment '\(deployment.id.name)' gave no answer within \(deployment.pool.timeout); raise "
                    + "request_timeout_ms if it needs longer"
            )
        } catch WorkerFailure.headersTooLong {
            throw Problem(.invalidInput, "the headers of the request are too long")
        } catch let failure as WorkerFailure {
            let reason = if case .nonsense(let text) = failure { "its worker sent \(text)" } else { "its worker ended over this request" }
            throw Problem(
                .userCodeFailed,
                "the deployment '\(deployment.id.name)' failed: \(reason); 'martlet online-deployment get-logs' shows what it said")
        }
    }

    // MARK: Routes

    /// Replaces the endpoints; deployments that stay keep their pools.
    package func setEndpoints(_ new: [EndpointAddress: EndpointRoute]) {
        routes.withLock { routes in
            routes = new.reduce(into: [:]) { table, entry in
                var route = entry.value
                if let old = routes[entry.key], old.id == route.id {
                    let kept = old.deployments.filter { route.known.contains($0.key) }
                    route = EndpointRoute(
                        id: route.id, authentication: route.authentication, split: route.split, mirror: route.mirror, deployments: kept,
                        known: route.known, draws: old.draws, mirrorDraws: old.mirrorDraws)
                }
                table[entry.key] = route
            }
        }
    }

    /// Sends the deployment's requests to `route` from now on; `nil` takes it out.
    package func setDeployment(_ name: String, of address: EndpointAddress, to route: DeploymentRoute?) {
        routes.withLock { $0[address]?.deployments[name] = route }
    }

    func setAuthentication(_ authentication: EndpointRoute.Authentication, of address: EndpointAddress) {
        routes.withLock { $0[address]?.authentication = authentication }
    }
}
