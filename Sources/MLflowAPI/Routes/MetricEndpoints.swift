internal import ControlPlane
internal import HTTPTypes
internal import MetadataStore
internal import Resources

struct MetricEndpoints: Sendable {
    let runs: RunService

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(
                .get, "metrics/get-history",
                writing: { call in
                    let page = try await runs.metricHistory(
                        ofRun: try call.runID, key: try call.arguments.required("metric_key"),
                        maxResults: try call.arguments.count("max_results"),
                        pageToken: try call.arguments.text("page_token"), in: call.workspace)
                    return Self.reply(page.items.map { (nil, $0) }, token: page.nextToken)
                }),
            MLflowEndpoint(
                .get, "metrics/get-history-bulk",
                writing: { call in
                    let limit = min(try call.arguments.count("max_results") ?? 25_000, 25_000)
                    let points = try await runs.metricHistories(
                        ofRuns: try call.arguments.texts("run_id"), key: try call.arguments.required("metric_key"), maxResults: limit,
                        in: call.workspace)
                    return Self.reply(points.map { ($0.run, $0.point) })
                }),
            MLflowEndpoint(
                .get, "metrics/get-history-bulk-interval",
                writing: { call in
                    let arguments = call.arguments
                    let points = try await runs.sampledHistories(
                        ofRuns: try arguments.texts("run_ids"), key: try arguments.required("metric_key"),
                        from: try arguments.integer("start_step"),
                        to: try arguments.integer("end_step"), maxResults: try arguments.count("max_results") ?? 2500, in: call.workspace)
                    return Self.reply(points.map { ($0.run, $0.point) })
                }),
        ]
    }

    private static func reply(_ points: [(run: String?, point: MetricRecord)], token: String? = nil) -> [UInt8] {
        guard !points.isEmpty else { return Array("{}".utf8) }
        var text = JSONText(capacity: 80 * points.count)
        text.raw("{\"metrics\":")
        text.list(points) { text, item in text.metric(item.point, run: item.run) }
        if let token {
            text.raw(",\"next_page_token\":")
            text.string(token)
        }
        text.raw("}")
        return text.bytes
    }
}
