internal import GRDB
package import Resources

/// What was deleted and waits to be forgotten.
package struct TrashCounts: Sendable, Hashable {
    package var experiments: Int
    package var runs: Int
    package var loggedModels: Int
    /// Bytes of the artifacts of these runs and models.
    package var bytes: Int64

    package init(experiments: Int = 0, runs: Int = 0, loggedModels: Int = 0, bytes: Int64 = 0) {
        self.experiments = experiments
        self.runs = runs
        self.loggedModels = loggedModels
        self.bytes = bytes
    }
}

/// The bin of runs, logged models and experiments. Runs of jobs stay as long as their job.
extension MetadataTransaction {
    package func trash(in workspace: WorkspaceID) throws -> TrashCounts {
        var counts = TrashCounts()
        counts.experiments = try count("experiment WHERE workspace = ? AND lifecycle = 'deleted'", workspace)
        counts.runs = try count("run WHERE workspace = ? AND deletedAt IS NOT NULL AND NOT isJob", workspace)
        counts.loggedModels = try count("loggedModel WHERE workspace = ? AND deletedAt IS NOT NULL", workspace)
        let owners = try trashedOwners(until: .max, limit: -1, in: workspace)
        for owner in owners {
            let prefix = "ExperimentRun/dcid.\(owner)/"
            counts.bytes +=
                try Int64.fetchOne(
                    db, sql: "SELECT coalesce(sum(size), 0) FROM blob WHERE name >= ? AND name < ?",
                    arguments: [prefix, prefix.dropLast() + "0"]) ?? 0
        }
        return counts
    }

    /// Ids of runs and logged models that were deleted up to `time`, at most `limit`.
    package func trashedOwners(until time: Int64, limit: Int, in workspace: WorkspaceID) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT id FROM run WHERE workspace = ?1 AND deletedAt <= ?2 AND NOT isJob
                UNION ALL SELECT id FROM loggedModel WHERE workspace = ?1 AND deletedAt <= ?2 LIMIT ?3
                """,
            arguments: [workspace.key, time, limit])
    }

    /// Forgets runs and logged models for ever.
    package func forget(owners ids: [String], in workspace: WorkspaceID) throws {
        let list = JSON.array(ids.map { .string($0) }).text()
        for table in ["run", "loggedModel"] {
            try db.execute(
                sql: "DELETE FROM \(table) WHERE workspace = ? AND deletedAt IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
                arguments: [workspace.key, list])
        }
    }

    /// Forgets deleted experiments that hold nothing more. The last one stays, so that its number is not given twice.
    package func forgetExperiments(until time: Int64, in workspace: WorkspaceID) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM experiment WHERE workspace = ?1 AND deletedAt <= ?2
                    AND id < (SELECT max(id) FROM experiment WHERE workspace = ?1)
                    AND NOT EXISTS (SELECT 1 FROM run WHERE run.experiment = experiment.sequence)
                    AND NOT EXISTS (SELECT 1 FROM loggedModel WHERE loggedModel.experiment = experiment.sequence)
                """,
            arguments: [workspace.key, time])
        return db.changesCount
    }

    private func count(_ rows: String, _ workspace: WorkspaceID) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \(rows)", arguments: [workspace.key]) ?? 0
    }
}
