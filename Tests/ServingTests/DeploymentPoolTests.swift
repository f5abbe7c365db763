import Foundation
import NIOCore
import NIOPosix
import Resources
import Serving
import Testing

@Suite struct DeploymentPoolTests {
    private func pool(limit: Int, timeout: Duration = .seconds(5)) -> DeploymentPool {
        DeploymentPool(limit: limit, timeout: timeout, group: MultiThreadedEventLoopGroup.singleton)
    }

    private func request(_ text: String) -> WorkerRequest { WorkerRequest(id: text, body: ByteBuffer(string: text)) }

    @Test func `one slot answers many requests, each with its own answer`() async throws {
        let worker = try await TestWorker { (200, $0 + "!", 0) }
        let pool = pool(limit: 200)
        pool.add(try await worker.connect()) {}
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let found = try await pool.score(request("\(index)")).body
                    #expect(String(buffer: found) == "\(index)!")
                }
            }
            try await group.waitForAll()
        }
        #expect(pool.inFlight == 0)
        try await worker.close()
    }

    @Test func `a connection that was asked before it joined the pool is one slot, not two`() async throws {
        let worker = try await TestWorker { (200, $0, 0) }
        for _ in 0..<100 {
            let pool = pool(limit: 10)
            let connection = try await worker.connect()
            _ = try await connection.ask(request("health"), within: .seconds(5))
            pool.add(connection) {}
            async let first = pool.score(request("1"))
            async let second = pool.score(request("2"))
            let bodies = try await [String(buffer: first.body), String(buffer: second.body)]
            #expect(bodies == ["1", "2"])
            connection.close()
        }
        try await worker.close()
    }

    @Test func `requests over the limit are refused at once`() async throws {
        let worker = try await TestWorker { (200, $0, 200) }
        let pool = pool(limit: 2)
        pool.add(try await worker.connect()) {}
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<10 {
                group.addTask {
                    do {
                        _ = try await pool.score(request("\(index)"))
                        return true
                    } catch {
                        #expect((error as? Problem)?.code == .tooManyRequests)
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 2)
        try await worker.close()
    }

    @Test func `a late answer frees the slot without reaching anybody, and a request that waits in vain times out`() async throws {
        let worker = try await TestWorker { $0 == "slow" ? (200, "late", 400) : (200, $0, 0) }
        let pool = pool(limit: 10, timeout: .milliseconds(150))
        pool.add(try await worker.connect()) {}
        async let slow = pool.score(request("slow"))
        try await Task.sleep(for: .milliseconds(30))
        await #expect(throws: WorkerFailure.timedOut) { try await pool.score(request("waits")) }
        do {
            _ = try await slow
            Issue.record("the late answer reached its client")
        } catch { #expect(error as? WorkerFailure == .timedOut) }
        // The late answer comes after 400 ms; then the slot is free for others.
        for _ in 0..<50 {
            if let reply = try? await pool.score(request("next")) {
                #expect(String(buffer: reply.body) == "next")
                return try await worker.close()
            }
        }
        Issue.record("the slot did not become free")
        try await worker.close()
    }

    @Test func `a worker that never answers is reported as hung`() async throws {
        let worker = try await TestWorker { _ in (200, "", 60_000) }
        let pool = pool(limit: 10, timeout: .milliseconds(50))
        let hungAt = Shared<ContinuousClock.Instant?>(nil)
        pool.add(try await worker.connect()) { hungAt.change { $0 = .now } }
        let start = ContinuousClock.now
        await #expect(throws: WorkerFailure.timedOut) { try await pool.score(request("x")) }
        for _ in 0..<1200 where hungAt.value == nil { try await Task.sleep(for: .milliseconds(50)) }
        // The grace is at least a second.
        #expect(try #require(hungAt.value) - start >= .seconds(1))
        try await worker.close()
    }

    @Test func `a worker that dies over a request fails that request only`() async throws {
        let worker = try await TestWorker { $0 == "poison" ? nil : (200, $0, 0) }
        let pool = pool(limit: 10)
        pool.add(try await worker.connect()) {}
        pool.add(try await worker.connect()) {}
        await #expect(throws: WorkerFailure.died) { try await pool.score(request("poison")) }
        for index in 0..<5 { #expect(String(buffer: try await pool.score(request("\(index)")).body) == "\(index)") }
        try await worker.close()
    }

    @Test func `requests wait for the first worker of a deployment that is coming back`() async throws {
        let worker = try await TestWorker { (200, $0, 0) }
        let pool = pool(limit: 10)
        async let early = pool.score(request("early"))
        try await Task.sleep(for: .milliseconds(50))
        pool.add(try await worker.connect()) {}
        let body = try await early.body
        #expect(String(buffer: body) == "early")
        try await worker.close()
    }
}

@Suite struct ScoringServiceTests {
    private let endpoint = ResourceID(workspace: .standard, kind: "onlineEndpoints", name: "shop")
    private var address: EndpointAddress { EndpointAddress(endpoint, home: .standard) }

    private func route(_ traffic: [String: Int], mirror: (deployment: String, percent: Int)? = nil) -> EndpointRoute {
        EndpointRoute(id: endpoint, authentication: .token, split: TrafficSplit(traffic), mirror: mirror, known: ["blue", "green"])
    }

    private func deployment(_ name: String, _ worker: TestWorker, slots: Int = 2) async throws -> DeploymentRoute {
        let pool = DeploymentPool(limit: 1000, timeout: .seconds(5), group: MultiThreadedEventLoopGroup.singleton)
        for _ in 0..<slots { pool.add(try await worker.connect()) {} }
        let id = ResourceID(workspace: .standard, kind: "onlineEndpoints/deployments", parent: "shop", name: name)
        return DeploymentRoute(id: id, model: "", isNative: false, collection: CollectionSettings(), pool: pool)
    }

    private func call(_ deployment: String? = nil) -> ScoringCall {
        ScoringCall(requestID: "1", method: "POST", path: "/score", body: ByteBuffer(string: "x"), deployment: deployment)
    }

    @Test func `a hundred shifts and twenty replaced generations under load fail no request`() async throws {
        let blue = try await TestWorker { _ in (200, "blue", 1) }
        let green = try await TestWorker { _ in (200, "green", 1) }
        let service = ScoringService()
        service.setEndpoints([address: route(["blue": 100])])
        service.setDeployment("blue", of: address, to: try await deployment("blue", blue))
        service.setDeployment("green", of: address, to: try await deployment("green", green))
        let isDone = Shared(false)
        let served = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var count = 0
                    while !isDone.value {
                        do {
                            let answer = try await service.score(call(), at: address)
                            #expect(String(buffer: answer.reply.body) == answer.deployment)
                            count += 1
                        } catch {
                            Issue.record("a request failed: \(error)")
                            return count
                        }
                    }
                    return count
                }
            }
            group.addTask {
                for round in 0..<100 {
                    service.setEndpoints([address: route(round % 2 == 0 ? ["green": 100] : ["blue": 100])])
                    if round % 5 == 0, let next = try? await deployment("blue", blue) {
                        let old = try? service.route(address).deployments["blue"]
                        service.setDeployment("blue", of: address, to: next)
                        old?.pool.close()
                        await old?.pool.drained(within: .seconds(5))
                        #expect(old?.pool.inFlight == 0)
                        old?.pool.fail()
                    }
                    try? await Task.sleep(for: .milliseconds(5))
                }
                isDone.change { $0 = true }
                return 0
            }
            return await group.reduce(0, +)
        }
        #expect(served > 100)
        try await blue.close()
        try await green.close()
    }

    @Test func `after a shift to zero the deployment gets nothing any more`() async throws {
        let worker = try await TestWorker { _ in (200, "", 0) }
        let service = ScoringService()
        service.setEndpoints([address: route(["blue": 50, "green": 50])])
        for name in ["blue", "green"] { service.setDeployment(name, of: address, to: try await deployment(name, worker)) }
        service.setEndpoints([address: route(["green": 100])])
        for _ in 0..<200 { #expect(try await service.score(call(), at: address).deployment == "green") }
        #expect(try await service.score(call("blue"), at: address).deployment == "blue")
        try await worker.close()
    }

    @Test func `what is not there is said with its own status`() async throws {
        let service = ScoringService()
        func code(_ call: ScoringCall) async -> Problem.Code? {
            do {
                _ = try await service.score(call, at: address)
                return nil
            } catch { return (error as? Problem)?.code }
        }
        #expect(await code(call()) == .notFound)
        service.setEndpoints([address: route([:])])
        #expect(await code(call()) == .notFound)
        #expect(await code(call("red")) == .notFound)
        #expect(await code(call("blue")) == .unavailable)
    }

    @Test func `a mirror gets its share of copies and none of requests that name a deployment`() async throws {
        let worker = try await TestWorker { _ in (200, "", 0) }
        let copies = Shared(0)
        let service = ScoringService(copy: { _, shadow in
            #expect(shadow.id.name == "green")
            copies.change { $0 += 1 }
        })
        service.setEndpoints([address: route(["blue": 100], mirror: ("green", 20))])
        for name in ["blue", "green"] { service.setDeployment(name, of: address, to: try await deployment(name, worker)) }
        for _ in 0..<500 { #expect(try await service.score(call(), at: address).deployment == "blue") }
        #expect(abs(copies.value - 100) <= 5)
        for _ in 0..<100 { _ = try await service.score(call("blue"), at: address) }
        #expect(abs(copies.value - 100) <= 5)
        try await worker.close()
    }
}
