package import Foundation
internal import GRDB
internal import Resources

/// Secrets by scope (`server`, an endpoint's ARM path, …) and revoked job identities.
extension MetadataTransaction {
    package func secret(scope: String, name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM secret WHERE scope = ? AND name = ?", arguments: [scope, name])
    }

    package func saveSecret(_ value: String, scope: String, name: String, at date: Date) throws {
        try db.execute(
            sql: """
                INSERT INTO secret (scope, name, value, changedAt) VALUES (?, ?, ?, ?)
                ON CONFLICT (scope, name) DO UPDATE SET value = excluded.value, changedAt = excluded.changedAt
                """,
            arguments: [scope, name, value, date.milliseconds])
    }

    package func deleteSecrets(scope: String) throws {
        try db.execute(sql: "DELETE FROM secret WHERE scope = ?", arguments: [scope])
    }

    /// From now on the identity of this job opens nothing.
    package func revokeRun(_ runID: String, at date: Date) throws {
        try db.execute(sql: "INSERT OR IGNORE INTO revokedRun (runID, at) VALUES (?, ?)", arguments: [runID, date.milliseconds])
    }

    package func isRunRevoked(_ runID: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM revokedRun WHERE runID = ?)", arguments: [runID]) ?? false
    }
}
