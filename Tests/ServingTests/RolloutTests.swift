import ControlPlane
import Foundation
import Kinds
import Resources
import Serving
import Testing

/// Staged rollouts with real workers behind a real endpoint.
@Suite(.enabled(if: ScriptWorker.python != nil), .serialized) struct RolloutTests {
    private let good = "def init(): pass\ndef run(raw): return 'good'"
    private let bad = "def init(): pass\ndef run(raw): raise ValueError('bad')"
    private let smoke: JSON = ["body": .string(Data("{}".utf8).base64EncodedString())]

    private func with(candidate: String, _ body: @escaping @Sendable (ServingHouse, RolloutController) async throws -> Void) async throws {
        let good = good
        try await ServingHouse.with { house in
            try await house.putEndpoint()
            try await house.putDeployment("blue", script: good)
            try await house.putDeployment("green", script: candidate)
            _ = try await (house.settled("blue"), house.settled("green"))
            try await house.putEndpoint(traffic: ["blue": 100])
            try await body(house, house.controller.rollouts)
        }
    }

    private func traffic(_ house: ServingHouse) async throws -> JSON? { try await house.resources.get(house.endpoint).properties["traffic"] }

    private func phase(_ house: ServingHouse) async throws -> String? {
        house.resources.armBody(of: try await house.resources.get(house.endpoint)).value(at: "properties", "rollout", "phase")?.stringValue
    }

    @Test func `a deployment that does well gets its share and then everything`() async throws {
        try await with(candidate: good) { house, rollouts in
            let begun = try await rollouts.start(
                house.endpoint, ["deployment": "green", "share": 50, "requests": 5, "smoke": self.smoke], by: house.owner)
            #expect(begun["phase"] == "canary")
            let traffic = try await self.traffic(house)
            #expect(traffic == ["blue": 50, "green": 50])
            await #expect(throws: Problem.self) { try await rollouts.start(house.endpoint, ["deployment": "green"], by: house.owner) }
            try await house.eventually("green has everything") {
                for _ in 0..<5 { _ = try? await house.score("{}") }
                return try await self.phase(house) == "completed"
            }
            let end = try await self.traffic(house)
            #expect(end == ["blue": 0, "green": 100])
        }
    }

    @Test func `one that fails its smoke test never gets traffic`() async throws {
        try await with(candidate: bad) { house, rollouts in
            let ended = try await rollouts.start(house.endpoint, ["deployment": "green", "smoke": self.smoke], by: house.owner)
            #expect(ended["phase"] == "rolledBack")
            #expect(ended["reason"]?.stringValue?.contains("smoke test failed") == true)
            let share = try await self.traffic(house)?["green"]?.integerValue ?? 0
            #expect(share == 0)
        }
    }

    @Test func `one that fails in its share loses it`() async throws {
        try await with(candidate: bad) { house, rollouts in
            _ = try await rollouts.start(house.endpoint, ["deployment": "green", "share": 50, "requests": 5], by: house.owner)
            try await house.eventually("it is rolled back") {
                for _ in 0..<5 { _ = try? await house.score("{}") }
                return try await self.phase(house) == "rolledBack"
            }
            let traffic = try await self.traffic(house)
            #expect(traffic == ["blue": 100, "green": 0])
        }
    }

    @Test func `traffic that somebody else changes is left alone`() async throws {
        try await with(candidate: good) { house, rollouts in
            _ = try await rollouts.start(house.endpoint, ["deployment": "green", "requests": 1000], by: house.owner)
            try await house.putEndpoint(traffic: ["blue": 70, "green": 30])
            try await house.eventually("the rollout gives up") { try await self.phase(house) == "abandoned" }
            let traffic = try await self.traffic(house)
            #expect(traffic == ["blue": 70, "green": 30])
        }
    }

    @Test(arguments: [["share": 0], ["share": 100], ["requests": 0], ["errorRate": 2], ["deployment": "nobody"], ["smoke": ["body": "%%%"]]] as [JSON])
    func `wrong requests are refused and change nothing`(_ wrong: JSON) async throws {
        try await with(candidate: good) { house, rollouts in
            let body: JSON = ["deployment": "green"]
            let outcome = try? await rollouts.start(house.endpoint, body.merging(wrong), by: house.owner)
            #expect(outcome == nil || outcome?["phase"] == "rolledBack")
            let traffic = try await self.traffic(house)
            #expect(traffic?["blue"] == 100)
        }
    }
}
