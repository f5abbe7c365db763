internal import ControlPlane
internal import HTTPTypes
internal import MetadataStore
internal import Resources

struct MetricEndpoints: Sendable {
    let runs: RunService

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(.get, "metrics/get-history") { call in
                let page = try await runs.metricHistory(
                    ofRun: try call.runID, key: try call.arguments.required("metric_key"),
                    maxResults: try call.arguments.count("max_results"),
                    pageToken: try call.arguments.text("page_token"), in: call.workspace)
                var json: JSON = [:]
                json.set("metrics", page.items.map(\.json))
                json.set(pageToken: page.nextToken)
                return json
            },
            MLflowEndpoint(.get, "metrics/get-history-bulk") { call in
                let limit = min(try call.arguments.count("max_results") ?? 25_000, 25_000)
                return Self.points(
                    try await runs.metricHistories(
                        ofRuns: try call.arguments.texts("run_id"), key: try call.arguments.required("metric_key"), maxResults: limit,
                        in: call.workspace))
            },
            MLflowEndpoint(.get, "metrics/get-history-bulk-interval") { call in
                let arguments = call.arguments
                let points = try await runs.sampledHistories(
                    ofRuns: try arguments.texts("run_ids"), key: try arguments.required("metric_key"),
                    from: try arguments.integer("start_step"),
                    to: try arguments.integer("end_step"), maxResults: try arguments.count("max_results") ?? 2500, in: call.workspace)
                return Self.points(points)
            },
        ]
    }

    private static func points(_ points: [(run: String, point: MetricRecord)]) -> JSON {
        var json: JSON = [:]
        json.set(
            "metrics",
            points.map { run, point in
                var item = point.json
                item["run_id"] = .string(run)
                return item
            })
        return json
    }
}
