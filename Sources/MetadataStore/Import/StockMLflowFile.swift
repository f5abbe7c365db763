internal import Foundation
internal import GRDB
package import Resources

/// The SQLite file of a stock MLflow server, read only. Versions 2.0 and later; tables that an older one lacks are empty.
package struct StockMLflowFile: Sendable {
    private let file: DatabaseQueue

    package init(path: String) throws(Problem) {
        guard FileManager.default.fileExists(atPath: path) else { throw Problem(.notFound, "there is no file \(path)", target: "from") }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        do {
            let file = try DatabaseQueue(path: path, configuration: configuration)
            guard try file.read({ db in try db.tableExists("runs") && db.tableExists("experiments") }) else {
                throw Problem(.invalidInput, "\(path) is not a file of an MLflow server: it has no tables of runs and experiments", target: "from")
            }
            self.file = file
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.invalidInput, "cannot read \(path) as SQLite: \(error)", target: "from")
        }
    }

    package struct Counts: Sendable, Hashable {
        package var experiments = 0, runs = 0, metrics = 0, parameters = 0, tags = 0, registeredModels = 0, modelVersions = 0, loggedModels = 0
    }

    package func counts() throws -> Counts {
        try file.read { db in
            func count(_ table: String) throws -> Int {
                try db.tableExists(table) ? Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0 : 0
            }
            return Counts(
                experiments: try count("experiments"), runs: try count("runs"), metrics: try count("metrics"), parameters: try count("params"),
                tags: try count("tags"), registeredModels: try count("registered_models"), modelVersions: try count("model_versions"),
                loggedModels: try count("logged_models"))
        }
    }

    /// One row by column names; numbers and texts as they are.
    package typealias Fields = [String: JSON]

    package func experiments() throws -> [Fields] { try rows("SELECT * FROM experiments ORDER BY experiment_id") }
    package func tags(ofExperiment id: Int64) throws -> [LabelRecord] { try labels("SELECT key, value FROM experiment_tags WHERE experiment_id = ?", id) }
    package func runs(ofExperiment id: Int64) throws -> [Fields] { try rows("SELECT * FROM runs WHERE experiment_id = ? ORDER BY start_time, run_uuid", id) }
    package func parameters(ofRun id: String) throws -> [LabelRecord] { try labels("SELECT key, value FROM params WHERE run_uuid = ?", id) }
    package func tags(ofRun id: String) throws -> [LabelRecord] { try labels("SELECT key, value FROM tags WHERE run_uuid = ?", id) }

    /// Calls `body` with portions of a run's points.
    package func metrics(ofRun id: String, portion: Int, _ body: ([MetricRecord]) throws -> Void) throws {
        try file.read { db in
            let cursor = try Row.fetchCursor(
                db, sql: "SELECT key, value, is_nan, timestamp, step FROM metrics WHERE run_uuid = ?", arguments: [id])
            var points: [MetricRecord] = []
            while let row = try cursor.next() {
                points.append(MetricRecord(key: row[0], value: row[2] ? .nan : row[1], timestamp: row[3], step: row[4]))
                if points.count == portion {
                    try body(points)
                    points.removeAll(keepingCapacity: true)
                }
            }
            if !points.isEmpty { try body(points) }
        }
    }

    package func datasets(ofRun id: String) throws -> [DatasetRecord] {
        guard try has("inputs") else { return [] }
        return try rows(
            """
            SELECT d.*, i.input_uuid FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
            WHERE i.destination_id = ? AND i.source_type = 'DATASET'
            """, id
        ).map { row in
            let tags = try labels("SELECT name, value FROM input_tags WHERE input_uuid = ?", row["input_uuid"]?.stringValue ?? "")
            func text(_ name: String) -> String? { row[name]?.stringValue }
            return DatasetRecord(
                name: text("name") ?? "", digest: text("digest") ?? "", sourceType: text("dataset_source_type") ?? "",
                source: text("dataset_source") ?? "", schema: text("dataset_schema"), profile: text("dataset_profile"), tags: tags)
        }
    }

    package func registeredModels() throws -> [Fields] { try has("registered_models") ? rows("SELECT * FROM registered_models ORDER BY name") : [] }
    package func tags(ofModel name: String) throws -> [LabelRecord] { try labels("SELECT key, value FROM registered_model_tags WHERE name = ?", name) }
    package func aliases(ofModel name: String) throws -> [LabelRecord] {
        try has("registered_model_aliases") ? labels("SELECT alias, version FROM registered_model_aliases WHERE name = ?", name) : []
    }
    package func versions(ofModel name: String) throws -> [Fields] { try rows("SELECT * FROM model_versions WHERE name = ? ORDER BY version", name) }
    package func tags(ofVersion version: Int64, of name: String) throws -> [LabelRecord] {
        try labels("SELECT key, value FROM model_version_tags WHERE name = ? AND version = ?", name, version)
    }

    package func loggedModels(ofExperiment id: Int64) throws -> [Fields] {
        try has("logged_models") ? rows("SELECT * FROM logged_models WHERE experiment_id = ?", id) : []
    }
    package func labels(ofLoggedModel id: String) throws -> (tags: [LabelRecord], parameters: [LabelRecord]) {
        (
            try labels("SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ?", id),
            try labels("SELECT param_key, param_value FROM logged_model_params WHERE model_id = ?", id)
        )
    }

    // MARK: Pieces

    private func has(_ table: String) throws -> Bool { try file.read { try $0.tableExists(table) } }

    private func rows(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws -> [Fields] {
        try file.read { db in
            try Row.fetchAll(db, sql: sql, arguments: StatementArguments(arguments)).map { row in
                var fields: Fields = [:]
                for (name, value) in row {
                    switch value.storage {
                    case .null: continue
                    case .int64(let number): fields[name] = .integer(number)
                    case .double(let number): fields[name] = .number(number)
                    case .string(let text): fields[name] = .string(text)
                    case .blob(let data): fields[name] = .string(String(decoding: data, as: UTF8.self))
                    }
                }
                return fields
            }
        }
    }

    private func labels(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws -> [LabelRecord] {
        try file.read { db in
            try Row.fetchAll(db, sql: sql, arguments: StatementArguments(arguments)).map { row in
                LabelRecord(
                    row[0],
                    (row[1] as DatabaseValue).isNull
                        ? "" : String.fromDatabaseValue(row[1] as DatabaseValue) ?? Int64.fromDatabaseValue(row[1] as DatabaseValue).map(String.init) ?? "")
            }
        }
    }
}
