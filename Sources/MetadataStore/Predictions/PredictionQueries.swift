package import Foundation
internal import GRDB
package import Resources

/// Collected requests by deployment and time.
extension MetadataTransaction {
    package func insert(_ records: [ScoringRecord]) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO scoringRecord (workspace, endpoint, deployment, model, requestID, at, status, milliseconds, facts, detections, request, response)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for record in records {
            let facts = JSON.object(JSONObject(record.facts.sorted { $0.key < $1.key }.map { ($0.key, JSON.number($0.value)) }))
            try statement.execute(arguments: [
                record.deployment.workspace.key, record.deployment.parent ?? "", record.deployment.name, record.model, record.requestID,
                record.at.milliseconds, record.status, record.milliseconds, facts.text(), record.detections.text(), record.request,
                record.response,
            ])
        }
    }

    /// Records of an endpoint (of one deployment when named) in `[from, to)`, oldest first; at most `limit`, the newest kept.
    package func scoringRecords(
        endpoint: ResourceID, deployment: String? = nil, from: Date, to: Date, limit: Int = 100_000
    ) throws -> [ScoringRecord] {
        var sql = "SELECT * FROM scoringRecord WHERE workspace = ? AND endpoint = ? AND at >= ? AND at < ?"
        var arguments: StatementArguments = [endpoint.workspace.key, endpoint.name, from.milliseconds, to.milliseconds]
        if let deployment {
            sql += " AND deployment = ?"
            arguments += [deployment]
        }
        sql += " ORDER BY at DESC, sequence DESC LIMIT \(limit)"
        return try Row.fetchAll(db, sql: sql, arguments: arguments).reversed().map { row in
            let facts = try JSON(parsing: row["facts"] as String).objectValue ?? JSONObject()
            return ScoringRecord(
                deployment: ResourceID(
                    workspace: endpoint.workspace, kind: "onlineEndpoints/deployments", parent: endpoint.name, name: row["deployment"]),
                model: row["model"], requestID: row["requestID"], at: Date(milliseconds: row["at"]), status: row["status"],
                milliseconds: row["milliseconds"],
                facts: Dictionary(facts.compactMap { pair in pair.value.doubleValue.map { (pair.key, $0) } }, uniquingKeysWith: { $1 }),
                detections: try JSON(parsing: row["detections"] as String), request: row["request"], response: row["response"])
        }
    }

    /// Counts records that the bounded queue had no room for.
    package func addCollectorDrops(_ count: Int, deployment: ResourceID, at date: Date) throws {
        try db.execute(
            sql: """
                INSERT INTO collectorDrop (workspace, endpoint, deployment, day, count) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count
                """,
            arguments: [
                deployment.workspace.key, deployment.parent ?? "", deployment.name, date.milliseconds / 86_400_000, count,
            ])
    }

    /// Removes records older than `date`; what retention runs.
    package func deleteScoringRecords(before date: Date) throws {
        try db.execute(sql: "DELETE FROM scoringRecord WHERE at < ?", arguments: [date.milliseconds])
    }
}
