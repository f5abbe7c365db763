/// Containers and blobs by name, and which extents their bytes are. The bytes themselves are in the blob store.
enum BlobSchema {
    static let migrations = [
        Migration(
            name: "blobs-1",
            sql: """
                CREATE TABLE container (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    account TEXT NOT NULL, name TEXT NOT NULL,
                    metadata TEXT NOT NULL, etag TEXT NOT NULL,
                    createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
                    UNIQUE (account, name)
                ) STRICT;
                CREATE TABLE blob (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    container INTEGER NOT NULL REFERENCES container(id) ON DELETE CASCADE,
                    name TEXT NOT NULL,
                    isAppendable INTEGER NOT NULL,
                    size INTEGER NOT NULL,
                    headers TEXT NOT NULL, metadata TEXT NOT NULL, etag TEXT NOT NULL,
                    createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
                    UNIQUE (container, name)
                ) STRICT;
                CREATE TABLE blobPart (
                    blob INTEGER NOT NULL REFERENCES blob(id) ON DELETE CASCADE,
                    position INTEGER NOT NULL,
                    hash TEXT NOT NULL, size INTEGER NOT NULL,
                    block TEXT,
                    PRIMARY KEY (blob, position)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX blobPart_hash ON blobPart(hash);
                CREATE TABLE stagedBlock (
                    container INTEGER NOT NULL REFERENCES container(id) ON DELETE CASCADE,
                    name TEXT NOT NULL,
                    block TEXT NOT NULL,
                    hash TEXT NOT NULL, size INTEGER NOT NULL,
                    at INTEGER NOT NULL,
                    PRIMARY KEY (container, name, block)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX stagedBlock_hash ON stagedBlock(hash);
                CREATE INDEX stagedBlock_at ON stagedBlock(at);
                """)
    ]
}
