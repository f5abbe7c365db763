/// What deployments answered in production: one row a request, with the facts that drift is measured on.
enum PredictionSchema {
    static let migrations = [
        Migration(
            name: "predictions-1",
            sql: """
                CREATE TABLE scoringRecord (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    workspace TEXT NOT NULL, endpoint TEXT NOT NULL, deployment TEXT NOT NULL, model TEXT NOT NULL,
                    requestID TEXT NOT NULL, at INTEGER NOT NULL,
                    status INTEGER NOT NULL, milliseconds REAL NOT NULL,
                    facts TEXT NOT NULL, detections TEXT NOT NULL,
                    request TEXT, response TEXT
                ) STRICT;
                CREATE INDEX scoringRecord_window ON scoringRecord(workspace, endpoint, deployment, at);
                CREATE TABLE collectorDrop (
                    workspace TEXT NOT NULL, endpoint TEXT NOT NULL, deployment TEXT NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL,
                    PRIMARY KEY (workspace, endpoint, deployment, day)
                ) STRICT, WITHOUT ROWID;
                """)
    ]
}
