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
        for (index, (name, loss)) in [("a", 3.0), ("b", 1.0), ("nan", .nan), ("none", nil), ("e", 2.0)].enumerated()
            as EnumeratedSequence<[(String, Double?)]>
        {
            _ = try await house.run(
                name: name, start: Int64(index), metrics: loss.map { ["loss": $0, "other": 1] } ?? ["other": 1],
                parameters: ["letter": name],
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

    @Test(
        "pages join without gap or overlap, whatever the order",
        arguments: [
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

    @Test(
        "filters find what they say",
        arguments: [
            ("metrics.loss > 1", ["e", "a"]), ("metrics.loss != 1", ["e", "a"]), ("metrics.loss <= 2 AND params.letter = 'b'", ["b"]),
            ("tags.team = 'Red'", ["e", "nan", "a"]), ("tags.team LIKE 'r%'", []), ("tags.team LIKE 'R_d'", ["e", "nan", "a"]),
            ("tags.team ILIKE 'r%'", ["e", "nan", "a"]), ("tags.nothing IS NULL", ["e", "none", "nan", "b", "a"]),
            ("tags.nothing IS NOT NULL", []),
            ("params.letter LIKE '%n%'", ["none", "nan"]), ("params.letter LIKE '*'", []), ("run_name = 'a'", ["a"]),
            ("start_time >= 3", ["e", "none"]),
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

    @Test(
        "no search reads all runs: each begins in an index and the default and the metric order come out of it",
        arguments: [
            ("", [], "run_order"), ("", ["metrics.loss DESC"], "latestMetric_order"),
            ("metrics.loss != 1 AND params.p LIKE 'x'", [], "run_order"), ("metrics.loss > 1 AND params.p = 'x'", [], "INTEGER PRIMARY KEY"),
            ("tags.t LIKE 'x%'", ["metrics.loss"], "latestMetric_order"), ("status = 'FAILED'", ["params.p"], "run_order"),
        ])
    func plans(filter: String, order: [String], index: String) async throws {
        let house = try await RunsFixture()
        let query = try SearchParser.query(filter: filter, orderBy: order, vocabulary: .runs)
        let plan = try await house.store.read { [workspace = house.workspace] tx in
            try tx.planOfSearch(query, experiments: [0], lifecycles: [.active], in: workspace)
        }
        #expect(plan.first?.contains(index) == true && plan.allSatisfy { !$0.hasPrefix("SCAN") }, "\(plan)")
        // Few runs, picked out by their facts, are sorted; all others come in order.
        if order.isEmpty, index == "run_order" { #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)") }
    }

    @Test("many runs come in the order of a metric, page after page")
    func many() async throws {
        let house = try await RunsFixture()
        try await house.store.write { [workspace = house.workspace] tx in
            let experiment = try tx.ensureExperiment(named: "Default", in: workspace, at: 0)
            for index in 0..<300 {
                let run = try tx.insertRun(
                    id: "r\(index)", name: "\(index * 79 % 300)", userID: "ada", status: .finished, startTime: Int64(index), tags: [],
                    experiment: experiment, in: workspace)
                if index % 3 != 0 {
                    try tx.logMetrics([MetricRecord(key: "m", value: Double(index * 79 % 300), timestamp: 0, step: 0)], of: run)
                }
            }
        }
        var names: [Int] = []
        var token: String?
        repeat {
            let page = try await house.runs.searchRuns(
                experiments: ["0"], filter: nil, orderBy: ["metrics.m DESC"], maxResults: 70, pageToken: token, in: house.workspace)
            names += page.items.compactMap { Int($0.run.name) }
            token = page.nextToken
        } while token != nil
        #expect(names.count == 300 && Set(names).count == 300)
        #expect(Array(names.prefix(200)) == (0..<300).filter { $0 % 3 != 0 }.map { $0 * 79 % 300 }.sorted(by: >))
    }
}
