/// Resources of every kind in one table; what they point at; and the feed of their changes.
enum ResourceSchema {
    static let migrations = [
        Migration(
            name: "resources-1",
            sql: """
                CREATE TABLE workspace (
                    key TEXT PRIMARY KEY NOT NULL,
                    subscription TEXT NOT NULL, resourceGroup TEXT NOT NULL, name TEXT NOT NULL
                ) STRICT;
                CREATE TABLE resource (
                    workspace TEXT NOT NULL REFERENCES workspace(key) ON DELETE CASCADE,
                    kind TEXT NOT NULL,
                    parent TEXT NOT NULL DEFAULT '',
                    name TEXT NOT NULL,
                    version TEXT NOT NULL DEFAULT '',
                    envelope TEXT NOT NULL,
                    properties TEXT NOT NULL,
                    observed TEXT NOT NULL,
                    isArchived INTEGER NOT NULL DEFAULT 0,
                    isAnonymous INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(json_extract(properties, '$.isAnonymous'), 0)) STORED,
                    contentHash TEXT GENERATED ALWAYS AS (json_extract(properties, '$.properties.hash_sha256')) STORED,
                    status TEXT GENERATED ALWAYS AS (coalesce(json_extract(observed, '$.status'), json_extract(observed, '$.provisioningState'))) STORED,
                    createdAt INTEGER NOT NULL, createdBy TEXT NOT NULL,
                    modifiedAt INTEGER NOT NULL, modifiedBy TEXT NOT NULL,
                    revision INTEGER NOT NULL DEFAULT 1,
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    UNIQUE (workspace, kind, parent, name, version)
                ) STRICT;
                CREATE INDEX resource_status ON resource(kind, status);
                CREATE INDEX resource_hash ON resource(contentHash) WHERE contentHash IS NOT NULL;
                CREATE TABLE reference (
                    source INTEGER NOT NULL REFERENCES resource(sequence) ON DELETE CASCADE,
                    target TEXT NOT NULL,
                    PRIMARY KEY (source, target)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX reference_target ON reference(target);
                CREATE TABLE change (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    workspace TEXT NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL,
                    action TEXT NOT NULL, at INTEGER NOT NULL
                ) STRICT;
                """)
    ]
}
