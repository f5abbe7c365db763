internal import ControlPlane
internal import Foundation
internal import Resources

/// Follows one deployment from its first put to its deletion: a new generation of workers for every change, the old one
/// answering until the new one can.
struct DeploymentRunner: Sendable {
    enum Event: Sendable {
        /// The deployment as it is asked for now.
        case wanted(Resource)
        case gone
        case generation(Int, DeploymentGeneration.Event)
    }

    private struct Numbered {
        let number: Int
        let generation: DeploymentGeneration
        var hasFailed = false
    }

    let id: ResourceID
    let services: ServingServices
    let scoring: ScoringService
    let sockets: SocketFolder

    private var log: DeploymentLog { DeploymentLog(folder: services.folder.deployment(id)) }

    /// Runs until the deployment is gone, or the task is cancelled.
    func run(_ events: AsyncStream<Event>, _ post: AsyncStream<Event>.Continuation) async {
        let isGone = await withDiscardingTaskGroup { group in
            // A deployment that was deleted and made again counts its revisions anew.
            var seen: (created: Date, revision: Int64)?
            var wanted: Resource?
            var latest: Numbered?
            var serving: Numbered?
            func start(_ plan: DeploymentPlan) -> Numbered {
                let next = Numbered(
                    number: (latest?.number ?? 0) + 1,
                    generation: DeploymentGeneration(plan: plan, of: id, services: services, sockets: sockets, log: log))
                group.addTask { await next.generation.run { post.yield(.generation(next.number, $0)) } }
                latest = next
                return next
            }
            events: for await event in events {
                switch event {
                case .gone: break events
                case .wanted(let resource):
                    let version = (created: resource.systemData.createdAt, revision: resource.revision)
                    if let seen, seen == version { continue }
                    if seen == nil, let plan = try? AnsweringVersion(storedIn: resource)?.plan(of: resource) {
                        // After a restart requests may come and wait before the workers are there.
                        let restored = start(plan)
                        serving = restored
                        route(to: restored.generation)
                    }
                    (seen, wanted) = (version, resource)
                    let plan: DeploymentPlan
                    do {
                        plan = try DeploymentPlan(resource)
                    } catch {
                        await report("Failed", error as? Problem ?? Problem(.internalFault, "\(error)"))
                        continue
                    }
                    if let latest, latest.generation.plan == plan, !latest.hasFailed {
                        // Only tags or words have changed.
                        if latest.number == serving?.number { await report("Succeeded", of: resource) }
                        continue
                    }
                    if latest?.number != serving?.number { latest?.generation.stop() }
                    await report(resource.observed["provisioningState"]?.stringValue == "Creating" || serving == nil ? "Creating" : "Updating")
                    _ = start(plan)
                case .generation(let number, .ready):
                    guard let ready = latest, ready.number == number else { continue }
                    let old = serving
                    serving = ready
                    route(to: ready.generation)
                    if let old, old.number != number { group.addTask { await old.generation.retire() } }
                    await report("Succeeded", of: wanted)
                case .generation(let number, .failed(var problem)):
                    if serving?.number == number {
                        serving = nil
                        route(to: nil)
                    }
                    guard latest?.number == number else { continue }
                    latest?.hasFailed = true
                    if serving != nil {
                        problem.message = "the update failed, and the version before it goes on answering: \(problem.message)"
                    }
                    await report("Failed", problem)
                }
            }
            if Task.isCancelled { return false }
            route(to: nil)
            if latest?.number != serving?.number { latest?.generation.stop() }
            await serving?.generation.retire()
            return true
        }
        if isGone { await removeFolder() }
    }

    /// Generations have taken their own folders away; the logs go with the last of them, unless a new deployment of the same
    /// name has begun to write there.
    private func removeFolder() async {
        guard (try? await services.resources.find(id)) == .some(nil) else { return }
        let folder = services.folder.deployment(id)
        try? FileManager.default.removeItem(atPath: folder + "/logs")
        rmdir(folder)
    }

    private func route(to generation: DeploymentGeneration?) {
        let route = generation.map {
            DeploymentRoute(id: id, model: $0.plan.modelLabel, isNative: $0.plan.isNative, collection: $0.plan.collection, pool: $0.pool)
        }
        scoring.setDeployment(id.name, of: services.address(of: id.endpoint), to: route)
    }

    /// Writes the state down unless it stands there already, and with it the version that answers from now on.
    private func report(_ state: String, _ problem: Problem? = nil, of answering: Resource? = nil) async {
        let error: JSON = problem.map { .string($0.description) } ?? .null
        var observed: JSON = ["provisioningState": .string(state), "provisioningError": error]
        if let answering { observed = observed.merging(AnsweringVersion(answering).observed) }
        let report = observed
        do {
            try await services.resources.report(report, of: id, when: { $0.observed.merging(report) != $0.observed })
        } catch {
            log.note("the state '\(state)' could not be written down: \(error)")
        }
    }
}
