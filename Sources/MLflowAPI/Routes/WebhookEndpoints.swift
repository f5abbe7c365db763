internal import ControlPlane
internal import HTTPTypes
internal import MetadataStore
internal import Resources

struct WebhookEndpoints: Sendable {
    let webhooks: WebhookService

    var list: [MLflowEndpoint] {
        [
            MLflowEndpoint(.post, "webhooks") { call in
                let arguments = call.arguments
                let webhook = try await webhooks.create(
                    name: try arguments.required("name"), url: try arguments.required("url"), events: try events(arguments),
                    description: try arguments.text("description"), secret: try arguments.text("secret"),
                    isActive: try isActive(arguments) ?? true, in: call.workspace)
                return ["webhook": Self.json(webhook)]
            },
            MLflowEndpoint(.get, "webhooks") { call in
                let page = try await webhooks.list(
                    maxResults: try call.arguments.count("max_results"), pageToken: try call.arguments.text("page_token"), in: call.workspace)
                var json: JSON = [:]
                json.set("webhooks", page.items.map(Self.json))
                json.set(pageToken: page.nextToken)
                return json
            },
            MLflowEndpoint(.get, "webhooks/*") { call in
                ["webhook": Self.json(try await webhooks.webhook(call.capture(0), in: call.workspace))]
            },
            MLflowEndpoint(.patch, "webhooks/*") { call in
                let arguments = call.arguments
                let webhook = try await webhooks.update(
                    call.capture(0), name: try arguments.text("name"), url: try arguments.text("url"),
                    events: arguments["events"] == nil ? nil : try events(arguments), description: try arguments.text("description"),
                    secret: try arguments.text("secret"), isActive: try isActive(arguments), in: call.workspace)
                return ["webhook": Self.json(webhook)]
            },
            MLflowEndpoint(.delete, "webhooks/*") { call in
                try await webhooks.delete(call.capture(0), in: call.workspace)
                return [:]
            },
            MLflowEndpoint(.post, "webhooks/*/test") { call in
                let event = try call.arguments.object("event").map { event throws(Problem) in try Self.event(event) }
                let (status, body, failure) = try await webhooks.test(call.capture(0), event: event, in: call.workspace)
                var result: JSON = ["success": .bool(failure == nil)]
                if let status { result["response_status"] = .integer(Int64(status)) }
                if let body { result["response_body"] = .string(body) }
                if let failure { result["error_message"] = .string(failure) }
                return ["result": result]
            },
        ]
    }

    private func events(_ arguments: MLflowArguments) throws(Problem) -> [String] {
        try arguments.objects("events").map { event throws(Problem) in try Self.event(event) }
    }

    private static func event(_ event: MLflowArguments) throws(Problem) -> String {
        "\(try event.required("entity")).\(try event.required("action"))"
    }

    private func isActive(_ arguments: MLflowArguments) throws(Problem) -> Bool? {
        switch try arguments.text("status") {
        case .none: return nil
        case "ACTIVE": return true
        case "DISABLED": return false
        case .some(let text): throw arguments.invalid(.string(text), "status")
        }
    }

    /// Without the secret, which never leaves.
    private static func json(_ webhook: WebhookRecord) -> JSON {
        var json: JSON = [
            "webhook_id": .string(webhook.id), "name": .string(webhook.name), "url": .string(webhook.url),
            "status": webhook.isActive ? "ACTIVE" : "DISABLED", "creation_timestamp": .integer(webhook.createdAt),
            "last_updated_timestamp": .integer(webhook.modifiedAt),
        ]
        if let description = webhook.description { json["description"] = .string(description) }
        json.set(
            "events",
            webhook.events.map { event in
                let parts = event.split(separator: ".").map(String.init)
                return ["entity": .string(parts.first ?? ""), "action": .string(parts.last ?? "")]
            })
        return json
    }
}
