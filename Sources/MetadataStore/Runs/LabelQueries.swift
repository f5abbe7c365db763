internal import GRDB
internal import Resources

/// The tables that hold keys and texts of an owner.
package enum LabelTable: String, Sendable {
    case experimentTag, parameter, runTag, loggedModelTag, loggedModelParameter, registeredModelTag, traceTag, traceMetadata
}

extension MetadataTransaction {
    /// Sets each key, the later of equal ones winning.
    package func saveLabels(_ labels: [LabelRecord], of owner: Int64, in table: LabelTable) throws {
        guard !labels.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql:
                "INSERT INTO \(table.rawValue) (owner, key, value) VALUES (?, ?, ?) ON CONFLICT (owner, key) DO UPDATE SET value "
                + "= excluded.value"
        )
        for label in labels { try statement.execute(arguments: [owner, label.key, label.value]) }
    }

    /// Adds the key unless it is there.
    /// - Returns: the value that is there already and differs.
    package func insertLabel(_ label: LabelRecord, of owner: Int64, in table: LabelTable) throws -> String? {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO \(table.rawValue) (owner, key, value) VALUES (?, ?, ?)")
            .execute(arguments: [owner, label.key, label.value])
        guard db.changesCount == 0 else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT value FROM \(table.rawValue) WHERE owner = ? AND key = ?")
        let stored = try String.fetchOne(statement, arguments: [owner, label.key])
        return stored == label.value ? nil : stored
    }

    /// - Returns: `false` when there is no such key.
    package func deleteLabel(_ key: String, of owner: Int64, in table: LabelTable) throws -> Bool {
        try db.execute(sql: "DELETE FROM \(table.rawValue) WHERE owner = ? AND key = ?", arguments: [owner, key])
        return db.changesCount > 0
    }

    /// The labels of several owners, by owner, keys in order.
    func labels(of owners: [Int64], in table: LabelTable) throws -> [Int64: [LabelRecord]] {
        var found: [Int64: [LabelRecord]] = [:]
        guard !owners.isEmpty else { return found }
        let statement = try db.cachedStatement(
            sql: "SELECT owner, key, value FROM \(table.rawValue) WHERE owner IN (SELECT value FROM json_each(?)) ORDER BY owner, key")
        let rows = try Row.fetchCursor(statement, arguments: [Self.list(owners)])
        while let row = try rows.next() { found[row[0], default: []].append(LabelRecord(row[1], row[2])) }
        return found
    }

    /// Row numbers as one argument for `json_each`.
    static func list(_ numbers: [Int64]) -> String { "[" + numbers.map(String.init).joined(separator: ",") + "]" }
}
