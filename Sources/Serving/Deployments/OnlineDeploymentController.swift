internal import ControlPlane
internal import Foundation
internal import Kinds
internal import MetadataStore
package import Resources

/// Makes online endpoints and deployments true: workers for every deployment, routes for every endpoint. After a restart
/// all of them come back by themselves.
package struct OnlineDeploymentController: Sendable {
    /// The data plane over these deployments.
    package let scoring: ScoringService
    private let services: ServingServices
    private let sockets: SocketFolder
    private let collector: Collector
    private let mirror = MirrorQueue()

    package init(services: ServingServices) throws(Problem) {
        self.services = services
        sockets = try SocketFolder(dataFolder: services.folder.path)
        let facts = FactsWorker(
            launcher: services.launcher, executable: services.worker, folder: services.folder.path + "/deployments/.facts",
            sockets: sockets,
            machine: services.machine)
        collector = Collector(store: services.store, blobs: services.blobs, facts: facts)
        let (collector, mirror) = (collector, mirror)
        scoring = ScoringService(
            collect: { collector.offer($0, $1, of: $2, took: $3) }, copy: { mirror.offer($0, to: $1) })
    }

    /// Staged rollouts over these deployments.
    package var rollouts: RolloutController {
        RolloutController(services: services, scoring: scoring, flush: { [collector] in await collector.drain() })
    }

    /// Writes the records collected so far, so that a monitor sees the newest requests.
    package func flushRecords() async { await collector.drain() }

    /// Runs until cancelled.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await collector.run() }
            group.addTask { await mirror.run(shadow) }
            group.addTask { await rollouts.run() }
            var isFirstLook = true
            var runners: [ResourceID: AsyncStream<DeploymentRunner.Event>.Continuation] = [:]
            for await _ in await services.feed.follow(kinds: [OnlineEndpoint.path, OnlineDeployment.path]) {
                do {
                    let deployments = try await services.resources.all(.init(kind: OnlineDeployment.path))
                    if isFirstLook { deployments.forEach(removeOldGenerations) }
                    isFirstLook = false
                    try await setRoutes(deployments)
                    for deployment in deployments {
                        if runners[deployment.id] == nil {
                            let (events, continuation) = AsyncStream.makeStream(of: DeploymentRunner.Event.self)
                            runners[deployment.id] = continuation
                            let runner = DeploymentRunner(id: deployment.id, services: services, scoring: scoring, sockets: sockets)
                            group.addTask { await runner.run(events, continuation) }
                        }
                        runners[deployment.id]?.yield(.wanted(deployment))
                    }
                    let present = Set(deployments.map(\.id))
                    for (id, runner) in runners where !present.contains(id) {
                        runner.yield(.gone)
                        runners[id] = nil
                    }
                } catch is CancellationError {
                    break
                } catch {
                    // The store is busy or failing; the next change, or the next start, looks again.
                    FileHandle.standardError.write(Data("the deployments could not be read: \(error)\n".utf8))
                }
            }
        }
    }

    /// What an earlier server left: its workers ended with it, so nobody is at home there.
    private func removeOldGenerations(of deployment: Resource) {
        let folder = services.folder.deployment(deployment.id)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name != "logs" {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    /// Reads the endpoints into routes, then tells their callers that the change holds.
    private func setRoutes(_ deployments: [Resource]) async throws {
        let endpoints = try await services.resources.all(.init(kind: OnlineEndpoint.path))
        var routes: [EndpointAddress: EndpointRoute] = [:]
        for endpoint in endpoints {
            let properties: OnlineEndpointProperties = try endpoint.properties.decoded()
            let mirror = properties.mirrorTraffic?.first { $0.value > 0 }
            let known = deployments.filter { $0.id.endpoint == endpoint.id }.map(\.id.name)
            routes[services.address(of: endpoint.id)] = EndpointRoute(
                id: endpoint.id, authentication: try await authentication(properties.authMode, of: endpoint.id),
                split: TrafficSplit(properties.traffic ?? [:]), mirror: mirror.map { ($0.key, $0.value) }, known: Set(known))
        }
        scoring.setEndpoints(routes)
        for endpoint in endpoints {
            let address = services.address(of: endpoint.id)
            let observed: JSON = [
                "provisioningState": "Succeeded", "scoringUri": .string(address.scoringURI(base: services.serverURL)),
                "swaggerUri": .string(address.swaggerURI(base: services.serverURL)),
            ]
            // A put between the look and this report is not yet in the routes; the next look reports it.
            if endpoint.observed.merging(observed) != endpoint.observed {
                try await services.resources.report(observed, of: endpoint.id, when: { $0.revision == endpoint.revision })
            }
        }
    }

    private func authentication(_ mode: String, of endpoint: ResourceID) async throws -> EndpointRoute.Authentication {
        guard mode.lowercased() == "key" else { return .token }
        let keys = try await services.access.endpointKeys(of: endpoint)
        return .keys(primary: keys.primary, secondary: keys.secondary)
    }

    /// A copy's answer is collected like any other and goes to nobody.
    private func shadow(_ call: ScoringCall, _ deployment: DeploymentRoute) async {
        let start = ContinuousClock.now
        let reply: WorkerReply
        do {
            reply = try await scoring.answer(call, by: deployment).reply
        } catch {
            reply = WorkerReply(
                status: (error as? Problem)?.code == .timeout ? 408 : (error as? Problem)?.code == .tooManyRequests ? 429 : 424)
        }
        collector.offer(call, reply, of: deployment, took: start.duration(to: .now))
    }

    /// Copies that were dropped because the shadow did not keep up, since the start.
    package var mirrorDrops: Int { mirror.drops }
}
