package import Resources

/// A named POST on a resource: `jobs/cancel`, `onlineEndpoints/listKeys`.
package struct ActionCall: Sendable {
    package var id: ResourceID
    package var body: JSON
    package var principal: Principal

    package init(id: ResourceID, body: JSON, principal: Principal) {
        self.id = id
        self.body = body
        self.principal = principal
    }
}

/// The POST actions that engines and services offer, by `kind/action`. The ARM façade calls them without knowing a kind.
package struct ActionRegistry: Sendable {
    /// Answers with the reply's body; `nil` is a reply without one.
    package typealias Handler = @Sendable (ActionCall) async throws -> JSON?

    private var handlers: [String: Handler] = [:]

    package init() {}

    package mutating func register(_ action: String, of kind: String, _ handler: @escaping Handler) {
        handlers["\(kind)/\(action)".lowercased()] = handler
    }

    package func handler(_ action: String, of kind: String) -> Handler? { handlers["\(kind)/\(action)".lowercased()] }
}
