/// Secrets of the house and what they open: signing keys, account keys, endpoint keys.
enum AccessSchema {
    static let migrations = [
        Migration(
            name: "access-1",
            sql: """
                CREATE TABLE secret (
                    scope TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, changedAt INTEGER NOT NULL,
                    PRIMARY KEY (scope, name)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE revokedRun (runID TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL) STRICT;
                """)
    ]
}
