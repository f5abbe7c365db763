package import MetadataStore
package import Resources

extension RunService {
    /// A page of runs with their facts. Experiments that are not there are passed over; without any, nothing is found.
    package func searchRuns(
        experiments ids: [String], filter: String?, orderBy: [String] = [], view: View = .active, maxResults: Int? = nil,
        pageToken: String? = nil,
        in workspace: WorkspaceID
    ) async throws -> Page<RunDetail> {
        let query = try SearchParser.query(filter: filter, orderBy: orderBy, vocabulary: .runs)
        let limit = try PageOffset.limit(maxResults, standard: 1000, maximum: 50_000)
        let offset = try PageOffset.offset(of: pageToken)
        let numbers = ids.compactMap(Int64.init)
        return try await store.read { tx in
            let runs = try tx.searchRuns(
                query, experiments: numbers, lifecycles: view.lifecycles, in: workspace, limit: limit + 1, offset: offset)
            let page = PageOffset.page(runs, limit: limit, offset: offset)
            return Page(items: try tx.details(of: page.items), nextToken: page.nextToken)
        }
    }

    // MARK: Histories

    /// Points of one metric. Unknown keys and unknown runs have none. Without `maxResults` all points come at once.
    package func metricHistory(
        ofRun id: String, key: String, maxResults: Int? = nil, pageToken: String? = nil, in workspace: WorkspaceID
    ) async throws -> Page<MetricRecord> {
        let offset = try PageOffset.offset(of: pageToken)
        let limit = try maxResults.map { try PageOffset.limit(min($0, 25_000), standard: 25_000, maximum: 25_000) }
        return try await store.read { tx in
            guard let run = try tx.run(id, in: workspace) else { return Page(items: []) }
            let points = try tx.metricHistory(of: run, key: key, limit: limit.map { $0 + 1 } ?? .max, offset: offset)
            return PageOffset.page(points, limit: limit ?? .max, offset: offset)
        }
    }

    /// Points of one metric of several runs, by run id, then time.
    package func metricHistories(
        ofRuns ids: [String], key: String, maxResults: Int, in workspace: WorkspaceID
    ) async throws -> [(run: String, point: MetricRecord)] {
        try Self.check(runCount: ids.count)
        return try await store.read { tx in
            var found: [(run: String, point: MetricRecord)] = []
            for id in Set(ids).sorted() where found.count < maxResults {
                guard let run = try tx.run(id, in: workspace) else { continue }
                found += try tx.metricHistory(of: run, key: key, limit: maxResults - found.count).map { (id, $0) }
            }
            return found
        }
    }

    /// Points of one metric of several runs at evenly spread steps, at most about `maxResults` steps, always with the
    /// first and the last step of each run.
    package func sampledHistories(
        ofRuns ids: [String], key: String, from first: Int64?, to last: Int64?, maxResults: Int, in workspace: WorkspaceID
    ) async throws -> [(run: String, point: MetricRecord)] {
        try Self.check(runCount: ids.count)
        guard 1...2500 ~= maxResults else {
            throw Problem(.invalidInput, "max_results must be between 1 and 2500, got \(maxResults)", target: "max_results")
        }
        guard (first == nil) == (last == nil), first ?? 0 <= last ?? 0 else {
            throw Problem(.invalidInput, "start_step and end_step come together, and the end is not before the start", target: "start_step")
        }
        return try await store.read { tx in
            let runs = try ids.map { try Self.run($0, in: workspace, tx) }
            var steps: Set<Int64> = []
            var bounds: Set<Int64> = []
            for run in runs {
                let own = try tx.metricSteps(of: run, key: key, from: first ?? .min, to: last ?? .max)
                steps.formUnion(own)
                bounds.formUnion([own.first, own.last].compactMap { $0 })
            }
            let sampled = Set(Self.sample(steps.sorted(), count: maxResults)).union(bounds).sorted()
            var found: [(run: String, point: MetricRecord)] = []
            for run in runs {
                found += try tx.metricPoints(of: run, key: key, steps: sampled, limit: 25_000).map { (run.id, $0) }
            }
            return found
        }
    }

    /// At most `count` of the items, evenly spread, and the last one.
    static func sample(_ items: [Int64], count: Int) -> [Int64] {
        guard items.count > count, let last = items.last else { return items }
        return (0..<count).map { items[$0 * items.count / count] } + [last]
    }

    private static func check(runCount: Int) throws(Problem) {
        guard runCount > 0 else { throw FactRules.missing("run_ids") }
        guard runCount <= 100 else {
            throw Problem(.invalidInput, "histories of at most 100 runs can be asked for at once, got \(runCount)", target: "run_ids")
        }
    }
}
