package import Foundation
internal import GRDB
internal import Resources

/// Containers, blobs in the byte order of their names, and staged blocks.
extension MetadataTransaction {
    // MARK: Containers

    package func container(account: String, name: String) throws -> ContainerRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM container WHERE account = ? AND name = ?", arguments: [account, name]).map(Self.container)
    }

    /// From the name `first` on, in order, up to `limit`.
    package func containers(account: String, from first: String, limit: Int) throws -> [ContainerRecord] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM container WHERE account = ? AND name >= ? ORDER BY name LIMIT ?", arguments: [account, first, limit]
        ).map(Self.container)
    }

    /// Does nothing when the container is there.
    /// - Returns: whether it was made.
    package func insertContainer(account: String, name: String, metadata: String, etag: String, at date: Date) throws -> Bool {
        try db.execute(
            sql: "INSERT OR IGNORE INTO container (account, name, metadata, etag, createdAt, modifiedAt) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [account, name, metadata, etag, date.milliseconds, date.milliseconds])
        return db.changesCount > 0
    }

    package func updateContainer(_ id: Int64, metadata: String, etag: String, at date: Date) throws {
        try db.execute(
            sql: "UPDATE container SET metadata = ?, etag = ?, modifiedAt = ? WHERE id = ?",
            arguments: [metadata, etag, date.milliseconds, id])
    }

    /// With its blobs and staged blocks.
    package func deleteContainer(_ id: Int64) throws {
        try db.execute(sql: "DELETE FROM container WHERE id = ?", arguments: [id])
    }

    // MARK: Blobs

    package func blob(container: Int64, name: String) throws -> BlobRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM blob WHERE container = ? AND name = ?", arguments: [container, name]).map(Self.blob)
    }

    /// Names from `first` (included) to `end` (excluded, `nil`: to the last), in order, up to `limit`.
    package func blobs(container: Int64, from first: String, to end: String?, limit: Int) throws -> [BlobRecord] {
        var sql = "SELECT * FROM blob WHERE container = ? AND name >= ?"
        var arguments: StatementArguments = [container, first]
        if let end {
            sql += " AND name < ?"
            arguments += [end]
        }
        return try Row.fetchAll(db, sql: sql + " ORDER BY name LIMIT ?", arguments: arguments + [limit]).map(Self.blob)
    }

    package func parts(of blob: Int64) throws -> [BlobPart] {
        try Row.fetchAll(db, sql: "SELECT * FROM blobPart WHERE blob = ? ORDER BY position", arguments: [blob]).map(Self.part)
    }

    /// Inserts the blob, or replaces what its name means, bytes included.
    package func saveBlob(_ blob: BlobRecord, parts: [BlobPart], container: Int64) throws {
        try db.execute(
            sql: """
                INSERT INTO blob (container, name, isAppendable, size, headers, metadata, etag, createdAt, modifiedAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (container, name) DO UPDATE SET isAppendable = excluded.isAppendable, size = excluded.size,
                    headers = excluded.headers, metadata = excluded.metadata, etag = excluded.etag,
                    createdAt = excluded.createdAt, modifiedAt = excluded.modifiedAt
                """,
            arguments: [
                container, blob.name, blob.isAppendable, blob.size, blob.headers, blob.metadata, blob.etag, blob.createdAt.milliseconds,
                blob.modifiedAt.milliseconds,
            ])
        guard
            let id = try Int64.fetchOne(db, sql: "SELECT id FROM blob WHERE container = ? AND name = ?", arguments: [container, blob.name])
        else { return }
        try db.execute(sql: "DELETE FROM blobPart WHERE blob = ?", arguments: [id])
        for (position, part) in parts.enumerated() { try insertPart(part, of: id, at: position) }
    }

    /// Everything but name, kind and bytes.
    package func updateBlob(_ blob: BlobRecord) throws {
        try db.execute(
            sql: "UPDATE blob SET size = ?, headers = ?, metadata = ?, etag = ?, modifiedAt = ? WHERE id = ?",
            arguments: [blob.size, blob.headers, blob.metadata, blob.etag, blob.modifiedAt.milliseconds, blob.id])
    }

    /// How many parts the blob has.
    package func partCount(of blob: Int64) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT coalesce(max(position) + 1, 0) FROM blobPart WHERE blob = ?", arguments: [blob]) ?? 0
    }

    package func insertPart(_ part: BlobPart, of blob: Int64, at position: Int) throws {
        try db.execute(
            sql: "INSERT INTO blobPart (blob, position, hash, size, block) VALUES (?, ?, ?, ?, ?)",
            arguments: [blob, position, part.hash, part.size, part.block])
    }

    /// Puts one extent in the place of the parts that together hold the same bytes.
    package func settleParts(of blob: Int64, etag: String, as part: BlobPart) throws {
        guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM blob WHERE id = ? AND etag = ?)", arguments: [blob, etag]) == true
        else { return }
        try db.execute(sql: "DELETE FROM blobPart WHERE blob = ?", arguments: [blob])
        try insertPart(part, of: blob, at: 0)
    }

    package func deleteBlob(_ id: Int64) throws {
        try db.execute(sql: "DELETE FROM blob WHERE id = ?", arguments: [id])
    }

    /// Deletes the names from `first` (included) to `end` (excluded, `nil`: to the last).
    /// - Returns: how many there were.
    package func deleteBlobs(container: Int64, from first: String, to end: String?) throws -> Int {
        var sql = "DELETE FROM blob WHERE container = ? AND name >= ?"
        var arguments: StatementArguments = [container, first]
        if let end {
            sql += " AND name < ?"
            arguments += [end]
        }
        try db.execute(sql: sql, arguments: arguments)
        return db.changesCount
    }

    // MARK: Staged blocks

    package func stageBlock(_ part: BlobPart, container: Int64, name: String, at date: Date) throws {
        try db.execute(
            sql: """
                INSERT INTO stagedBlock (container, name, block, hash, size, at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (container, name, block) DO UPDATE SET hash = excluded.hash, size = excluded.size, at = excluded.at
                """,
            arguments: [container, name, part.block ?? "", part.hash, part.size, date.milliseconds])
    }

    package func stagedBlocks(container: Int64, name: String) throws -> [BlobPart] {
        try Row.fetchAll(
            db, sql: "SELECT hash, size, block FROM stagedBlock WHERE container = ? AND name = ? ORDER BY block",
            arguments: [container, name]
        ).map(Self.part)
    }

    package func deleteStagedBlocks(container: Int64, name: String) throws {
        try db.execute(sql: "DELETE FROM stagedBlock WHERE container = ? AND name = ?", arguments: [container, name])
    }

    /// Forgets blocks that nobody committed.
    package func deleteStagedBlocks(before date: Date) throws {
        try db.execute(sql: "DELETE FROM stagedBlock WHERE at < ?", arguments: [date.milliseconds])
    }

    // MARK: Extents

    /// Which of the extents a blob or a staged block still needs.
    package func referencedExtents(among hashes: [String]) throws -> Set<String> {
        let marks = hashes.map { _ in "?" }.joined(separator: ",")
        return try String.fetchSet(
            db,
            sql: "SELECT hash FROM blobPart WHERE hash IN (\(marks)) UNION SELECT hash FROM stagedBlock WHERE hash IN (\(marks))",
            arguments: StatementArguments(hashes + hashes))
    }

    // MARK: Rows

    private static func container(_ row: Row) -> ContainerRecord {
        ContainerRecord(
            id: row["id"], account: row["account"], name: row["name"], metadata: row["metadata"], etag: row["etag"],
            createdAt: Date(milliseconds: row["createdAt"]), modifiedAt: Date(milliseconds: row["modifiedAt"]))
    }

    private static func blob(_ row: Row) -> BlobRecord {
        BlobRecord(
            id: row["id"], name: row["name"], isAppendable: row["isAppendable"], size: row["size"], headers: row["headers"],
            metadata: row["metadata"], etag: row["etag"], createdAt: Date(milliseconds: row["createdAt"]),
            modifiedAt: Date(milliseconds: row["modifiedAt"]))
    }

    private static func part(_ row: Row) -> BlobPart { BlobPart(hash: row["hash"], size: row["size"], block: row["block"]) }
}
