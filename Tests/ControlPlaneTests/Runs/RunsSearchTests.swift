import ControlPlane
import Foundation
import MetadataStore
import Resources
import Testing

@Suite("Searching runs")
struct RunsSearchTests {
    /// Five runs, started in the order a…e; `none` has no loss, `nan` has NaN.
    private func house() async throws -> RunsFixture {
        let house = try await RunsFixture()
        for (index, (name, loss)) in [("a", 3.0), ("b", 1.0), ("nan", .nan), ("none", nil), ("e", 2.0)].enumerated() as EnumeratedSequence<[(String, Double?)]> {
            _ = try await house.run(
                name: name, start: Int64(index), metrics: loss.map { ["loss": $0, "other": 1] } ?? ["other": 1], parameters: ["letter": name],
                tags: ["team": index % 2 == 0 ? "Red" : "blue"])
        }
        return house
    }

    @Test("without an order the last started comes first")
    func standardOrder() async throws {
        #expect(try await house().search() == ["e", "none", "nan", "b", "a"])
    }

    @Test("missing values and NaN come last in both directions")
    func lastOnes() async throws {
        let house = try await house()
        #expect(try await house.search(nil, "metrics.loss ASC") == ["b", "e", "a", "none", "nan"])
        #expect(try await house.search(nil, "metrics.loss DESC") == ["a", "e", "b", "none", "nan"])
        #expect(try await house.search(nil, "params.letter DESC").first == "none")
        #expect(try await house.search(nil, "tags.nothing DESC", "start_time ASC") == ["a", "b", "nan", "none", "e"])
        #expect(try await house.search(nil, "metrics.other DESC", "params.letter") == ["a", "b", "e", "nan", "none"])
    }

    @Test("pages join without gap or overlap, whatever the order", arguments: [
        [], ["metrics.loss ASC"], ["metrics.loss DESC"], ["params.letter"], ["metrics.nothing"], ["end_time DESC"],
    ])
    func paging(order: [String]) async throws {
        let house = try await house()
        let all = try await house.runs.searchRuns(experiments: ["0"], filter: nil, orderBy: order, in: house.workspace)
        #expect(all.items.count == 5 && all.nextToken == nil)
        for size in 1...5 {
            var names: [String] = []
            var token: String?
            repeat {
                let page = try await house.runs.searchRuns(
                    experiments: ["0"], filter: nil, orderBy: order, maxResults: size, pageToken: token, in: house.workspace)
                names += page.items.map(\.run.name)
                token = page.nextToken
            } while token != nil
            #expect(names == all.items.map(\.run.name))
        }
        let rubbish = await problem {
            _ = try await house.runs.searchRuns(experiments: ["0"], filter: nil, pageToken: "rubbish", in: house.workspace)
        }
        #expect(rubbish?.code == .invalidInput)
    }

    @Test("filters find what they say", arguments: [
        ("metrics.loss > 1", ["e", "a"]), ("metrics.loss != 1", ["e", "a"]), ("metrics.loss <= 2 AND params.letter = 'b'", ["b"]),
        ("tags.team = 'Red'", ["e", "nan", "a"]), ("tags.team LIKE 'r%'", []), ("tags.team LIKE 'R_d'", ["e", "nan", "a"]),
        ("tags.team ILIKE 'r%'", ["e", "nan", "a"]), ("tags.nothing IS NULL", ["e", "none", "nan", "b", "a"]), ("tags.nothing IS NOT NULL", []),
        ("params.letter LIKE '%n%'", ["none", "nan"]), ("params.letter LIKE '*'", []), ("run_name = 'a'", ["a"]), ("start_time >= 3", ["e", "none"]),
        ("status = 'RUNNING' AND user_id = 'ada'", ["e", "none", "nan", "b", "a"]), ("params.letter = ''' OR 1=1 --'", []),
    ])
    func filters(filter: String, names: [String]) async throws {
        #expect(try await house().search(filter) == names)
    }

    @Test("an order by a metric keeps to the filter and the experiment")
    func orderedFilter() async throws {
        let house = try await house()
        _ = try await house.runs.createExperiment(named: "elsewhere", in: house.workspace)
        _ = try await house.run(in: "1", name: "far", metrics: ["loss": 0])
        #expect(try await house.search("tags.team = 'Red'", "metrics.loss") == ["e", "a", "nan"])
        #expect(try await house.search(nil, "metrics.loss", experiments: ["0", "1"], limit: 2) == ["far", "b"])
        #expect(try await house.search(experiments: []).isEmpty)
        #expect(try await house.search(experiments: ["77", "x"]).isEmpty)
    }

    @Test("run ids are searched for by list")
    func lists() async throws {
        let house = try await house()
        let id = try await house.runs.searchRuns(experiments: ["0"], filter: "run_name = 'b'", in: house.workspace).items[0].run.id
        #expect(try await house.search("run_id IN ('\(id)', 'x')") == ["b"])
        #expect(try await house.search("attributes.run_id NOT IN ('\(id)')").count == 4)
    }

    @Test("page sizes have bounds", arguments: [0, -1, 50_001])
    func sizes(limit: Int) async throws {
        let house = try await house()
        #expect(await problem { _ = try await house.search(limit: limit) }?.code == .invalidInput)
    }

    @Test("ten thousand runs are ordered by a metric without looking at all of them")
    func large() async throws {
        let house = try await RunsFixture()
        try await house.store.write { [workspace = house.workspace] tx in
            let experiment = try tx.ensureExperiment(named: "Default", in: workspace, at: 0)
            for index in 0..<10_000 {
                let run = try tx.insertRun(
                    id: "r\(index)", name: "r\(index)", userID: "ada", status: .finished, startTime: Int64(index), tags: [], experiment: experiment,
                    in: workspace)
                try tx.logMetrics([MetricRecord(key: "loss", value: Double(index * 7919 % 10_000), timestamp: 0, step: 0)], of: run)
            }
        }
        let clock = ContinuousClock()
        var names: [String] = []
        let time = try await clock.measure { names = try await house.search(nil, "metrics.loss DESC", limit: 100) }
        #expect(names.count == 100)
        #expect(names[0] == "r\((0..<10_000).first { $0 * 7919 % 10_000 == 9999 } ?? -1)")
        #expect(time < .milliseconds(250), "took \(time)")
    }
}
