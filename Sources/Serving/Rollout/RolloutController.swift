package import ControlPlane
internal import Foundation
internal import Kinds
internal import MetadataStore
internal import NIOCore
package import Resources

/// Takes new deployments to all of an endpoint's traffic in stages, and back when they do not keep to their gate.
package struct RolloutController: Sendable {
    private let services: ServingServices
    private let scoring: ScoringService
    private let flush: @Sendable () async -> Void

    /// `flush` has the newest answers written down.
    init(services: ServingServices, scoring: ScoringService, flush: @escaping @Sendable () async -> Void) {
        self.services = services
        self.scoring = scoring
        self.flush = flush
    }

    /// Begins a rollout: the smoke test, then the small share.
    /// - Returns: the rollout as it stands then.
    package func start(_ endpointID: ResourceID, _ body: JSON, by principal: Principal) async throws -> JSON {
        let endpoint = try await services.resources.get(endpointID)
        if let running = RolloutState(of: endpoint), running.phase == .canary {
            throw Problem(
                .conflict, "a rollout of '\(running.deployment)' is under way; wait for its end, or change the traffic yourself, which ends it")
        }
        var state = try RolloutState(body, of: endpoint, by: principal.name, at: Date())
        let candidate = ResourceID(workspace: endpoint.id.workspace, kind: OnlineDeployment.path, parent: endpoint.id.name, name: state.deployment)
        _ = try await services.resources.get(candidate)
        var passed = true
        if let smoke = body["smoke"], !smoke.isNull {
            do {
                try await test(state.deployment, of: endpoint.id, with: smoke)
            } catch let problem as Problem {
                state.reason = "the smoke test failed: \(problem.message)"
                passed = false
            }
        }
        return try await settle(&state, state.rollout.decide(after: .smoke(passed: passed)), endpoint)
    }

    /// Runs until cancelled: judges the small shares, once a second while there are any.
    func run() async {
        for await _ in await services.feed.follow(kinds: [OnlineEndpoint.path]) {
            while !Task.isCancelled, await judgeAll() { try? await Task.sleep(for: .seconds(1)) }
        }
    }

    /// - Returns: whether a rollout is under way. One that cannot be judged now is looked at again, and holds up no other.
    private func judgeAll() async -> Bool {
        do {
            let running = try await services.resources.all(.init(kind: OnlineEndpoint.path)).compactMap { endpoint in
                RolloutState(of: endpoint).flatMap { $0.phase == .canary ? ($0, endpoint) : nil }
            }
            for (state, endpoint) in running {
                do { try await judge(state, endpoint) } catch { say(error, "the rollout of '\(state.deployment)' at '\(endpoint.id.name)'") }
            }
            return !running.isEmpty
        } catch {
            say(error, "the rollouts")
            return true
        }
    }

    private func say(_ error: any Error, _ what: String) {
        if !(error is CancellationError) { FileHandle.standardError.write(Data("\(what) could not be judged: \(error)\n".utf8)) }
    }

    private func judge(_ stored: RolloutState, _ endpoint: Resource) async throws {
        var state = stored
        let traffic = TrafficSplit(Self.traffic(of: endpoint))
        if traffic == TrafficSplit(state.split) {
            state.isPlaced = true
        } else if !state.isPlaced, traffic == TrafficSplit(state.before) {
            // The server died between its intention and the deed.
            return try await place(&state, endpoint)
        } else {
            // Somebody else's doing, or that of a server that died before it could write down its own.
            switch traffic {
            case TrafficSplit([state.deployment: 100]): state.phase = .completed
            case TrafficSplit(state.before): (state.phase, state.reason) = (.rolledBack, "the traffic is as it was before")
            default: (state.phase, state.reason) = (.abandoned, "the traffic was changed by somebody else")
            }
            return try await write(state, endpoint)
        }
        await flush()
        let (from, name) = (Date(milliseconds: state.since), state.deployment)
        let records = try await services.store.read { try $0.scoringRecords(endpoint: endpoint.id, deployment: name, from: from, to: .distantFuture) }
        // A request with several pictures has several records.
        let answers = Dictionary(records.map { ($0.requestID, $0) }, uniquingKeysWith: { first, _ in first }).values
        state.answered = answers.count
        state.failed = answers.count { $0.status >= 400 }
        let times = answers.map(\.milliseconds).sorted()
        let p99 = times.isEmpty ? 0 : times[min(times.count - 1, times.count * 99 / 100)]
        let decision = state.rollout.decide(after: .canary(requests: state.answered, failures: state.failed, p99Milliseconds: p99))
        if case .wait = decision {
            if state != stored { try await write(state, endpoint) }
        } else {
            _ = try await settle(&state, decision, endpoint)
        }
    }

    private func settle(_ state: inout RolloutState, _ decision: StagedRollout.Decision, _ endpoint: Resource) async throws -> JSON {
        switch decision {
        case .wait: break
        case .shift(let traffic):
            state.split = traffic
            try await place(&state, endpoint)
        case .finish(let traffic):
            try await put(traffic, endpoint, by: state.by)
            state.phase = .completed
            try await write(state, endpoint)
        case .rollBack(let traffic, let reason):
            try await put(traffic, endpoint, by: state.by)
            state.phase = .rolledBack
            state.reason = state.reason ?? reason
            try await write(state, endpoint)
        }
        return state.json
    }

    /// Writes the intention, puts the small share, and writes that it is there.
    private func place(_ state: inout RolloutState, _ endpoint: Resource) async throws {
        try await write(state, endpoint)
        try await put(state.split, endpoint, by: state.by)
        state.since = Date().milliseconds
        state.isPlaced = true
        try await write(state, endpoint)
    }

    private static func traffic(of endpoint: Resource) -> [String: Int] {
        (endpoint.properties["traffic"]?.objectValue ?? [:]).reduce(into: [:]) { $0[$1.key] = Int(clamping: $1.value.integerValue ?? 0) }
    }

    private func put(_ traffic: [String: Int], _ endpoint: Resource, by name: String) async throws {
        let shares = JSON.object(JSONObject(traffic.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) }))
        var body = endpoint.envelope
        body["properties"] = endpoint.properties
        body["properties"]?["traffic"] = shares
        // Somebody's own change since the look goes first.
        _ = try await services.resources.put(endpoint.id, body: body, by: .owner(named: name), ifMatch: endpoint.revision)
    }

    private func write(_ state: RolloutState, _ endpoint: Resource) async throws {
        try await services.resources.report(state.observed, of: endpoint.id)
    }

    /// One request past the traffic rules; anything but 200 fails.
    private func test(_ deployment: String, of endpoint: ResourceID, with smoke: JSON) async throws {
        guard let text = smoke["body"]?.stringValue, let bytes = Data(base64Encoded: text) else {
            throw Problem(.invalidInput, "'smoke.body' must be the request in base64", target: "smoke.body")
        }
        let call = ScoringCall(
            requestID: UUID().uuidString.lowercased(), method: "POST", path: "/score",
            headers: [("content-type", smoke["contentType"]?.stringValue ?? "application/json")], body: ByteBuffer(bytes: bytes), deployment: deployment)
        let answer = try await scoring.score(call, at: services.address(of: endpoint))
        guard answer.reply.status == 200 else {
            throw Problem(.userCodeFailed, "'\(deployment)' answered \(answer.reply.status): \(String(String(buffer: answer.reply.body).prefix(300)))")
        }
    }
}
