/// Webhooks, and what is to be sent to them: a delivery is written with the change that it tells of, so a crash loses none.
enum WebhookSchema {
    static let migrations = [
        Migration(
            name: "webhooks-1",
            sql: """
                CREATE TABLE webhook (
                    sequence INTEGER PRIMARY KEY,
                    workspace TEXT NOT NULL REFERENCES workspace(key) ON DELETE CASCADE,
                    id TEXT NOT NULL,
                    name TEXT NOT NULL, url TEXT NOT NULL, description TEXT,
                    events TEXT NOT NULL,
                    secret TEXT,
                    isActive INTEGER NOT NULL,
                    createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
                    UNIQUE (workspace, id)
                ) STRICT;
                CREATE TABLE webhookDelivery (
                    sequence INTEGER PRIMARY KEY,
                    webhook INTEGER NOT NULL REFERENCES webhook(sequence) ON DELETE CASCADE,
                    id TEXT NOT NULL,
                    body TEXT NOT NULL,
                    attempts INTEGER NOT NULL DEFAULT 0,
                    dueAt INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX webhookDelivery_due ON webhookDelivery(dueAt);
                """)
    ]
}
