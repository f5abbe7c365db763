internal import Foundation
internal import MetadataStore
internal import Resources

/// Collected requests as the worker reads them: one JSON object a line.
enum ProductionExport {
    /// More requests say nothing more about a window; the newest are taken.
    static let limit = 20_000

    static func line(_ record: ScoringRecord) -> String {
        let facts = JSON.object(JSONObject(record.facts.sorted { $0.key < $1.key }.map { ($0.key, JSON.number($0.value)) }))
        let object: JSON = [
            "requestId": .string(record.requestID), "time": .string(record.at.iso8601), "deployment": .string(record.deployment.name),
            "model": .string(record.model), "status": .integer(Int64(record.status)), "milliseconds": .number(record.milliseconds), "facts": facts,
            "detections": record.detections,
        ]
        return object.text()
    }

    static func bytes(_ records: [ScoringRecord]) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in records {
            bytes += line(record).utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
