import FoundationEssentials

/// The header of a frame that asks a worker for something.
package struct WireRequest: Sendable, Hashable, Codable {
    package var id: String
    package var kind: Kind
    /// The HTTP request as it came in: method, path, query string without `?`, header names in lower case.
    package var method: String
    package var path: String
    package var query: String
    package var headers: [String: String]

    package enum Kind: String, Sendable, Codable {
        /// Run the model on the body.
        case score
        /// Answer 200 when able to work.
        case health
    }

    package init(
        id: String, kind: Kind = .score, method: String = "POST", path: String = "/score", query: String = "",
        headers: [String: String] = [:]
    ) {
        self.id = id
        self.kind = kind
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }

    /// Only `id` and `kind` are required of a sender.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        kind = try values.decode(Kind.self, forKey: .kind)
        method = try values.decodeIfPresent(String.self, forKey: .method) ?? "POST"
        path = try values.decodeIfPresent(String.self, forKey: .path) ?? "/score"
        query = try values.decodeIfPresent(String.self, forKey: .query) ?? ""
        headers = try values.decodeIfPresent([String: String].self, forKey: .headers) ?? [:]
    }
}

/// The header of a frame that answers a request; its body is the body of the HTTP response.
package struct WireResponse: Sendable, Hashable, Codable {
    /// The id of the request.
    package var id: String
    /// HTTP status.
    package var status: Int
    package var headers: [String: String]
    /// Whether the model's own code failed (`x-ms-run-function-failed`).
    package var failed: Bool
    /// Milliseconds spent on the request.
    package var ms: Double
    /// For the collector.
    package var facts: ScoringFacts?

    package init(
        id: String, status: Int = 200, headers: [String: String] = [:], failed: Bool = false, ms: Double = 0, facts: ScoringFacts? = nil
    ) {
        self.id = id
        self.status = status
        self.headers = headers
        self.failed = failed
        self.ms = ms
        self.facts = facts
    }
}

extension WireFrame {
    /// A frame with a message as its header. Facts that would burst the header are left out, the last image first.
    package init(_ response: WireResponse, body: [UInt8]) throws {
        var response = response
        var header = try Self.encode(response)
        while header.count > Self.headerLimit, response.facts?.images.isEmpty == false {
            response.facts?.images.removeLast()
            header = try Self.encode(response)
        }
        self.init(header: header, body: body)
    }

    package init(_ request: WireRequest, body: [UInt8]) throws {
        self.init(header: try Self.encode(request), body: body)
    }

    /// The header as the message that is expected.
    package func message<Message: Decodable>(_: Message.Type) throws -> Message {
        try JSONDecoder().decode(Message.self, from: Data(header))
    }

    private static func encode(_ message: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(message))
    }
}
