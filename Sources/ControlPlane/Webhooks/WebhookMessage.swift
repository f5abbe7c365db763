internal import Crypto
package import Foundation
package import Resources

/// What webhooks are sent.
package enum WebhookMessage {
    /// `event` is `ENTITY.ACTION`, in the body small.
    package static func body(_ event: String, _ data: JSON, at date: Date) -> JSON {
        let parts = event.lowercased().split(separator: ".").map(String.init)
        return [
            "entity": .string(parts.first ?? ""), "action": .string(parts.last ?? ""), "timestamp": .string(date.protobufText), "data": data,
        ]
    }

    /// `v1,` and the base64 of HMAC-SHA256.
    package static func signature(of text: String, secret: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return "v1," + Data(code).base64EncodedString()
    }

    static func example(of event: String) -> JSON {
        var data: JSON = ["name": "example"]
        let isPrompt = event.hasPrefix("PROMPT")
        if event.contains("VERSION") { data["version"] = "1" }
        if event.contains("_TAG") {
            data["key"] = "example_key"
            if event.hasSuffix(".SET") { data["value"] = "example_value" }
        } else if event.contains("_ALIAS") {
            data["alias"] = "example_alias"
            if event.hasSuffix(".CREATED") { data["version"] = "1" }
        } else {
            data["tags"] = ["example_key": "example_value"]
            data["description"] = "An example"
            if event.hasPrefix("MODEL_VERSION") {
                data["source"] = "models:/123"
                data["run_id"] = "abcd1234abcd5678"
            } else if isPrompt, event.contains("VERSION") {
                data["template"] = "Hello {{name}}!"
            }
        }
        return data
    }
}
