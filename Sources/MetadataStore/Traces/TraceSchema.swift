/// Traces: what an application did at one request, their spans, and what people or judges say of them.
enum TraceSchema {
    static let migrations = [
        Migration(
            name: "traces-1",
            sql: """
                CREATE TABLE trace (
                    sequence INTEGER PRIMARY KEY,
                    workspace TEXT NOT NULL REFERENCES workspace(key) ON DELETE CASCADE,
                    id TEXT NOT NULL,
                    experiment INTEGER NOT NULL REFERENCES experiment(sequence) ON DELETE CASCADE,
                    startedAt INTEGER NOT NULL,
                    duration INTEGER,
                    state TEXT NOT NULL,
                    clientRequestID TEXT, requestPreview TEXT, responsePreview TEXT,
                    isDescribed INTEGER NOT NULL,
                    UNIQUE (workspace, id)
                ) STRICT;
                CREATE INDEX trace_order ON trace(experiment, startedAt DESC, id);
                CREATE TABLE traceTag (
                    owner INTEGER NOT NULL REFERENCES trace(sequence) ON DELETE CASCADE,
                    key TEXT NOT NULL, value TEXT NOT NULL,
                    PRIMARY KEY (owner, key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE traceMetadata (
                    owner INTEGER NOT NULL REFERENCES trace(sequence) ON DELETE CASCADE,
                    key TEXT NOT NULL, value TEXT NOT NULL,
                    PRIMARY KEY (owner, key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE span (
                    owner INTEGER NOT NULL REFERENCES trace(sequence) ON DELETE CASCADE,
                    id TEXT NOT NULL,
                    startedAt INTEGER NOT NULL,
                    content TEXT NOT NULL,
                    PRIMARY KEY (owner, id)
                ) STRICT;
                CREATE TABLE assessment (
                    owner INTEGER NOT NULL REFERENCES trace(sequence) ON DELETE CASCADE,
                    id TEXT NOT NULL,
                    content TEXT NOT NULL,
                    PRIMARY KEY (owner, id)
                ) STRICT;
                """)
    ]
}
