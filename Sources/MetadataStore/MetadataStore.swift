internal import Foundation
internal import GRDB
package import Resources

/// The SQLite file in which everything but bytes is kept. One server owns it; many readers and one writer at a time.
package struct MetadataStore: Sendable {
    private let pool: DatabasePool
    private let writes: WriteQueue

    /// What an acknowledged write survives.
    package enum Durability: String, Sendable, CaseIterable {
        /// Survives the death of any process at any instruction; a power cut may cost the last moments.
        case process
        /// Survives a power cut too: every commit waits for the disk.
        case power
    }

    /// Opens or makes the file at `path` and brings its tables up to date. A file of a newer Martlet is refused.
    package init(path: String, durability: Durability = .process) throws(Problem) {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 6
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = \(durability == .power ? "FULL" : "NORMAL")")
            try db.execute(sql: "PRAGMA cache_size = -8000")
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            writes = WriteQueue(pool: pool)
            let migrator = Self.migrator
            if try pool.read({ try migrator.hasBeenSuperseded($0) }) {
                throw Problem(.conflict, "\(path) was written by a newer Martlet; run that version, or restore a backup of this one")
            }
            try migrator.migrate(pool)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalFault, "cannot open the metadata at \(path): \(error)")
        }
    }

    /// Runs `body` as one unit: all of its writes are kept, or none. Units that come while others are written go to the disk
    /// with one commit.
    package func write<T: Sendable>(_ body: @escaping @Sendable (MetadataTransaction) throws -> T) async throws -> T {
        try await writes.run { try body(MetadataTransaction(db: $0)) }
    }

    /// Runs `body` on one unchanging view of the store.
    package func read<T: Sendable>(_ body: @escaping @Sendable (MetadataTransaction) throws -> T) async throws -> T {
        try await pool.read { try body(MetadataTransaction(db: $0)) }
    }

    /// Folds the write-ahead log into the file; the last step of an orderly stop.
    package func checkpoint() async throws {
        try await pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name) { db in try db.execute(sql: migration.sql) }
        }
        return migrator
    }

    /// In the order they were shipped. A shipped migration is never edited.
    private static var migrations: [Migration] {
        ResourceSchema.migrations + AccessSchema.migrations + RunSchema.migrations + BlobSchema.migrations + PredictionSchema.migrations
            + TraceSchema.migrations + WebhookSchema.migrations
    }
}

/// One step of the schema, written as SQL.
struct Migration {
    let name: String
    let sql: String
}

/// The named requests of every topic, inside one transaction (or one read). Extensions beside each topic's schema add them.
package struct MetadataTransaction {
    let db: Database
}
