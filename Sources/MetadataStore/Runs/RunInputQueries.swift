internal import GRDB
package import Resources

/// What runs read and made: datasets and logged models.
extension MetadataTransaction {
    /// A dataset is one per experiment, name and digest; a run reads it once.
    package func logDatasets(_ datasets: [DatasetRecord], of run: RunRecord) throws {
        for dataset in datasets {
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO dataset (experiment, name, digest, sourceType, source, schema, profile)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    run.experiment, dataset.name, dataset.digest, dataset.sourceType, dataset.source, dataset.schema, dataset.profile,
                ])
            let tags = JSON.array(dataset.tags.map { [.string($0.key), .string($0.value)] })
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO runInput (owner, dataset, context, tags)
                    SELECT ?, sequence, ?, ? FROM dataset WHERE experiment = ? AND name = ? AND digest = ?
                    """,
                arguments: [
                    run.sequence, dataset.tags.first { $0.key == "mlflow.data.context" }?.value, tags.text(), run.experiment, dataset.name,
                    dataset.digest,
                ])
        }
    }

    package func logModels(_ models: [RunModelRecord], of run: RunRecord) throws {
        for model in models {
            try db.execute(
                sql: """
                    INSERT INTO runModel (owner, isOutput, model, step) VALUES (?, ?, ?, ?)
                    ON CONFLICT (owner, isOutput, model) DO UPDATE SET step = excluded.step
                    """,
                arguments: [run.sequence, model.isOutput, model.model, model.step])
        }
    }

    /// The datasets of experiments with the contexts they were read in, at most `limit`.
    package func datasets(
        inExperiments ids: [Int64], of workspace: WorkspaceID, limit: Int
    ) throws -> [(experiment: Int64, dataset: DatasetRecord)] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT d.*, e.id AS experimentID, i.context FROM experiment e JOIN dataset d ON d.experiment = e.sequence
                JOIN runInput i ON i.dataset = d.sequence
                WHERE e.workspace = ? AND e.id IN (SELECT value FROM json_each(?)) ORDER BY d.name, d.digest LIMIT ?
                """,
            arguments: [workspace.key, Self.list(ids), limit])
        return rows.map { row in
            let context: String? = row["context"]
            return (row["experimentID"], Self.dataset(row, tags: context.map { [LabelRecord("mlflow.data.context", $0)] } ?? []))
        }
    }

    func datasets(of owners: [Int64]) throws -> [Int64: [DatasetRecord]] {
        var found: [Int64: [DatasetRecord]] = [:]
        guard !owners.isEmpty else { return found }
        let statement = try db.cachedStatement(
            sql: """
                SELECT i.owner, i.tags, d.* FROM runInput i JOIN dataset d ON d.sequence = i.dataset
                WHERE i.owner IN (SELECT value FROM json_each(?)) ORDER BY i.owner, d.sequence
                """)
        for row in try Row.fetchAll(statement, arguments: [Self.list(owners)]) {
            let tags = try JSON(parsing: row["tags"] as String).arrayValue ?? []
            let labels = tags.map { pair in LabelRecord(pair.arrayValue?.first?.stringValue ?? "", pair.arrayValue?.last?.stringValue ?? "")
            }
            found[row["owner"], default: []].append(Self.dataset(row, tags: labels))
        }
        return found
    }

    func runModels(of owners: [Int64]) throws -> [Int64: [RunModelRecord]] {
        var found: [Int64: [RunModelRecord]] = [:]
        guard !owners.isEmpty else { return found }
        let statement = try db.cachedStatement(
            sql:
                "SELECT owner, model, isOutput, step FROM runModel WHERE owner IN (SELECT value FROM json_each(?)) ORDER BY "
                + "owner, step, model"
        )
        for row in try Row.fetchAll(statement, arguments: [Self.list(owners)]) {
            found[row[0], default: []].append(RunModelRecord(model: row[1], isOutput: row[2], step: row[3]))
        }
        return found
    }

    private static func dataset(_ row: Row, tags: [LabelRecord]) -> DatasetRecord {
        DatasetRecord(
            name: row["name"], digest: row["digest"], sourceType: row["sourceType"], source: row["source"], schema: row["schema"],
            profile: row["profile"], tags: tags)
    }
}
