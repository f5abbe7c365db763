internal import Crypto
package import Foundation
package import MetadataStore
package import Resources

/// Webhooks of the model registry: who wants to know of what, and the sending of it (mlflow.md 1.7).
///
/// A message is written with the change it tells of, and is sent until it is taken or has failed too often; a crash loses
/// none. Each is signed: `v1,` and the base64 of HMAC-SHA256 over `ID.TIMESTAMP.BODY`.
package struct WebhookService: Sendable {
    /// Sends one message. The answer's status and the beginning of its body; problems are failures that may pass.
    package typealias Post = @Sendable (_ url: String, _ headers: [(String, String)], _ body: String) async throws -> (status: Int, body: String)
    /// Refuses an address to which nothing must be sent: not https, not public.
    package typealias Check = @Sendable (_ url: String) async throws -> Void

    static let maximumAttempts = 4
    /// What can be listened to.
    package static let events: [String: [String]] = [
        "REGISTERED_MODEL": ["CREATED"], "MODEL_VERSION": ["CREATED"], "MODEL_VERSION_TAG": ["SET", "DELETED"],
        "MODEL_VERSION_ALIAS": ["CREATED", "DELETED"], "PROMPT": ["CREATED"], "PROMPT_VERSION": ["CREATED"], "PROMPT_TAG": ["SET", "DELETED"],
        "PROMPT_VERSION_TAG": ["SET", "DELETED"], "PROMPT_ALIAS": ["CREATED", "DELETED"], "BUDGET_POLICY": ["EXCEEDED"],
    ]

    private let store: MetadataStore
    private let key: SymmetricKey
    private let check: Check
    private let post: Post
    private let now: @Sendable () -> Date

    /// - Parameter keyFile: holds the key that seals the secrets of webhooks; made when it is missing, for the owner only.
    package init(
        store: MetadataStore, keyFile: String, check: @escaping Check, post: @escaping Post, now: @escaping @Sendable () -> Date = { Date() }
    ) throws(Problem) {
        self.store = store
        self.check = check
        self.post = post
        self.now = now
        if let data = FileManager.default.contents(atPath: keyFile), data.count == 32 {
            key = SymmetricKey(data: data)
        } else {
            key = SymmetricKey(size: .bits256)
            let data = key.withUnsafeBytes { Data($0) }
            guard FileManager.default.createFile(atPath: keyFile, contents: data, attributes: [.posixPermissions: 0o600]) else {
                throw Problem(.internalFault, "cannot write \(keyFile), the key that seals the secrets of webhooks")
            }
        }
    }

    // MARK: Webhooks

    package func create(
        name: String, url: String, events: [String], description: String?, secret: String?, isActive: Bool, in workspace: WorkspaceID
    ) async throws -> WebhookRecord {
        try Self.check(name: name, description: description, secret: secret)
        try Self.check(events: events)
        try await check(url)
        let webhook = WebhookRecord(
            id: RunService.newID(), name: name, url: url, description: description, events: events, secret: try secret.map(sealed),
            isActive: isActive, createdAt: now().milliseconds)
        try await store.write { try $0.saveWebhook(webhook, in: workspace) }
        return webhook
    }

    package func webhook(_ id: String, in workspace: WorkspaceID) async throws -> WebhookRecord {
        try await store.read { try Self.webhook(id, in: workspace, $0) }
    }

    package func list(maxResults: Int?, pageToken: String?, in workspace: WorkspaceID) async throws -> Page<WebhookRecord> {
        let limit = try PageOffset.limit(maxResults, standard: 100, maximum: 1000)
        let offset = try PageOffset.offset(of: pageToken)
        let found = try await store.read { try $0.webhooks(in: workspace, limit: limit + 1, offset: offset) }
        return PageOffset.page(found, limit: limit, offset: offset)
    }

    /// Changes what is given.
    package func update(
        _ id: String, name: String?, url: String?, events: [String]?, description: String?, secret: String?, isActive: Bool?,
        in workspace: WorkspaceID
    ) async throws -> WebhookRecord {
        try Self.check(name: name ?? "x", description: description, secret: secret)
        if let events { try Self.check(events: events) }
        if let url { try await check(url) }
        let sealed = try secret.map(sealed)
        let time = now().milliseconds
        return try await store.write { tx in
            var webhook = try Self.webhook(id, in: workspace, tx)
            webhook.name = name ?? webhook.name
            webhook.url = url ?? webhook.url
            webhook.events = events ?? webhook.events
            webhook.description = description ?? webhook.description
            webhook.secret = sealed ?? webhook.secret
            webhook.isActive = isActive ?? webhook.isActive
            webhook.modifiedAt = time
            try tx.saveWebhook(webhook, in: workspace)
            return webhook
        }
    }

    package func delete(_ id: String, in workspace: WorkspaceID) async throws {
        guard try await store.write({ try $0.deleteWebhook(id, in: workspace) }) else { throw Self.missing(id) }
    }

    /// Sends an example at once, once.
    package func test(_ id: String, event: String?, in workspace: WorkspaceID) async throws -> (status: Int?, body: String?, failure: String?) {
        let webhook = try await webhook(id, in: workspace)
        let event = event ?? webhook.events.first ?? "REGISTERED_MODEL.CREATED"
        try Self.check(events: [event])
        let body = WebhookMessage.body(event, WebhookMessage.example(of: event), at: now())
        do {
            let answer = try await send(body.text(), id: RunService.newID(), to: webhook)
            return (answer.status, answer.body, 200..<300 ~= answer.status ? nil : "the receiver answered \(answer.status)")
        } catch {
            return (nil, nil, "\(error)")
        }
    }

    // MARK: Sending

    /// Sends what waits, until cancelled. What cannot be read or written now is tried again a little later.
    package func run() async throws {
        while true {
            var isDone = true
            do {
                isDone = try await sendDue()
            } catch is CancellationError {
                throw CancellationError()
            } catch {}
            if isDone { try await Task.sleep(for: .seconds(1)) }
        }
    }

    /// Sends what is due now, a few at a time.
    /// - Returns: whether nothing was due.
    @discardableResult
    package func sendDue() async throws -> Bool {
        let time = now().milliseconds
        let due = try await store.read { try $0.dueDeliveries(at: time, limit: 8) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for delivery in due { group.addTask { try await attempt(delivery) } }
            try await group.waitForAll()
        }
        return due.isEmpty
    }

    private func attempt(_ delivery: WebhookDelivery) async throws {
        var isTransient = false
        do {
            let status = try await send(delivery.body, id: delivery.id, to: delivery.webhook).status
            isTransient = status == 429 || status == 500 || 502...504 ~= status
        } catch is CancellationError {
            throw CancellationError()
        } catch let problem as Problem where problem.code == .invalidInput {
            // The address has become one that is never sent to.
        } catch {
            isTransient = true
        }
        let time = now().milliseconds
        try await store.write { [isTransient] tx in
            if isTransient, delivery.attempts + 1 < Self.maximumAttempts {
                try tx.postpone(delivery, to: time + (1000 << delivery.attempts))
            } else {
                try tx.removeDelivery(delivery)
            }
        }
    }

    private func send(_ body: String, id: String, to webhook: WebhookRecord) async throws -> (status: Int, body: String) {
        try await check(webhook.url)
        let timestamp = String(Int(now().timeIntervalSince1970))
        var headers = [("Content-Type", "application/json"), ("X-MLflow-Delivery-Id", id), ("X-MLflow-Timestamp", timestamp)]
        if let secret = try webhook.secret.map(opened) {
            headers.append(("X-MLflow-Signature", WebhookMessage.signature(of: "\(id).\(timestamp).\(body)", secret: secret)))
        }
        return try await post(webhook.url, headers, body)
    }

    // MARK: Pieces

    private func sealed(_ secret: String) throws -> String {
        try AES.GCM.seal(Data(secret.utf8), using: key).combined?.base64EncodedString() ?? ""
    }

    private func opened(_ text: String) throws -> String {
        guard let data = Data(base64Encoded: text), let plain = try? AES.GCM.open(AES.GCM.SealedBox(combined: data), using: key) else {
            throw Problem(.internalFault, "the secret of a webhook cannot be opened; its key was replaced, so set the secret again")
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func webhook(_ id: String, in workspace: WorkspaceID, _ tx: MetadataTransaction) throws -> WebhookRecord {
        guard let webhook = try tx.webhook(id, in: workspace) else { throw missing(id) }
        return webhook
    }

    private static func missing(_ id: String) -> Problem { Problem(.notFound, "Webhook with ID \(id.prefix(64)) not found.", target: "webhook_id") }

    private static func check(events: [String]) throws(Problem) {
        guard !events.isEmpty else { throw FactRules.missing("events") }
        for event in events {
            let parts = event.split(separator: ".").map(String.init)
            guard parts.count == 2, Self.events[parts[0]]?.contains(parts[1]) == true else {
                throw Problem(.invalidInput, "Invalid webhook event \(FactRules.quoted(event)): there is no such entity with that action", target: "events")
            }
        }
    }

    private static func check(name: String, description: String?, secret: String?) throws(Problem) {
        guard name.wholeMatch(of: /[A-Za-z0-9](?:[A-Za-z0-9._ \-]{0,61}[A-Za-z0-9])?/) != nil else {
            throw Problem(
                .invalidInput,
                "Invalid webhook name \(FactRules.quoted(name)): 1 to 63 letters, digits, '.', '_', '-' and blanks, a letter or digit at both ends",
                target: "name")
        }
        try FactRules.check(value: description ?? "", field: "description", limit: 5000)
        try FactRules.check(value: secret ?? "", field: "secret", limit: 1000)
    }
}
