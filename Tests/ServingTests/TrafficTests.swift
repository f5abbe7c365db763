import Resources
import Serving
import Testing

@Suite struct TrafficSplitTests {
    @Test(arguments: [
        ["blue": 90, "green": 10], ["blue": 50, "green": 50], ["a": 33, "b": 33, "c": 34], ["blue": 100, "green": 0], ["a": 1, "b": 99],
    ])
    func `ten thousand requests fall within half a percent of the shares`(shares: [String: Int]) {
        let split = TrafficSplit(shares)
        let draws = DrawSequence()
        var counts: [String: Int] = [:]
        for _ in 0..<10_000 { counts[split.deployment(at: draws.next()) ?? "", default: 0] += 1 }
        for (name, share) in shares { #expect(abs(counts[name, default: 0] - share * 100) <= 50, "\(name): \(counts)") }
        #expect(counts.values.reduce(0, +) == 10_000)
    }

    @Test func `a deployment without a share never gets a request`() {
        let split = TrafficSplit(["blue": 100, "green": 0, "odd": -5])
        #expect(split.deployments == ["blue"])
        for draw in [0, 1, UInt64.max / 2, .max] { #expect(split.deployment(at: draw) == "blue") }
    }

    @Test func `no traffic chooses nobody`() {
        #expect(TrafficSplit([:]).deployment(at: 7) == nil)
        #expect(TrafficSplit(["blue": 0]).deployment(at: 7) == nil)
        #expect(TrafficSplit(["blue": 0]).isEmpty)
    }
}

@Suite struct EndpointAddressTests {
    let home = WorkspaceID.standard

    @Test func `the home workspace is written by its name, and any spelling of a URL finds it`() {
        let address = EndpointAddress(ResourceID(workspace: home, kind: "onlineEndpoints", name: "Shop"), home: home)
        #expect(address.scoringURI(base: "https://h") == "https://h/endpoints/default/shop/score")
        #expect(EndpointAddress(workspace: "Default", endpoint: "SHOP") == address)
    }

    @Test func `workspaces of one name in two groups have two addresses`() {
        func address(_ group: String) -> EndpointAddress {
            let workspace = WorkspaceID(subscription: home.subscription, resourceGroup: group, name: home.name)
            return EndpointAddress(ResourceID(workspace: workspace, kind: "onlineEndpoints", name: "shop"), home: home)
        }
        #expect(Set([address("martlet"), address("one"), address("two")]).count == 3)
    }

    @Test func `odd names stay one segment`() {
        let workspace = WorkspaceID(subscription: "s", resourceGroup: "g", name: "a/b c")
        let address = EndpointAddress(ResourceID(workspace: workspace, kind: "onlineEndpoints", name: "shop"), home: workspace)
        #expect(address.path == "a%2fb%20c/shop")
    }
}

@Suite struct RestartIntensityTests {
    /// What the rule says to ends at these seconds.
    private func answers(_ seconds: [Int]) -> [Bool] {
        var intensity = RestartIntensity()
        let start = ContinuousClock.now
        return seconds.map { intensity.mayRestart(at: start + .seconds($0)) }
    }

    @Test func `five ends in a minute are forgiven, the sixth is not`() {
        #expect(answers([0, 1, 2, 3, 4, 59]) == [true, true, true, true, true, false])
    }

    @Test func `ends older than a minute are forgotten`() {
        #expect(answers((0..<50).map { $0 * 13 }).allSatisfy { $0 })
    }
}

@Suite struct StagedRolloutTests {
    let rollout = StagedRollout(candidate: "green", before: ["blue": 100], gate: .init(errorRate: 0.05, p99Milliseconds: 200, requests: 20))

    @Test func `a passed smoke test gives ten percent`() {
        #expect(rollout.decide(after: .smoke(passed: true)) == .shift(["blue": 90, "green": 10]))
    }

    @Test func `a failed smoke test leaves everything as it was`() {
        guard case .rollBack(let traffic, _) = rollout.decide(after: .smoke(passed: false)) else { return #expect(Bool(false)) }
        #expect(traffic == ["blue": 100, "green": 0])
    }

    @Test func `a good canary gets everything, a bad or slow one is taken back, a quiet one waits`() {
        #expect(rollout.decide(after: .canary(requests: 20, failures: 1, p99Milliseconds: 100)) == .finish(["blue": 0, "green": 100]))
        #expect(rollout.decide(after: .canary(requests: 5, failures: 0, p99Milliseconds: 10)) == .wait)
        for stage in [
            StagedRollout.Stage.canary(requests: 20, failures: 2, p99Milliseconds: 10),
            .canary(requests: 20, failures: 0, p99Milliseconds: 300),
        ] {
            guard case .rollBack(["blue": 100, "green": 0], _) = rollout.decide(after: stage) else {
                return #expect(Bool(false), "\(stage)")
            }
        }
    }

    @Test func `two failures of three are enough to go back`() {
        guard case .rollBack = rollout.decide(after: .canary(requests: 3, failures: 2, p99Milliseconds: 10)) else {
            return #expect(Bool(false))
        }
    }

    @Test(arguments: [["blue": 70, "red": 30], ["blue": 34, "red": 33, "grey": 33], ["blue": 100]])
    func `the rest keeps its proportions and the sum stays a hundred`(before: [String: Int]) {
        let rollout = StagedRollout(candidate: "green", before: before)
        guard case .shift(let traffic) = rollout.decide(after: .smoke(passed: true)) else { return #expect(Bool(false)) }
        #expect(traffic.values.reduce(0, +) == 100 && traffic["green"] == 10)
        for (name, share) in before { #expect(abs((traffic[name] ?? 0) - share * 9 / 10) <= 2) }
    }

    @Test func `an endpoint without traffic has nothing to wait for`() {
        #expect(StagedRollout(candidate: "green", before: ["blue": 0]).decide(after: .smoke(passed: true)) == .finish(["green": 100]))
    }
}
