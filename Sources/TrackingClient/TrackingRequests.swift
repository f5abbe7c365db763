import Foundation

/// Bodies of MLflow's REST API 2.0, as far as a training needs them. Names are the wire's.
package enum TrackingRequests {
    package struct CreateRun: Encodable {
        package var experiment_id: String
        package var run_name: String?
        package var start_time: Int
        package var tags: [Pair]
    }

    package struct UpdateRun: Encodable {
        package var run_id: String
        package var status: String
        package var end_time: Int
    }

    package struct LogBatch: Encodable {
        package var run_id: String
        package var metrics: [Metric] = []
        package var params: [Pair] = []
        package var tags: [Pair] = []
    }

    package struct Pair: Codable, Equatable {
        package var key: String
        package var value: String
    }

    package struct Metric: Encodable, Equatable {
        package var key: String
        package var value: Double
        package var timestamp: Int
        package var step: Int
    }

    /// Answer of `runs/create` and `runs/get`.
    package struct RunAnswer: Decodable {
        package var run: Run
        package struct Run: Decodable {
            package var info: Info
        }
        package struct Info: Decodable {
            package var run_id: String
            package var artifact_uri: String?
        }
    }

    /// Most entries of one kind that a batch may carry: 1000 metrics, 100 parameters, 100 tags.
    static let metricLimit = 1000
    static let pairLimit = 100
    /// Longest parameter and tag value.
    static let parameterLimit = 6000
    static let tagLimit = 8000

    /// Batches within the server's limits. Values that are no numbers are left out: they say nothing on a chart.
    package static func batches(run: String, metrics: [String: Double], step: Int, timestamp: Int) -> [LogBatch] {
        let all = metrics.filter { $0.value.isFinite }.sorted { $0.key < $1.key }
            .map { Metric(key: key($0.key), value: $0.value, timestamp: timestamp, step: step) }
        return chunks(all, metricLimit).map { LogBatch(run_id: run, metrics: $0) }
    }

    package static func batches(run: String, parameters: [(name: String, value: String)]) -> [LogBatch] {
        let all = parameters.map { Pair(key: key($0.name), value: String($0.value.prefix(parameterLimit))) }
        return chunks(all, pairLimit).map { LogBatch(run_id: run, params: $0) }
    }

    package static func batches(run: String, tags: [String: String]) -> [LogBatch] {
        let all = tags.sorted { $0.key < $1.key }.map { Pair(key: key($0.key), value: String($0.value.prefix(tagLimit))) }
        return chunks(all, pairLimit).map { LogBatch(run_id: run, tags: $0) }
    }

    /// A key without the characters that servers refuse: `metrics/mAP50(B)` becomes `metrics/mAP50B`, as Ultralytics logs it.
    package static func key(_ name: String) -> String {
        let allowed = name.unicodeScalars.filter {
            $0.properties.isAlphabetic || $0.properties.numericType != nil || "_-./: ".unicodeScalars.contains($0)
        }
        return String(String.UnicodeScalarView(allowed).prefix(250))
    }

    private static func chunks<Element>(_ all: [Element], _ size: Int) -> [[Element]] {
        stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
    }

    /// The path below the server's address that stores an artifact; nil when the run's artifacts are not behind the
    /// server's own proxy.
    package static func artifactPath(artifactURI: String, name: String) -> String? {
        guard artifactURI.hasPrefix("mlflow-artifacts:") else { return nil }
        var rest = artifactURI.dropFirst("mlflow-artifacts:".count)
        if rest.hasPrefix("//") { rest = rest.dropFirst(2).drop { $0 != "/" } }
        let parts = (rest.split(separator: "/") + name.split(separator: "/")).map(String.init)
        guard !parts.contains(where: { $0 == "." || $0 == ".." }) else { return nil }
        let allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: Unicode.Scalar(0)..<Unicode.Scalar(128)))
            .union(CharacterSet(charactersIn: "-._~"))
        return "/api/2.0/mlflow-artifacts/artifacts/"
            + parts.map { $0.addingPercentEncoding(withAllowedCharacters: allowed) ?? $0 }.joined(separator: "/")
    }
}
