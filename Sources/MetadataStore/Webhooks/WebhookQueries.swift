internal import GRDB
package import Resources

/// Somebody who wants to be told of changes in the registry.
package struct WebhookRecord: Sendable, Hashable {
    package var id: String
    package var name: String
    package var url: String
    package var description: String?
    /// `ENTITY.ACTION`, each.
    package var events: [String]
    /// Sealed; see `WebhookService`.
    package var secret: String?
    package var isActive: Bool
    /// Milliseconds since 1970.
    package var createdAt: Int64
    package var modifiedAt: Int64

    package init(
        id: String, name: String, url: String, description: String?, events: [String], secret: String?, isActive: Bool, createdAt: Int64
    ) {
        self.id = id
        self.name = name
        self.url = url
        self.description = description
        self.events = events
        self.secret = secret
        self.isActive = isActive
        self.createdAt = createdAt
        modifiedAt = createdAt
    }
}

/// One message that waits to be sent.
package struct WebhookDelivery: Sendable, Hashable {
    package var sequence: Int64
    package var id: String
    package var body: String
    /// How often it was tried in vain.
    package var attempts: Int
    package var webhook: WebhookRecord
}

/// Webhooks and their outbox.
extension MetadataTransaction {
    package func webhook(_ id: String, in workspace: WorkspaceID) throws -> WebhookRecord? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM webhook WHERE workspace = ? AND id = ?", arguments: [workspace.key, id]
        ).map(Self.webhook)
    }

    /// A page in the order in which they were made.
    package func webhooks(in workspace: WorkspaceID, limit: Int, offset: Int) throws -> [WebhookRecord] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM webhook WHERE workspace = ? ORDER BY sequence LIMIT ? OFFSET ?",
            arguments: [workspace.key, limit, offset]
        ).map(Self.webhook)
    }

    package func saveWebhook(_ webhook: WebhookRecord, in workspace: WorkspaceID) throws {
        try db.execute(
            sql: """
                INSERT INTO webhook (workspace, id, name, url, description, events, secret, isActive, createdAt, modifiedAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (workspace, id) DO UPDATE SET name = excluded.name, url = excluded.url, description = excluded.description,
                    events = excluded.events, secret = excluded.secret, isActive = excluded.isActive, modifiedAt = excluded.modifiedAt
                """,
            arguments: [
                workspace.key, webhook.id, webhook.name, webhook.url, webhook.description,
                JSON.array(webhook.events.map { .string($0) }).text(), webhook.secret, webhook.isActive, webhook.createdAt, webhook.modifiedAt,
            ])
    }

    /// - Returns: `false` when there is none of that id.
    package func deleteWebhook(_ id: String, in workspace: WorkspaceID) throws -> Bool {
        try db.execute(sql: "DELETE FROM webhook WHERE workspace = ? AND id = ?", arguments: [workspace.key, id])
        return db.changesCount > 0
    }

    // MARK: Outbox

    /// Writes a message for every active webhook that wants `event` (`ENTITY.ACTION`).
    package func announce(_ event: String, _ body: @autoclosure () -> JSON, in workspace: WorkspaceID, at time: Int64) throws {
        let listeners = try Int64.fetchAll(
            db,
            sql: """
                SELECT sequence FROM webhook WHERE workspace = ? AND isActive
                    AND EXISTS (SELECT 1 FROM json_each(events) e WHERE e.value = ?)
                """,
            arguments: [workspace.key, event])
        guard !listeners.isEmpty else { return }
        let text = body().text()
        for listener in listeners {
            try db.execute(
                sql: "INSERT INTO webhookDelivery (webhook, id, body, dueAt) VALUES (?, lower(hex(randomblob(16))), ?, ?)",
                arguments: [listener, text, time])
        }
    }

    package func dueDeliveries(at time: Int64, limit: Int) throws -> [WebhookDelivery] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT w.*, d.sequence AS delivery, d.id AS deliveryID, d.body, d.attempts FROM webhookDelivery d
                JOIN webhook w ON w.sequence = d.webhook WHERE d.dueAt <= ? ORDER BY d.dueAt, d.sequence LIMIT ?
                """,
            arguments: [time, limit]
        ).map { row in
            WebhookDelivery(
                sequence: row["delivery"], id: row["deliveryID"], body: row["body"], attempts: row["attempts"], webhook: try Self.webhook(row))
        }
    }

    /// Puts a delivery off to `time`, one attempt the richer.
    package func postpone(_ delivery: WebhookDelivery, to time: Int64) throws {
        try db.execute(
            sql: "UPDATE webhookDelivery SET attempts = attempts + 1, dueAt = ? WHERE sequence = ?", arguments: [time, delivery.sequence])
    }

    package func removeDelivery(_ delivery: WebhookDelivery) throws {
        try db.execute(sql: "DELETE FROM webhookDelivery WHERE sequence = ?", arguments: [delivery.sequence])
    }

    private static func webhook(_ row: Row) throws -> WebhookRecord {
        var webhook = WebhookRecord(
            id: row["id"], name: row["name"], url: row["url"], description: row["description"],
            events: try JSON(parsing: row["events"] as String).arrayValue?.compactMap(\.stringValue) ?? [], secret: row["secret"],
            isActive: row["isActive"], createdAt: row["createdAt"])
        webhook.modifiedAt = row["modifiedAt"]
        return webhook
    }
}
