import ControlPlane
import Foundation
import HTTPTypes
import MetadataStore
import OutboundHTTP
import Resources
import Synchronization
import Testing

@Suite("Webhooks")
struct WebhookTests {
    static func body(_ name: String, _ events: [(String, String)]) -> JSON {
        [
            "name": .string(name), "url": "https://receiver.example/hook", "secret": "s3cret",
            "events": .array(events.map { ["entity": .string($0.0), "action": .string($0.1)] }),
        ]
    }

    @Test("the registry's changes reach who asked for them, signed")
    func delivered() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let wanted = Self.body(
                "all",
                [
                    ("REGISTERED_MODEL", "CREATED"), ("MODEL_VERSION", "CREATED"), ("MODEL_VERSION_TAG", "SET"), ("MODEL_VERSION_ALIAS", "CREATED"),
                    ("PROMPT", "CREATED"),
                ])
            let made = try await ask.post("webhooks", wanted).json["webhook"]
            #expect(made?["secret"] == nil && made?["status"] == "ACTIVE" && made?["events"] == wanted["events"])
            _ = try await ask.post("webhooks", Self.body("none of it", [("PROMPT_ALIAS", "DELETED")]))
            _ = try await ask.post("registered-models/create", ["name": "m", "description": "d"])
            _ = try await ask.post("model-versions/create", ["name": "m", "source": "s3://b/x"])
            _ = try await ask.post("model-versions/set-tag", ["name": "m", "version": "1", "key": "k", "value": "v"])
            _ = try await ask.post("registered-models/alias", ["name": "m", "alias": "best", "version": "1"])
            _ = try await ask.post("registered-models/create", ["name": "p", "tags": [["key": "mlflow.prompt.is_prompt", "value": "true"]]])
            while try await !house.webhooks.sendDue() {}
            let sent = house.sent.withLock { $0 }
            let messages = try sent.map { try JSON(parsing: $0.body) }
            let names = Set(messages.map { "\($0["entity"]?.stringValue ?? "").\($0["action"]?.stringValue ?? "")" })
            #expect(names == ["registered_model.created", "model_version.created", "model_version_tag.set", "model_version_alias.created", "prompt.created"])
            #expect(sent.count == 5)
            let created = messages.first { $0["entity"] == "registered_model" }
            #expect(created?["data"] == ["name": "m", "tags": [:], "description": "d"])
            for message in sent {
                #expect(message.headers["X-MLflow-Signature"]?.hasPrefix("v1,") == true && message.headers["X-MLflow-Delivery-Id"]?.count == 32)
            }
        }
    }

    @Test("a signature is that of the Standard Webhooks form")
    func signature() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            let id = try await ask.post("webhooks", Self.body("w", [("PROMPT", "CREATED")])).json.value(at: "webhook", "webhook_id")?.stringValue ?? ""
            let result = try await ask.post("webhooks/\(id)/test", [:]).json["result"]
            #expect(result == ["success": true, "response_status": 200, "response_body": "answered"])
            let message = try #require(house.sent.withLock { $0.first })
            let text = "\(message.headers["X-MLflow-Delivery-Id"] ?? "").\(message.headers["X-MLflow-Timestamp"] ?? "").\(message.body)"
            #expect(message.headers["X-MLflow-Signature"] == WebhookMessage.signature(of: text, secret: "s3cret"))
            // RFC 4231, test case 2.
            let known = WebhookMessage.signature(of: "what do ya want for nothing?", secret: "Jefe")
            #expect(known == "v1,W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=")
        }
    }

    @Test("a receiver that fails is asked again later, and not for ever; a refusal is final")
    func retried() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            _ = try await ask.post("webhooks", Self.body("w", [("REGISTERED_MODEL", "CREATED")]))
            _ = try await ask.post("registered-models/create", ["name": "a"])
            func failing(at seconds: Double) throws -> WebhookService {
                let time = Date(timeIntervalSinceNow: 3600 + seconds)
                return try WebhookService(
                    store: house.store, keyFile: house.folder + "/webhook.key", check: { _ in }, post: { _, _, _ in (503, "") }, now: { time })
            }
            let first = try failing(at: 0)
            #expect(try await !first.sendDue())
            #expect(try await first.sendDue(), "the second attempt is not due yet")
            #expect(try await house.waiting().map(\.attempts) == [1])
            for round in 1...9 { try await failing(at: Double(round) * 1000).sendDue() }
            #expect(try await house.waiting().isEmpty)
            house.receiverStatus.withLock { $0 = 400 }
            _ = try await ask.post("registered-models/create", ["name": "b"])
            try await house.webhooks.sendDue()
            #expect(try await house.waiting().isEmpty)
        }
    }

    @Test("webhooks are listed in pages, changed and removed; wrong ones are refused")
    func kept() async throws {
        let house = try await MLflowFixture()
        try await house.serving { ask in
            var ids: [String] = []
            for name in ["a", "b", "c"] {
                ids.append(try await ask.post("webhooks", Self.body(name, [("PROMPT", "CREATED")])).json.value(at: "webhook", "webhook_id")?.stringValue ?? "")
            }
            let first = try await ask.get("webhooks", [("max_results", "2")]).json
            let rest = try await ask.get("webhooks", [("max_results", "2"), ("page_token", first["next_page_token"]?.stringValue ?? "")]).json
            let listed = (first["webhooks"]?.arrayValue ?? []) + (rest["webhooks"]?.arrayValue ?? [])
            #expect(listed.map { $0["name"] } == ["a", "b", "c"] && rest["next_page_token"] == nil)
            let changed = try await ask.post("webhooks/\(ids[0])", ["status": "DISABLED", "description": "off"], method: .patch).json["webhook"]
            #expect(changed?["status"] == "DISABLED" && changed?["name"] == "a")
            #expect(try await ask.send(.delete, "webhooks/\(ids[0])").status == 200)
            #expect(try await ask.get("webhooks/\(ids[0])").code == "RESOURCE_DOES_NOT_EXIST")
            for (field, value): (String, JSON) in [
                ("url", "http://x.example"), ("name", ""), ("name", "-x"), ("events", []), ("events", [["entity": "RUN", "action": "CREATED"]]),
                ("status", "ON"),
            ] {
                var body = Self.body("x", [("PROMPT", "CREATED")])
                body[field] = value
                #expect(try await ask.post("webhooks", body).status == 400, "\(field) = \(value)")
            }
        }
    }

    @Test(
        "only public addresses are written to",
        arguments: [
            "http://example.com/", "ftp://1.1.1.1/", "https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/", "https://192.168.0.1/",
            "https://172.20.0.1/",
            "https://169.254.169.254/latest", "https://100.64.0.1/", "https://0.0.0.0/", "https://[::1]/", "https://[fc00::1]/", "https://[fe80::1]/",
            "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://224.0.0.1/", "https://255.255.255.255/",
            "http://[invalid", "https://", "https://user:pass@1.1.1.1/", "https://1.1.1.1\\@127.0.0.1/", "https://1.1.1.1/ x", "", "https://2130706433/",
            "https://no-such-host.invalid/",
        ])
    func addresses(url: String) async throws {
        await #expect(throws: Problem.self) { _ = try await PublicAddress(url) }
    }

    @Test("a public address is taken, and one nearby when the person says so")
    func reachable() async throws {
        #expect(try await PublicAddress("https://1.1.1.1/hook").address == "1.1.1.1")
        #expect(try await PublicAddress("https://[2606:4700::1111]/").address == "2606:4700::1111")
        #expect(try await PublicAddress("http://127.0.0.1:9/hook", allowsNear: true).address == "127.0.0.1")
    }
}
