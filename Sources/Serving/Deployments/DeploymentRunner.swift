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
            var latest: Numbered?
            var serving: Numbered?
            events: for await event in events {
                switch event {
                case .gone: break events
                case .wanted(let resource):
                    let version = (created: resource.systemData.createdAt, revision: resource.revision)
                    if let seen, seen == version { continue }
                    let isRestored = seen == nil && resource.observed["provisioningState"]?.stringValue == "Succeeded"
                    seen = version
                    let plan: DeploymentPlan
                    do {
                        plan = try DeploymentPlan(resource)
                    } catch {
                        await report("Failed", error as? Problem ?? Problem(.internalFault, "\(error)"))
                        continue
                    }
                    if let latest, latest.generation.plan == plan, !latest.hasFailed {
                        // Only tags or words have changed.
                        if latest.number == serving?.number { await report("Succeeded") }
                        continue
                    }
                    if latest?.number != serving?.number { latest?.generation.stop() }
                    let next = Numbered(
                        number: (latest?.number ?? 0) + 1,
                        generation: DeploymentGeneration(plan: plan, of: id, services: services, sockets: sockets, log: log))
                    latest = next
                    if isRestored {
                        // After a restart requests may come and wait before the workers are there.
                        serving = next
                        route(to: next.generation)
                    } else {
                        await report(
                            resource.observed["provisioningState"]?.stringValue == "Creating" || serving == nil ? "Creating" : "Updating")
                    }
                    group.addTask { await next.generation.run { post.yield(.generation(next.number, $0)) } }
                case .generation(let number, .ready):
                    guard let ready = latest, ready.number == number else { continue }
                    let old = serving
                    serving = ready
                    route(to: ready.generation)
                    if let old, old.number != number { group.addTask { await old.generation.retire() } }
                    await report("Succeeded")
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

    /// Writes the state down unless it stands there already.
    private func report(_ state: String, _ problem: Problem? = nil) async {
        let error: JSON = problem.map { .string($0.description) } ?? .null
        do {
            try await services.resources.report(
                ["provisioningState": .string(state), "provisioningError": error], of: id,
                when: { $0.observed["provisioningState"]?.stringValue != state || ($0.observed["provisioningError"] ?? .null) != error })
        } catch {
            log.note("the state '\(state)' could not be written down: \(error)")
        }
    }
}
